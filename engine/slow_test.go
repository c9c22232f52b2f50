package engine_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/testenv"
	"github.com/maas-kinds/maas/engine/kind"
)

// While a write takes seconds, and what was written is seen seconds later, the
// status still becomes what it has to be: each transition is stored once, and
// nothing is asked for more often than when all is well.
func TestSlowEtcd(t *testing.T) {
	t.Parallel()
	plane := testenv.StartPlane(t)
	w := newWidgets(t, plane.Env, kind.CrossNamespaceAllow)
	w.install(t)
	namespace, sent := plane.Namespace(t), &traffic{}
	c := run(t, plane.Env, w.kinds, sent.tap)
	models, backends := make([]*v1alpha1.MaaSModel, 6), make([]*unstructured.Unstructured, 6)
	for i := range models {
		name := fmt.Sprintf("granite-%d", i)
		backends[i] = w.apply(t, namespace, name, ready)
		models[i] = createModel(t, plane.Env, namespace, v1alpha1.ModelReference{Kind: "Widget", Name: name})
	}
	for _, model := range models {
		expect(t, plane.Env, model, standsReady)
	}
	before, watches := sent.writes(namespace), sent.reads("/apis/"+w.group+"/v1/widgets")

	plane.Etcd.Slow(time.Second)
	// Two changes in a row: the second comes before the first write is done, or
	// is done and not seen yet.
	const second = "http://second.example.com"
	var changes sync.WaitGroup
	for _, backend := range backends {
		changes.Go(func() {
			for _, url := range []string{"http://first.example.com", second} {
				patch := merge(`{"status":{"verdict":"Broken","url":%q}}`, url)
				if err := plane.Client.Status().Patch(t.Context(), backend.DeepCopy(), patch); err != nil {
					t.Errorf("changing %s: %v", backend.GetName(), err)
				}
			}
		})
	}
	changes.Wait()
	expectAll(t, plane.Env, namespace, stands{v1alpha1.PhaseFailed, second, v1alpha1.ReasonBackendFailed})
	plane.Etcd.Slow(0)

	failures := map[string]string{"from": "Ready", "to": "Failed"}
	if got := counts(t, c, "maas_transitions_total", failures); got != len(models) {
		t.Errorf("%d transitions to Failed, want %d", got, len(models))
	}
	// Each change once, and once more where the cache was behind.
	if got, atMost := sent.writes(namespace)-before, 3*len(models); got > atMost {
		t.Errorf("%d status writes for %d models that changed twice, want at most %d", got, len(models), atMost)
	}
	if got := sent.reads("/apis/"+w.group+"/v1/widgets") - watches; got > 2 {
		t.Errorf("%d requests to list or watch widgets, want none or those of one new start", got)
	}
	if errors := counts(t, c, "maas_reconciles_total", map[string]string{"outcome": "error"}); errors > 0 {
		t.Errorf("%d reconciles ended in an error", errors)
	}
}

// expectAll waits until all models of a namespace stand as wanted. It asks for
// what the API server has in memory: etcd is slow.
func expectAll(t *testing.T, env *testenv.Env, namespace string, want stands) {
	t.Helper()
	remembered := &client.ListOptions{Namespace: namespace, Raw: &metav1.ListOptions{ResourceVersion: "0"}}
	testenv.Eventually(t, patience, func() error {
		models := &v1alpha1.MaaSModelList{}
		if err := env.Client.List(t.Context(), models, remembered); err != nil {
			return err
		}
		for _, model := range models.Items {
			if got := standing(&model); got != want {
				return fmt.Errorf("%s stands at %+v, want %+v", model.Name, got, want)
			}
		}
		return nil
	})
}
