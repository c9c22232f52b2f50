// Package role makes the roles that the controller needs for what kinds read.
package role

import (
	"maps"
	"slices"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/contract"

	rbacv1 "k8s.io/api/rbac/v1"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// AggregateLabel is the label by which a ClusterRole becomes part of the
// controller's own, when its value is "true": see config/rbac.
const AggregateLabel = "maas.opendatahub.io/aggregate-to-controller"

// Of is the ClusterRole with which the controller can read some types, whose
// resources the pins name, and nothing else: list and watch on each resource, one rule
// an API group. It is the same for the same pins in any order, and labelled to
// become part of the controller's role.
func Of(name string, types []kind.Referent, pins ...*contract.Pin) *rbacv1.ClusterRole {
	read := map[schema.GroupKind]bool{}
	for _, t := range types {
		read[t.GroupKind()] = true
	}
	resources := map[string][]string{}
	for _, p := range pins {
		for _, c := range p.Contracts {
			if read[c.GroupKind()] && !slices.Contains(resources[c.Group], c.Plural) {
				resources[c.Group] = append(resources[c.Group], c.Plural)
			}
		}
	}
	role := &rbacv1.ClusterRole{
		TypeMeta:   metav1.TypeMeta{APIVersion: rbacv1.SchemeGroupVersion.String(), Kind: "ClusterRole"},
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{AggregateLabel: "true"}},
		Rules:      []rbacv1.PolicyRule{},
	}
	for _, group := range slices.Sorted(maps.Keys(resources)) {
		slices.Sort(resources[group])
		role.Rules = append(role.Rules, rbacv1.PolicyRule{
			APIGroups: []string{group}, Resources: resources[group], Verbs: []string{"list", "watch"},
		})
	}
	return role
}
