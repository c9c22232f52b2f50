package plan_test

import (
	"fmt"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/phase"
	"github.com/maas-kinds/maas/engine/plan"
)

// A plan over 10,000 models of which each would be worse off: 1.3 s on two shared
// cores of an AMD EPYC, and 2.3 s while nineteen others waited for these.
func BenchmarkPlan(b *testing.B) {
	const most = 10_000
	objects := plan.NewObjects()
	models := make([]*v1alpha1.MaaSModel, most)
	backends := make([]*unstructured.Unstructured, most)
	for i := range most {
		name := fmt.Sprintf("model-%d", i)
		models[i] = model(name, "Widget", name, v1alpha1.PhaseReady)
		backends[i] = object(name, fmt.Sprintf(`{verdict: Up, url: "http://%s.models.svc/v1", length: 4096}`, name))
	}
	put(objects, "example.com", "Widget", "widgets", backends...)
	put(objects, "", "Service", "services")
	machine, err := phase.New()
	if err != nil {
		b.Fatal(err)
	}
	q := plan.Question{Models: models, Before: load(b, widgetKind), After: load(b, with("equals: Up", "equals: Upp")(widgetKind)),
		Reader: objects.Reader, Served: objects.Served, Now: time.Unix(1_800_000_000, 0)}
	for b.Loop() {
		p, err := plan.Of(b.Context(), machine, q)
		if err != nil || p.Summary.Harmed != most {
			b.Fatalf("%+v, %v", p.Summary, err)
		}
	}
}
