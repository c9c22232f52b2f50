package catalog

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

func called(aliases ...string) func(*v1alpha1.MaaSModel) {
	return func(m *v1alpha1.MaaSModel) { m.Status.Model = &v1alpha1.ModelInfo{Aliases: aliases} }
}

// Aliases find models, and take nothing from anybody: who writes one later, or
// writes what is another's, changes nothing for others.
func TestAliases(t *testing.T) {
	type models = []*v1alpha1.MaaSModel
	for name, test := range map[string]struct {
		snapshots []models
		// want are the models, namespace/name, that are found in the last of them;
		// empty for none.
		want map[string]string
	}{
		"one model has it": {
			[]models{{model("a", "granite", 1, called("coding", "ibm/granite-3.1-8B"))}},
			map[string]string{"coding": "a/granite", "ibm/granite-3.1-8B": "a/granite", "granite": "a/granite", "a/coding": "", "Coding": ""},
		},
		"a younger one takes nothing": {
			[]models{{model("a", "granite", 1, called("coding")), model("b", "evil", 2, called("coding", "evil-coding"))}},
			map[string]string{"coding": "a/granite", "evil-coding": "b/evil"},
		},
		"nor while the older has no endpoint": {
			[]models{{model("a", "granite", 1, called("coding"), noEndpoint), model("b", "evil", 2, called("coding"))}},
			map[string]string{"coding": ""},
		},
		"nor while it is being deleted": {
			[]models{{model("a", "granite", 1, called("coding"), deleted), model("b", "evil", 2, called("coding"))}},
			map[string]string{"coding": ""},
		},
		"of one namespace, the oldest": {
			[]models{{model("a", "new", 2, called("coding")), model("a", "old", 1, called("coding"))}},
			map[string]string{"coding": "a/old"},
		},
		"of one namespace, the oldest that is listed": {
			[]models{{model("a", "new", 3, called("coding")), model("a", "old", 1, called("coding"), noEndpoint), model("b", "evil", 2, called("coding"))}},
			map[string]string{"coding": "a/new"},
		},
		"created together: decided all the same": {
			[]models{{model("b", "x", 1, called("coding")), model("a", "y", 1, called("coding"))}},
			map[string]string{"coding": "a/y"},
		},
		"an id goes before": {
			[]models{{model("a", "granite", 1, called("late", "b/late")), model("b", "late", 2)}},
			map[string]string{"late": "b/late", "b/late": "b/late"},
		},
		"also that of a model without an endpoint": {
			[]models{{model("a", "granite", 1, called("late", "b/late")), model("b", "late", 2, noEndpoint)}},
			map[string]string{"late": "", "b/late": ""},
		},
		"also in the same namespace": {
			[]models{{model("a", "granite", 1, called("late", "a/late")), model("a", "late", 2, noEndpoint)}},
			map[string]string{"late": "", "a/late": ""},
		},
		"a name that is held for nobody here": {
			[]models{{model("a", "granite", 1, called("late")), model("b", "late", 2, id("b/late"))}},
			map[string]string{"late": "", "b/late": "b/late"},
		},
		"a name whose model is gone stays its namespace's": {
			[]models{{model("b", "gone", 1)}, {model("a", "granite", 2, called("gone", "b/gone", "b/other"))}},
			map[string]string{"gone": "", "b/gone": "", "b/other": ""},
		},
		"and that one may call another model by it": {
			[]models{{model("b", "gone", 1)}, {model("a", "granite", 2, called("gone")), model("b", "granite-4", 3, called("gone", "b/gone"))}},
			map[string]string{"gone": "b/granite-4", "b/gone": "b/granite-4"},
		},
		"what looks like another namespace's model": {
			[]models{{model("a", "granite", 1, called("b/secret", "a/mine", "c/free")), model("b", "other", 2)}},
			map[string]string{"b/secret": "", "a/mine": "a/granite", "c/free": "a/granite"},
		},
		"what no path names as it is": {
			[]models{{model("a", "granite", 1, called("/x", "x/", "x//y", "..", ".", "../x", "x/../y", "", "/", "ok", "ok"))}},
			map[string]string{"/x": "", "x": "", "x/": "", "x//y": "", "..": "", ".": "", "../x": "", "x/../y": "", "y": "", "": "", "/": "", "ok": "a/granite"},
		},
		"one that is too long": {
			[]models{{model("a", "granite", 1, called(strings.Repeat("x", 256), strings.Repeat("x", 257)))}},
			map[string]string{strings.Repeat("x", 256): "a/granite", strings.Repeat("x", 257): ""},
		},
		"one that is taken away": {
			[]models{{model("a", "granite", 1, called("coding"))}, {model("a", "granite", 1, func(m *v1alpha1.MaaSModel) { m.ResourceVersion = "2" })}},
			map[string]string{"coding": "", "granite": "a/granite"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRenderer(t)
			var last *Snapshot
			for _, models := range test.snapshots {
				last = render(t, r, models...)
			}
			got := map[string]string{}
			for alias := range test.want {
				got[alias] = ""
				if place, found := last.Find(alias); found {
					got[alias] = last.Entries()[place].Namespace + "/" + last.Entries()[place].Name
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A status that holds more than the controller takes costs no more than one that
// does not.
func TestAliasesAreBounded(t *testing.T) {
	all := make([]string, 100_000)
	for i := range all {
		all[i] = fmt.Sprint("alias-", i)
	}
	s := render(t, newRenderer(t), model("a", "granite", 1, called(all...)))
	if got := len(s.index); got != 2+maxAliases {
		t.Errorf("%d keys for one model, want %d", got, 2+maxAliases)
	}
}
