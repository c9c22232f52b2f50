package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/contract"
	"github.com/maas-kinds/maas/engine/kind/folder"
	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/engine/role"
)

// catalogueRole is the ClusterRole of the built-in kinds.
const catalogueRole = "maas-controller-kinds"

const rbacHelp = `Print the ClusterRole that maas-controller needs for what a set of kinds reads:
list and watch on each resource, and nothing else. Its label makes it part of the
aggregated role maas-controller of config/rbac: apply it, and it is granted.

Usage:
  maasctl rbac [FLAGS] [KIND-DIR...]

A KIND-DIR is the folder of a kind, or a folder of such folders; without one it
is the built-in kinds. What the kinds read that they hand objects on to is part
of it. The names of resources come from each kind's referent.yaml, which maasctl
pin makes.

Examples:
  maasctl rbac kinds/MyKind | kubectl apply -f -

Exit codes: 0 the role is printed; 1 a kind-spec or a pin has faults, or a kind
has no pin; 2 the command line is wrong.
`

// rbacOptions are the flags of rbac.
type rbacOptions struct{ name, output string }

func (o *rbacOptions) register(flags *flag.FlagSet) {
	flags.StringVar(&o.name, "name", "", "`NAME` of the ClusterRole; default "+catalogueRole+" for the built-in kinds, and\n"+catalogueRole+"-KIND for others")
	flags.StringVar(&o.output, "o", "yaml", "`FORMAT` of the output: yaml or json")
}

func rbacCommand() command {
	var o rbacOptions
	return command{
		use: "rbac [KIND-DIR...]", summary: "print the ClusterRole that a set of kinds needs", help: rbacHelp,
		flags: o.register, run: o.rbac, arguments: onlyFolders,
		values: map[string]cobra.CompletionFunc{"output": oneOf("yaml", "json"), "name": cobra.NoFileCompletions},
	}
}

func (o *rbacOptions) rbac(_ context.Context, paths []string, std ioStreams) error {
	if o.output != "yaml" && o.output != "json" {
		return usageError{fmt.Sprintf("-o %q is no format, write yaml or json", o.output)}
	}
	set, pins, err := allPins(paths, std)
	if err != nil {
		return err
	}
	var types []kind.Referent
	for _, k := range set.Kinds() {
		types = append(types, k.Types()...)
	}
	return writeAs(std.out, o.output, role.Of(cmp.Or(o.name, roleName(paths, set)), types, pins...))
}

// roleName is never that of the catalogue's role for kinds that are not the
// catalogue: applied, they would take the catalogue's permissions away.
func roleName(paths []string, set *kind.Set) string {
	if len(paths) == 0 {
		return catalogueRole
	}
	return strings.ToLower(strings.Join(append([]string{catalogueRole}, set.Names()...), "-"))
}

// allPins reads the pins of the kinds of the paths, or of the built-in kinds, and
// of those that they hand on to.
func allPins(paths []string, std ioStreams) (*kind.Set, []*contract.Pin, error) {
	load := func() (*kind.Set, error) { return loadArguments(paths, std) }
	if len(paths) == 0 {
		load = loadBuiltIn
	}
	set, err := load()
	if err != nil {
		return nil, nil, err
	}
	var pins []*contract.Pin
	var unpinned []string
	var faults syntax.Faults
	for _, k := range withThoseHandedTo(set.Kinds()) {
		p, err := pinOf(k, set, len(paths) == 0)
		switch {
		case err != nil:
			return nil, nil, err
		case p != nil:
			// What the kind-spec does not read would be granted as well.
			faults = append(faults, contract.CheckPin(k, p)...)
			pins = append(pins, p)
		case len(typesOf(k)) > 0:
			unpinned = append(unpinned, k.Name())
		}
	}
	if len(faults) > 0 {
		return nil, nil, reportFaults(faults, std)
	}
	if len(unpinned) > 0 {
		return nil, nil, fmt.Errorf("no %s beside the kind-spec of %s: make it with maasctl pin", folder.PinFile, strings.Join(unpinned, ", "))
	}
	return set, pins, nil
}

// withThoseHandedTo are kinds, and those that they hand objects on to.
func withThoseHandedTo(all []*kind.Kind) []*kind.Kind {
	for _, k := range slices.Clone(all) {
		for _, other := range k.HandsOnTo() {
			if !slices.ContainsFunc(all, func(one *kind.Kind) bool { return one.Name() == other.Name() }) {
				all = append(all, other)
			}
		}
	}
	return all
}

// pinOf reads the pin of a kind of a set, or of a built-in one that such a kind
// hands on to.
func pinOf(k *kind.Kind, set *kind.Set, isBuiltIn bool) (*contract.Pin, error) {
	if _, own := set.Lookup(k.Name()); own && !isBuiltIn {
		return readPin(k)
	}
	return readBuiltInPin(k)
}
