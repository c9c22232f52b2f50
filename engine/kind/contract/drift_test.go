package contract_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/contract"
)

func TestDrifts(t *testing.T) {
	at := func(contracts []contract.Contract, version string, names ...string) *contract.FieldSchema {
		s := contracts[0].Versions[version]
		for _, name := range names {
			if name == "*" {
				s = s.Items
			} else {
				s = s.Properties[name]
			}
		}
		return s
	}
	cases := map[string]struct {
		change func(now []contract.Contract) []contract.Contract
		want   []string
	}{
		"the same": {func(now []contract.Contract) []contract.Contract { return now }, nil},
		"what is not read may change": {func(now []contract.Contract) []contract.Contract {
			delete(at(now, "v2", "status").Properties, "observedGeneration")
			at(now, "v2", "status").Properties["more"] = &contract.FieldSchema{Type: "string"}
			return now
		}, nil},
		"a renamed field": {func(now []contract.Contract) []contract.Contract {
			status := at(now, "v2", "status").Properties
			status["uri"] = status["url"]
			delete(status, "url")
			return now
		}, []string{"fits: Widget.example.com v2 $.status.url: is not there any more, did you mean uri?"}},
		"another type": {func(now []contract.Contract) []contract.Contract {
			at(now, "v2", "status", "replicas").Type = "string"
			at(now, "v2", "status", "hosts").Type = "object"
			at(now, "v2", "status", "hosts").Items = nil
			return now
		}, []string{
			"fits: Widget.example.com v2 $.status.hosts: is now an object, not a list",
			"fits: Widget.example.com v2 $.status.replicas: is now a string, not an integer",
		}},
		"anything is no other type": {func(now []contract.Contract) []contract.Contract {
			*at(now, "v2", "status", "conditions") = contract.FieldSchema{}
			return now
		}, nil},
		"words of an enumeration": {func(now []contract.Contract) []contract.Contract {
			at(now, "v2", "status", "phase").Enum = []any{"Pending", "Running", "Broken"}
			at(now, "v1", "status", "phase").Enum = []any{"Failed"}
			return now
		}, []string{
			`fits: Widget.example.com v1 $.status.phase: is now one of ["Failed"]`,
			`fits: Widget.example.com v2 $.status.phase: is never ["Failed"] any more`,
			`fits: Widget.example.com v2 $.status.phase: may now be ["Broken"], which no rule was written for`,
		}},
		"below a list": {func(now []contract.Contract) []contract.Contract {
			delete(at(now, "v2", "status", "conditions", "*").Properties, "reason")
			return now
		}, []string{"fits: Widget.example.com v2 $.status.conditions[*].reason: is not there any more, there are lastTransitionTime, message, status, type"}},
		"a map that is none any more": {func(now []contract.Contract) []contract.Contract {
			at(now, "v2", "spec", "services").AdditionalProperties = nil
			return now
		}, []string{"fits: Widget.example.com v2 $.spec.services: is no map of any names any more"}},
		"a version, the scope and the resource": {func(now []contract.Contract) []contract.Contract {
			delete(now[0].Versions, "v1")
			now[0].Scope, now[0].Plural = kind.ScopeCluster, "widgetry"
			return now
		}, []string{
			"fits: Widget.example.com: is now of scope Cluster, not Namespaced",
			"fits: Widget.example.com: is now the resource widgetry, not widgets: roles need it",
			"fits: Widget.example.com v1: is not served any more, there is v2",
		}},
		"a type": {func(now []contract.Contract) []contract.Contract { return now[:1] },
			[]string{"fits: Route.routes.example.com: no such type is there any more"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			k, contracts := pinned(t, "fits")
			p, faults := contract.MakePin(k, contracts)
			if len(faults) > 0 {
				t.Fatal(faults)
			}
			var got []string
			for _, drift := range p.Drifts(c.change(contracts)) {
				got = append(got, drift.String())
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("drifts (-want +got):\n%s", diff)
			}
		})
	}
}
