package catalog

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/testenv"
)

// A model is active until the day on which it is deprecated, and listed until the
// one on which it retires. Nothing but the time changes between these snapshots.
func TestLifecycle(t *testing.T) {
	start := time.Unix(1800000000, 0).UTC()
	at := func(after time.Duration) *metav1.Time { return &metav1.Time{Time: start.Add(after)} }
	lasting := func(deprecated, retires *metav1.Time, by string) func(*v1alpha1.MaaSModel) {
		return func(m *v1alpha1.MaaSModel) {
			m.Status.Model = &v1alpha1.ModelInfo{Deprecated: deprecated, Retires: retires, ReplacedBy: by}
		}
	}
	for name, test := range map[string]struct {
		model *v1alpha1.MaaSModel
		after []time.Duration
		want  []string // of each: what is told, and until when that is so
	}{
		"nothing is known": {model("a", "m", 0), []time.Duration{0}, []string{"listed"}},
		"a successor alone": {
			model("a", "m", 0, lasting(nil, nil, "next")), []time.Duration{0}, []string{"listed active, next"},
		},
		"deprecated, then retired": {
			model("a", "m", 0, lasting(at(time.Hour), at(2*time.Hour), "next")),
			[]time.Duration{0, time.Hour - time.Second, time.Hour, 2*time.Hour - time.Second, 2 * time.Hour, 3 * time.Hour},
			[]string{"listed active, next, for 1h0m0s", "listed active, next, for 1s", "listed deprecated, next, for 1h0m0s", "listed deprecated, next, for 1s", "retired, next", "retired, next"},
		},
		"retired before it is deprecated": {
			model("a", "m", 0, lasting(at(2*time.Hour), at(time.Hour), "")), []time.Duration{0, time.Hour}, []string{"listed active, , for 1h0m0s", "retired, "},
		},
		"in the year 9999": {
			model("a", "m", 0, lasting(nil, &metav1.Time{Time: time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)}, "")), []time.Duration{0},
			[]string{"listed active, , for 2562047h47m16.854775807s"},
		},
		"an id that is qualified": {
			model("a", "m", 0, id("a/m"), lasting(nil, at(-time.Hour), "next")), []time.Duration{0}, []string{"retired, next"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRenderer(t)
			var got []string
			for _, after := range test.after {
				now := start.Add(after)
				s, err := r.Render([]*v1alpha1.MaaSModel{test.model}, now)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, told(s, now))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func told(s *Snapshot, now time.Time) string {
	if retired, gone := s.Retired("a/m"); gone {
		if len(s.Entries()) > 0 {
			return "retired, and listed"
		}
		return "retired, " + retired.ReplacedBy
	}
	text := "listed"
	if l := s.Entries()[0].Model.Lifecycle; l != nil {
		text += fmt.Sprintf(" %s, %s", l.Status, l.ReplacedBy)
	}
	if !s.until.IsZero() {
		text += fmt.Sprintf(", for %s", s.until.Sub(now))
	}
	return text
}

// A model leaves the catalog on its day although nobody writes anything.
func TestCatalogKeepsTheDay(t *testing.T) {
	env := server.Env(t)
	namespace := env.Namespace(t)
	ends := metav1.NewTime(time.Now().Add(3 * time.Second).Truncate(time.Second))
	create(t, env, model(namespace, "early", 0, func(m *v1alpha1.MaaSModel) { m.Status.Model = &v1alpha1.ModelInfo{Retires: &ends} }))
	create(t, env, model(namespace, "late", 0))
	c := follow(t, env.Config, namespace)
	testenv.Eventually(t, soon, func() error {
		if _, gone := c.Snapshot().Retired("early"); !gone {
			return fmt.Errorf("it is listed still: %v", listed(c.Snapshot()))
		}
		return nil
	})
	c.eventually(t, "late="+namespace+"/late")
}

// Why a model is not ready is told as the controller says it, cut where it is long.
func TestNotReady(t *testing.T) {
	unready := func(reason, message string) func(*v1alpha1.MaaSModel) {
		return func(m *v1alpha1.MaaSModel) {
			m.Status.Phase = v1alpha1.PhaseUnhealthy
			m.Status.Conditions = []metav1.Condition{{Type: v1alpha1.ConditionReady, Status: metav1.ConditionFalse, Reason: reason, Message: message}}
		}
	}
	for name, test := range map[string]struct {
		change func(*v1alpha1.MaaSModel)
		want   *NotReady
	}{
		"it is ready": {change: func(m *v1alpha1.MaaSModel) {
			m.Status.Conditions = []metav1.Condition{{Type: v1alpha1.ConditionReady, Status: metav1.ConditionTrue, Reason: "Ready"}}
		}},
		"nobody says why":     {change: func(m *v1alpha1.MaaSModel) { m.Status.Phase = v1alpha1.PhasePending }},
		"its reason":          {change: unready("GenerationStale", "status is of generation 2"), want: &NotReady{Reason: "GenerationStale", Message: "status is of generation 2"}},
		"a message of 32 KiB": {change: unready("BackendFailed", string(make([]byte, 32<<10))), want: &NotReady{Reason: "BackendFailed", Message: string(make([]byte, 509)) + "…"}},
	} {
		t.Run(name, func(t *testing.T) {
			kept, err := project(model("a", "m", 0, test.change))
			if err != nil {
				t.Fatal(err)
			}
			s := render(t, newRenderer(t), kept.(*v1alpha1.MaaSModel))
			if diff := cmp.Diff(test.want, s.Entries()[0].Model.NotReady); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
