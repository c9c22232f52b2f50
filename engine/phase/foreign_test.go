package phase_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// Whoever may write a status may put any number of conditions into it. Some
// have their place; what is beyond that must not keep the status from being written.
func TestForeignConditionsAreBounded(t *testing.T) {
	foreign := func(n, size int) []metav1.Condition {
		all := make([]metav1.Condition, n)
		for i := range all {
			name := fmt.Sprintf("example.com/C%03d", i)
			all[i] = metav1.Condition{Type: name, Status: metav1.ConditionTrue, Reason: "Ok", LastTransitionTime: metav1.NewTime(noon),
				Message: strings.Repeat("x", size-len(name)-len("Ok"))}
		}
		return all
	}
	type kept struct{ Foreign, LeftOut int }
	for name, test := range map[string]struct {
		stored []metav1.Condition
		want   kept
	}{
		"none":                       {nil, kept{}},
		"as many as there may be":    {foreign(16, 100), kept{Foreign: 16}},
		"one more":                   {foreign(17, 100), kept{Foreign: 16, LeftOut: 1}},
		"thousands":                  {foreign(5000, 100), kept{Foreign: 16, LeftOut: 4984}},
		"as large as they may be":    {foreign(4, 4096), kept{Foreign: 4}},
		"larger":                     {foreign(4, 4097), kept{Foreign: 3, LeftOut: 1}},
		"one that is too large":      {foreign(1, 16<<10+1), kept{LeftOut: 1}},
		"a large one behind a small": {append(foreign(1, 100), foreign(2, 16<<10)[1]), kept{Foreign: 1, LeftOut: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMachine(t)
			d := decide(t, m, v1alpha1.MaaSModelStatus{Conditions: test.stored}, observe(), noon)
			got := kept{len(d.Status.Conditions) - 5, d.LeftOut}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			again := decide(t, m, d.Status, observe(), noon.Add(time.Hour))
			if diff := cmp.Diff(d.Status, again.Status); diff != "" || again.LeftOut != 0 {
				t.Errorf("decided again, %d more are left out (-first +second):\n%s", again.LeftOut, diff)
			}
		})
	}
}
