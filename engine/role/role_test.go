package role_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/contract"

	rbacv1 "k8s.io/api/rbac/v1"

	"github.com/maas-kinds/maas/engine/role"
)

func TestOf(t *testing.T) {
	pin := func(groupsAndPlurals ...string) *contract.Pin {
		p := &contract.Pin{}
		for i := 0; i < len(groupsAndPlurals); i += 2 {
			plural := groupsAndPlurals[i+1]
			singular := strings.ToUpper(plural[:1]) + strings.TrimSuffix(plural[1:], "s")
			p.Contracts = append(p.Contracts, contract.Contract{Group: groupsAndPlurals[i], Kind: singular, Plural: plural})
		}
		return p
	}
	rule := func(group string, resources ...string) rbacv1.PolicyRule {
		return rbacv1.PolicyRule{APIGroups: []string{group}, Resources: resources, Verbs: []string{"list", "watch"}}
	}
	types := []kind.Referent{{Kind: "Service"}, {Group: "a.example", Kind: "Service"}, {Group: "b.example", Kind: "Widget"}, {Group: "b.example", Kind: "Gadget"}}
	cases := map[string]struct {
		pins []*contract.Pin
		want []rbacv1.PolicyRule
	}{
		"no kind reads anything": {nil, []rbacv1.PolicyRule{}},
		"a pin of a kind that is handed on to has more than is asked of it": {
			[]*contract.Pin{pin("b.example", "widgets", "b.example", "gizmos", "", "endpoints")}, []rbacv1.PolicyRule{rule("b.example", "widgets")},
		},
		"one rule a group, each resource once, sorted": {
			[]*contract.Pin{pin("b.example", "widgets", "", "services"), pin("b.example", "gadgets", "a.example", "services"), pin("", "services")},
			[]rbacv1.PolicyRule{rule("", "services"), rule("a.example", "services"), rule("b.example", "gadgets", "widgets")},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := role.Of("reads", types, c.pins...)
			if diff := cmp.Diff(c.want, got.Rules); diff != "" || got.Name != "reads" || got.Labels[role.AggregateLabel] != "true" {
				t.Errorf("%s, labels %v: rules (-want +got):\n%s", got.Name, got.Labels, diff)
			}
		})
	}
}
