package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"

	"k8s.io/client-go/rest"

	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/engine/registry"
	"github.com/maas-kinds/maas/engine/registry/modelkind"
)

// plannedKinds are the kinds before and after a change.
type plannedKinds struct {
	before, after *kind.Set
	// notes say what else there is to know.
	notes []string
}

// sources read what is in force without the cluster, and the parameters, which have
// to be good: what is planned with others would not come true.
func (o *planOptions) sources(ctx context.Context) (*registry.Sources, error) {
	if _, err := readParameters(o.parameters); err != nil {
		return nil, err
	}
	return cli.Kinds(ctx, o.kindsDirs, o.parameters, slog.New(slog.DiscardHandler), nil)
}

// proposed are the kind-specs of the path. The error has all faults of all of them.
func (o *planOptions) proposed(parser *registry.Parser) ([]registry.SpecDocument, error) {
	if o.path == "" {
		return nil, nil // a plan of what is deleted
	}
	contents, err := parser.Source(source(o.path))
	if err != nil {
		return nil, err
	}
	faults := slices.Concat(contents.Unreadable, contents.Faults)
	for i, doc := range contents.Documents {
		faults = append(faults, doc.Faults...)
		contents.Documents[i].Source = modelkind.Origin
	}
	if len(contents.Documents) == 0 && len(faults) == 0 {
		faults = syntax.Faults{{File: o.path, Message: "no kind-spec here, expected a kind.yaml, folders with one, or *.yaml files", Rule: syntax.RuleFile}}
	}
	if len(faults) > 0 {
		return nil, faults.Sorted()
	}
	return contents.Documents, nil
}

// kinds finds what is in force in a cluster, and what would be if the documents were
// applied to it, and what is to be deleted were deleted.
func (o *planOptions) kinds(ctx context.Context, config *rest.Config, sources *registry.Sources, proposed []registry.SpecDocument) (plannedKinds, error) {
	resources, err := cli.ModelKinds(config, sources, slog.New(slog.DiscardHandler))
	if err != nil {
		return plannedKinds{}, err
	}
	notes, err := resources.Once(ctx)
	if err != nil {
		return plannedKinds{}, err
	}
	p := plannedKinds{before: sources.Kinds().Set(), notes: notes}
	if err := o.deletes(sources.Entries(), proposed); err != nil {
		return plannedKinds{}, err
	}
	documents := slices.Clone(proposed)
	for _, entry := range sources.Entries() {
		replaced := slices.Contains(o.deleted, modelkind.NameOf(entry)) || takesPlace(proposed, entry)
		if entry.Source == modelkind.Origin && !replaced {
			documents = append(documents, entry.SpecDocument)
		}
		if len(entry.Refused) > 0 && !replaced {
			p.notes = append(p.notes, fmt.Sprintf("%s is refused at present: %v", entry.File, entry.Refused))
		}
	}
	p.after, err = after(sources, proposed, documents)
	return p, err
}

// after are the kinds that there would be with these documents of ModelKinds. The error
// has the faults of those that are proposed.
func after(sources *registry.Sources, proposed, documents []registry.SpecDocument) (*kind.Set, error) {
	next := sources.Try(modelkind.Origin, documents)
	var faults syntax.Faults
	for _, entry := range next.Entries() {
		if slices.ContainsFunc(proposed, func(doc registry.SpecDocument) bool {
			return doc.File == entry.File && entry.Source == modelkind.Origin
		}) {
			faults = append(faults, entry.Refused...)
		}
	}
	if len(faults) > 0 {
		return nil, faults.Sorted()
	}
	return next.Set(), nil
}

// deletes says what is wrong with the ModelKinds that are to be deleted.
func (o *planOptions) deletes(entries []registry.Entry, proposed []registry.SpecDocument) error {
	there := map[string]registry.Entry{}
	for _, entry := range entries {
		if name := modelkind.NameOf(entry); name != "" {
			there[name] = entry
		}
	}
	var faults []error
	for _, name := range o.deleted {
		entry, ok := there[name]
		switch names := slices.Sorted(maps.Keys(there)); {
		case !ok && len(names) == 0:
			faults = append(faults, fmt.Errorf("--delete %s: there is no ModelKind in the cluster", name))
		case !ok:
			faults = append(faults, fmt.Errorf("--delete %s: no such ModelKind is in the cluster, there are %s", name, strings.Join(names, ", ")))
		case takesPlace(proposed, entry):
			faults = append(faults, fmt.Errorf("--delete %s: -f has a kind-spec that takes its place, say one of the two", name))
		}
	}
	return errors.Join(faults...)
}

// takesPlace says whether one of the documents is of the kind that an entry is of.
func takesPlace(proposed []registry.SpecDocument, entry registry.Entry) bool {
	return slices.ContainsFunc(proposed, func(doc registry.SpecDocument) bool { return doc.Name == entry.Name })
}
