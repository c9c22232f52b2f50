package plan

import (
	"maps"
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/contract"
	"github.com/maas-kinds/maas/engine/role"
)

// Resource is how a type is served.
type Resource struct {
	// Version that is read; empty where none of the kind's is served.
	Version string
	// Plural is the name for roles and requests; empty where it is not known.
	Plural string
}

// Type is one that is watched.
type Type struct {
	Group string `json:"group"`
	Kind  string `json:"kind"`
	// Version is empty where none is served that is read: it is watched when one is.
	Version string `json:"version,omitempty"`
}

// String gives "v1 Service" or "apps/v1 Deployment", and without a version what it is waited for.
func (t Type) String() string {
	if t.Version == "" {
		return schema.GroupKind{Group: t.Group, Kind: t.Kind}.String() + ", which is not served"
	}
	return schema.GroupVersion{Group: t.Group, Version: t.Version}.String() + " " + t.Kind
}

// Watches are types.
type Watches struct {
	Added   []Type `json:"added"`
	Removed []Type `json:"removed"`
}

// Roles are rules of a ClusterRole, as maasctl rbac makes them.
type Roles struct {
	Added   []rbacv1.PolicyRule `json:"added"`
	Removed []rbacv1.PolicyRule `json:"removed"`
	// Unnamed are types of which it is not known what their resources are called, so
	// that no rule has them.
	Unnamed []string `json:"unnamed,omitempty"`
}

func (q Question) watches() Watches {
	was, is := q.watched(q.used(q.Before)), q.watched(q.used(q.After))
	return Watches{Added: beyond(is, was), Removed: beyond(was, is)}
}

func (q Question) watched(kinds []*kind.Kind) map[Type]bool {
	all := map[Type]bool{}
	for _, t := range TypesOf(kinds) {
		all[Type{t.Group, t.Kind, q.Served(t).Version}] = true
	}
	return all
}

// beyond are the types that others do not have.
func beyond(types, others map[Type]bool) []Type {
	more := []Type{}
	for t := range types {
		if !others[t] {
			more = append(more, t)
		}
	}
	slices.SortFunc(more, func(a, b Type) int { return strings.Compare(a.String(), b.String()) })
	return more
}

func (q Question) roles() Roles {
	was, is := q.beside(q.Before.Kinds()), q.beside(q.After.Kinds())
	var r Roles
	r.Added, r.Unnamed = q.rules(is, was)
	r.Removed, _ = q.rules(was, is)
	return r
}

// rules are for the types that some kinds read and others do not.
func (q Question) rules(kinds, others []*kind.Kind) (rules []rbacv1.PolicyRule, unnamed []string) {
	known := map[schema.GroupKind]bool{}
	for _, t := range TypesOf(others) {
		known[t.GroupKind()] = true
	}
	pin := &contract.Pin{}
	var more []kind.Referent
	missing := map[string]bool{}
	for _, t := range TypesOf(kinds) {
		if known[t.GroupKind()] {
			continue
		}
		plural := q.Served(t).Plural
		if plural == "" {
			missing[t.GroupKind().String()] = true
			continue
		}
		more = append(more, t)
		pin.Contracts = append(pin.Contracts, contract.Contract{Group: t.Group, Kind: t.Kind, Plural: plural})
	}
	return role.Of("", more, pin).Rules, slices.Sorted(maps.Keys(missing))
}
