package kind

import (
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// grantType is where grants are read: the Gateway API's ReferenceGrant.
func grantType() Referent {
	return Referent{
		Group: "gateway.networking.k8s.io", Kind: "ReferenceGrant", Versions: []string{"v1", "v1beta1"},
		Scope: ScopeNamespaced, CrossNamespace: CrossNamespaceDeny,
	}
}

// Grants reads ReferenceGrants as a kind reads its referents, for whoever keeps
// what kinds read at hand. It is in no set: no MaaSModel is of it.
func Grants() *Kind {
	wanted := &projection{}
	wanted.field("spec").field("from").whole = true
	wanted.field("spec").field("to").whole = true
	k := &Kind{name: "ReferenceGrant", referent: grantType()}
	k.projections = map[schema.GroupKind]*projection{k.referent.GroupKind(): wanted}
	return k
}

// crossing is a reference from a MaaSModel's namespace into another one.
type crossing struct {
	// from and to are the namespaces.
	from, to string
	// referent is what is referred to, name its name; it may be of other types.
	referent Referent
	others   []Referent
	name     string
}

// query asks for everything that may grant the reference.
func (c crossing) query() Query {
	t := grantType()
	return Query{Group: t.Group, Kind: t.Kind, Versions: t.Versions, Namespace: c.to, All: true}
}

// String says what a grant has to have.
func (c crossing) String() string {
	return fmt.Sprintf("from {group: %s, kind: MaaSModel, namespace: %s} to {group: %q, kind: %s}",
		v1alpha1.GroupVersion.Group, c.from, c.referent.Group, c.referent.Kind)
}

// grant is what is read of a ReferenceGrant.
type grant struct {
	Spec struct {
		From []struct {
			Group     string `json:"group"`
			Kind      string `json:"kind"`
			Namespace string `json:"namespace"`
		} `json:"from"`
		To []struct {
			Group string `json:"group"`
			Kind  string `json:"kind"`
			// Name is empty for all objects of the kind.
			Name string `json:"name"`
		} `json:"to"`
	} `json:"spec"`
}

// isOf says whether what is referred to may be of a type.
func (c crossing) isOf(group, kind string) bool {
	return slices.ContainsFunc(append([]Referent{c.referent}, c.others...), func(r Referent) bool { return r.Group == group && r.Kind == kind })
}

// grantedBy says whether an object is a grant of the reference. One that is
// being deleted grants nothing any more.
func (c crossing) grantedBy(object *unstructured.Unstructured) bool {
	if object == nil || object.GetNamespace() != c.to || object.GetDeletionTimestamp() != nil {
		return false
	}
	var g grant
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, &g); err != nil {
		return false // What does not fit the type says nothing that can be relied on.
	}
	from, to := false, false
	for _, f := range g.Spec.From {
		from = from || f.Group == v1alpha1.GroupVersion.Group && f.Kind == "MaaSModel" && f.Namespace == c.from
	}
	for _, t := range g.Spec.To {
		to = to || c.isOf(t.Group, t.Kind) && (t.Name == "" || t.Name == c.name)
	}
	return from && to
}
