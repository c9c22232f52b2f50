package contract

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// CheckKnown reports the types that no cluster can have, without a pin: the
// groups of CRDs have a dot in their names, so that what is in a group without
// one is built into Kubernetes, or misspelt.
func CheckKnown(k *kind.Kind) syntax.Faults {
	doc := k.Positions().Report(syntax.RuleContract)
	for i, r := range k.Referents() {
		at := "/spec/referent"
		if i > 0 {
			at += fmt.Sprintf("/alternatives/%d", i-1)
		}
		known(doc, at, r)
	}
	for i, s := range k.Spec().Subjects {
		if s.Object != nil {
			known(doc, fmt.Sprintf("/spec/subjects/%d/object", i), k.TypeOf(s.As))
		}
	}
	return doc.Faults()
}

func known(doc *syntax.Document, at string, r kind.Referent) {
	if strings.Contains(r.Group, ".") {
		return
	}
	isKnown := func(version string) bool {
		return scheme.Scheme.Recognizes(schema.GroupVersionKind{Group: r.Group, Version: version, Kind: r.Kind})
	}
	if slices.ContainsFunc(r.Versions, isKnown) {
		return
	}
	doc.FaultAt(at, "Kubernetes has no %s in %s%s", r.GroupKind(), strings.Join(r.Versions, " or "), adviseBuiltIn(r.GroupKind()))
}

// adviseBuiltIn names the built-in type that was probably meant.
func adviseBuiltIn(missing schema.GroupKind) string {
	var kinds, groups []string
	for gvk := range scheme.Scheme.AllKnownTypes() {
		switch {
		case gvk.Group == missing.Group:
			kinds = append(kinds, gvk.Kind)
		case gvk.Kind == missing.Kind && builtIn(gvk.GroupKind()) != nil:
			groups = append(groups, syntax.Flow(gvk.Group))
		}
	}
	slices.Sort(kinds)
	slices.Sort(groups)
	if versions := builtIn(missing); versions != nil {
		return ": write versions: [" + strings.Join(versions, ", ") + "]"
	}
	if near := syntax.Nearest(missing.Kind, kinds); near != "" {
		return fmt.Sprintf(", did you mean kind: %s?", near)
	}
	if len(groups) > 0 {
		return ": write group: " + strings.Join(slices.Compact(groups), " or ")
	}
	return ": it is no built-in type, and the group of a CRD has a dot in its name"
}

// builtIn are the versions that Kubernetes has of a type; nil where it has none.
func builtIn(groupKind schema.GroupKind) []string {
	c, ok, err := BuiltIn(groupKind)
	if err != nil || !ok {
		return nil
	}
	return c.VersionNames()
}
