package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/engine/registry"
	"github.com/maas-kinds/maas/kinds"
)

// loadKinds loads the built-in kinds and those of the folders, with what is set of
// their parameters. Faults are written out, and end the command: what is explained
// must be what is in force. Kinds whose parameters have faults are refused.
func loadKinds(o explainOptions, stderr io.Writer) (*kind.Set, error) {
	sources := []registry.Source{{Name: "built-in", FS: kinds.FS}}
	for _, dir := range o.kindsDirs {
		sources = append(sources, source(dir))
	}
	set, kindsErr := registry.Load(sources...)
	parameters, parametersErr := readParameters(o.parameters)
	var faults syntax.Faults
	for _, err := range []error{kindsErr, parametersErr} {
		var some syntax.Faults
		if err != nil && !errors.As(err, &some) {
			return nil, err
		}
		faults = append(faults, some...)
	}
	if kindsErr == nil && parametersErr == nil {
		faults = parameters.Unknown(set.Kinds(), nil)
	}
	if len(faults) > 0 {
		of := "the kind-specs"
		if o.parameters != "" {
			of += " and parameters"
		}
		fmt.Fprintf(stderr, "maasctl: %s have %s:\n%v\n", of, count(len(faults), "fault"), faults)
		return nil, errReported
	}
	return set.With(parameters), nil
}

// chooseKind finds the kind of that name, or, without one, the only kind that
// reads objects of the referent's group and kind.
func chooseKind(set *kind.Set, name string, referent *unstructured.Unstructured) (*kind.Kind, error) {
	object := referent.GroupVersionKind().GroupKind()
	if name != "" {
		k, ok := set.Lookup(name)
		switch {
		case !ok:
			return nil, unknownKind(set, name)
		case !k.Refers(object):
			return nil, fmt.Errorf("the kind %s reads %s, and the object is %s", k.Name(), k.Referent().GroupKind(), printable(object.String()))
		}
		return k, nil
	}
	var fitting []*kind.Kind
	for _, k := range set.Kinds() {
		if k.Refers(object) {
			fitting = append(fitting, k)
		}
	}
	switch len(fitting) {
	case 1:
		return fitting[0], nil
	case 0:
		if refused := set.RefusedFor(object); len(refused) > 0 {
			return nil, fmt.Errorf("the kind that reads %s is not in force:\n%w", printable(object.String()), refused)
		}
		return nil, fmt.Errorf("no kind reads %s; there are:\n%s", printable(object.String()), listing(set.Kinds()))
	default:
		return nil, fmt.Errorf("more than one kind reads %s, choose with --kind:\n%s", object, listing(fitting))
	}
}

func unknownKind(set *kind.Set, name string) error {
	if faults, refused := set.Refusal(name); refused {
		return fmt.Errorf("the kind %s is not in force:\n%w", name, faults)
	}
	var names []string
	for _, k := range set.Kinds() {
		names = append(append(names, k.Name()), k.Aliases()...)
	}
	hint := ""
	if near := syntax.Nearest(name, names); near != "" {
		hint = fmt.Sprintf(", did you mean %s?", near)
	}
	return fmt.Errorf("no kind is called %q%s; there are:\n%s", name, hint, listing(set.Kinds()))
}

func listing(all []*kind.Kind) string {
	lines := make([]string, len(all))
	for i, k := range all {
		lines[i] = fmt.Sprintf("  %-20s reads %s (%s)", k.Name(), k.Referent().GroupKind(), k.File())
	}
	return strings.Join(lines, "\n")
}
