package badinput_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance"
	"github.com/maas-kinds/maas/conformance/cases"
	"github.com/maas-kinds/maas/conformance/evaluation"
	"github.com/maas-kinds/maas/conformance/golden"
	"github.com/maas-kinds/maas/engine/phase"
	"github.com/maas-kinds/maas/engine/registry"
	"github.com/maas-kinds/maas/kinds"
)

// edit makes a status bad; nil where it has nothing to be made bad.
type edit struct {
	name string
	make func(status map[string]any) any
}

func edits() []edit {
	return []edit{
		{"is a text", func(map[string]any) any { return "Ready" }},
		{"is a list", func(status map[string]any) any { return []any{status} }},
		{"has fields of other types", func(status map[string]any) any {
			out := map[string]any{}
			for name, value := range status {
				out[name] = otherType(value)
			}
			return out
		}},
		{"has values of other types", func(status map[string]any) any { return otherValues(status) }},
		{"has conditions that are texts", conditions(func(c map[string]any) any { return c["type"] })},
		{"has conditions that are booleans", conditions(func(c map[string]any) any {
			c["status"] = c["status"] == "True"
			return c
		})},
		{"has conditions without a type", conditions(func(c map[string]any) any {
			delete(c, "type")
			return c
		})},
	}
}

func conditions(change func(map[string]any) any) func(map[string]any) any {
	return func(status map[string]any) any {
		list, ok := status["conditions"].([]any)
		if !ok {
			return nil
		}
		for i, entry := range list {
			if condition, ok := entry.(map[string]any); ok {
				list[i] = change(condition)
			}
		}
		return status
	}
}

func otherType(value any) any {
	switch value.(type) {
	case string:
		return int64(7)
	case bool, int64, float64:
		return "seven"
	case []any:
		return map[string]any{"a": "b"}
	default:
		return []any{"a"}
	}
}

func otherValues(value any) any {
	switch v := value.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, child := range v {
			out[name] = otherValues(child)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, child := range v {
			out[i] = otherValues(child)
		}
		return out
	default:
		return otherType(value)
	}
}

// The phase is never one that the unreadable part would have had to say, and the
// message names what is there in its place.
func TestStatusesOfOtherTypes(t *testing.T) {
	t.Parallel()
	suite, err := conformance.New()
	if err != nil {
		t.Fatal(err)
	}
	machine, err := phase.New()
	if err != nil {
		t.Fatal(err)
	}
	folders, err := suite.Load(registry.Source{Name: "kinds", FS: kinds.FS})
	if err != nil {
		t.Fatal(err)
	}
	var made strings.Builder
	for _, f := range folders {
		for _, line := range linesOf(t, machine, f) {
			fmt.Fprintln(&made, line)
		}
	}
	golden.Compare(t, "testdata/statuses.txt", made.String())
}

// linesOf decides about the kind's usual state with each of its statuses made bad.
func linesOf(t *testing.T, machine *phase.Machine, f *cases.Folder) []string {
	t.Helper()
	usual := slices.IndexFunc(f.Cases, func(c cases.Case) bool {
		return c.Expect["phase"] != nil && *c.Expect["phase"] == string(v1alpha1.PhaseReady) && c.Override == "" && c.Referent != nil
	})
	if usual < 0 {
		return []string{f.Name + ": no object has a status"}
	}
	c := f.Cases[usual]
	objects := slices.Concat([]*unstructured.Unstructured{c.Referent}, c.Related)
	lines := []string{fmt.Sprintf("%s, as in the case %s", f.Name, c.Name)}
	for i, object := range objects {
		for _, e := range edits() {
			bad := object.DeepCopy()
			status, ok := bad.Object["status"].(map[string]any)
			if !ok {
				break
			}
			if bad.Object["status"] = e.make(status); bad.Object["status"] == nil {
				continue
			}
			all := slices.Clone(objects)
			all[i] = bad
			got, err := evaluation.Of(t.Context(), machine, evaluation.Question{
				Kind: f.Kind, Referent: all[0], Related: all[1:], Parameters: c.Parameters})
			if err != nil {
				t.Fatal(err)
			}
			lines = append(lines, fmt.Sprintf("  %s: status %s\n    %s", object.GetKind(), e.name, said(got.Settled.Status)))
		}
	}
	return lines
}

// said is the phase, and the first condition that is not True.
func said(status v1alpha1.MaaSModelStatus) string {
	for _, c := range status.Conditions {
		if c.Type == v1alpha1.ConditionReady {
			return fmt.Sprintf("%s: %s: %s", status.Phase, c.Reason, c.Message)
		}
	}
	return string(status.Phase)
}
