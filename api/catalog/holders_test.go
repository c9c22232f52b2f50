package catalog

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// What clients call a model by does not come to mean another namespace's model
// because the first was made again, whether or not the statuses have ids.
func TestNamesStayHeld(t *testing.T) {
	type models = []*v1alpha1.MaaSModel
	ours := func(second int64) *v1alpha1.MaaSModel { return model("ours", "granite", second) }
	stranger := func(change ...func(*v1alpha1.MaaSModel)) *v1alpha1.MaaSModel {
		return model("strange", "granite", 2, change...)
	}
	for name, test := range map[string]struct {
		snapshots []models
		want      []string // in the last of them
	}{
		"deleted: nobody else takes the name": {
			[]models{{ours(1), stranger()}, {stranger()}},
			[]string{"strange/granite=strange/granite"},
		},
		"made again, and younger now: it has its name back": {
			[]models{{ours(1), stranger()}, {stranger()}, {ours(3), stranger()}},
			[]string{"granite=ours/granite", "strange/granite=strange/granite"},
		},
		"replaced from one snapshot to the next": {
			[]models{{ours(1), stranger()}, {ours(3), stranger()}},
			[]string{"granite=ours/granite", "strange/granite=strange/granite"},
		},
		"the stranger comes while there is none": {
			[]models{{ours(1)}, {}, {stranger()}, {ours(3), stranger()}},
			[]string{"granite=ours/granite", "strange/granite=strange/granite"},
		},
		"one that had it by its status has it back without one": {
			[]models{{model("ours", "granite", 1, id("granite")), stranger()}, {stranger()}, {ours(3), stranger()}},
			[]string{"granite=ours/granite", "strange/granite=strange/granite"},
		},
		"the controller gave it to another: its word holds": {
			[]models{{ours(1)}, {stranger(id("granite"))}, {ours(3), stranger(id("granite"))}},
			[]string{"granite=strange/granite", "ours/granite=ours/granite"},
		},
		"who was taken for its holder, before the status said otherwise, is not": {
			[]models{{stranger(noEndpoint)}, {stranger(id("strange/granite"))}, {stranger(id("strange/granite")), ours(3)}},
			[]string{"granite=ours/granite", "strange/granite=strange/granite"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRenderer(t)
			var last *Snapshot
			for _, models := range test.snapshots {
				last = render(t, r, models...)
			}
			if diff := cmp.Diff(test.want, listed(last)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Whoever makes and deletes models without end does not fill the memory.
func TestForsakenNamesAreBounded(t *testing.T) {
	r := newRenderer(t)
	render(t, r, model("ours", "first", 1))
	for round := range 3 {
		var models []*v1alpha1.MaaSModel
		for i := range maxForsaken / 2 {
			models = append(models, model("churn", fmt.Sprintf("m-%d-%d", round, i), 1, noEndpoint))
		}
		render(t, r, models...)
	}
	render(t, r)
	if got := len(r.holders); got != maxForsaken {
		t.Errorf("%d names are remembered that no model has, want %d", got, maxForsaken)
	}
	if _, kept := r.holders["first"]; kept {
		t.Error("the name that was left first is kept, and a later one is not")
	}
}
