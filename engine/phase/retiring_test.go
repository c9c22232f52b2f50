package phase_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
)

// The end of a model is told 30 days before it, by a condition beside Ready that
// is there only then; the next stage is waited for, a day at a time.
func TestRetiring(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	const day = 24 * time.Hour
	at := func(after time.Duration) *metav1.Time { return &metav1.Time{Time: noon.Add(after)} }
	for name, test := range map[string]struct {
		info    v1alpha1.ModelInfo
		reason  string
		message string
		again   time.Duration
	}{
		"no end is known":                    {},
		"it ends in a year":                  {info: v1alpha1.ModelInfo{Retires: at(365 * day)}, again: day},
		"it ends in the year 9999":           {info: v1alpha1.ModelInfo{Retires: &metav1.Time{Time: time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)}}, again: day},
		"the warning is an hour away":        {info: v1alpha1.ModelInfo{Retires: at(30*day + time.Hour)}, again: time.Hour},
		"it will be deprecated":              {info: v1alpha1.ModelInfo{Deprecated: at(time.Minute), ReplacedBy: "next"}, again: time.Minute},
		"it is deprecated":                   {info: v1alpha1.ModelInfo{Deprecated: at(0), ReplacedBy: "next"}, reason: "Deprecated", message: "The model is deprecated since 2026-08-20T12:00:00Z. Use next instead."},
		"it is deprecated and ends some day": {info: v1alpha1.ModelInfo{Deprecated: at(-day), Retires: at(31 * day)}, reason: "Deprecated", message: "The model is deprecated since 2026-08-19T12:00:00Z.", again: day},
		"it ends in 30 days": {info: v1alpha1.ModelInfo{Deprecated: at(-day), Retires: at(30 * day), ReplacedBy: "next"}, reason: "RetiresSoon", again: day,
			message: "The model retires at 2026-09-19T12:00:00Z: it is in no list from then on, and its id is not found. Use next instead."},
		"it ends in a minute": {info: v1alpha1.ModelInfo{Retires: at(time.Minute)}, reason: "RetiresSoon", again: time.Minute,
			message: "The model retires at 2026-08-20T12:01:00Z: it is in no list from then on, and its id is not found."},
		"it has ended, and is to be deprecated later": {info: v1alpha1.ModelInfo{Retires: at(0), Deprecated: at(time.Hour)}, reason: "Retired", again: time.Hour,
			message: "The model has retired at 2026-08-20T12:00:00Z: it is in no list any more, and its id is not found. Delete the MaaSModel when nobody asks for it."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// What was said before and is not so any more is gone.
			stored := decide(t, m, ready(t, m), observe(func(o *kind.Observation) { o.Model = &v1alpha1.ModelInfo{Deprecated: at(-day)} }), noon).Status
			d := decide(t, m, stored, observe(func(o *kind.Observation) { o.Model = &test.info }), noon)
			var reason, message string
			if c := meta.FindStatusCondition(d.Status.Conditions, v1alpha1.ConditionRetiring); c != nil {
				reason, message = c.Reason, c.Message
			}
			if diff := cmp.Diff([]any{test.reason, test.message, test.again}, []any{reason, message, d.Again()}); diff != "" {
				t.Errorf("reason, message, again (-want +got):\n%s", diff)
			}
			if d.Status.Phase != v1alpha1.PhaseReady {
				t.Errorf("the model is %s", d.Status.Phase)
			}
		})
	}
}
