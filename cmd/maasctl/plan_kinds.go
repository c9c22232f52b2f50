package main

import (
	"context"
	"fmt"
	"log/slog"
	"slices"

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
// applied to it.
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
	documents := slices.Clone(proposed)
	for _, entry := range sources.Entries() {
		replaced := slices.ContainsFunc(proposed, func(doc registry.SpecDocument) bool { return doc.Name == entry.Name })
		if entry.Source == modelkind.Origin && !replaced {
			documents = append(documents, entry.SpecDocument)
		}
		if len(entry.Refused) > 0 && !replaced {
			p.notes = append(p.notes, fmt.Sprintf("%s is refused at present: %v", entry.File, entry.Refused))
		}
	}
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
		return plannedKinds{}, faults.Sorted()
	}
	p.after = next.Set()
	return p, nil
}
