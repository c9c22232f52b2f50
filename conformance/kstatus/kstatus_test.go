package kstatus_test

import (
	"fmt"
	"os"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/cli-utils/pkg/kstatus/status"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance"
	"github.com/maas-kinds/maas/conformance/testenv"
	"github.com/maas-kinds/maas/engine/phase"
	"github.com/maas-kinds/maas/engine/registry"
	"github.com/maas-kinds/maas/kinds"
)

var server testenv.Shared

func TestMain(m *testing.M) { os.Exit(server.Main(m)) }

// meaning is what each phase is to somebody who waits.
func meaning() map[v1alpha1.Phase]status.Status {
	return map[v1alpha1.Phase]status.Status{
		v1alpha1.PhasePending:   status.InProgressStatus,
		v1alpha1.PhaseReady:     status.CurrentStatus,
		v1alpha1.PhaseUnhealthy: status.InProgressStatus,
		v1alpha1.PhaseFailed:    status.FailedStatus,
	}
}

// compute asks the library.
func compute(t *testing.T, model *v1alpha1.MaaSModel) *status.Result {
	t.Helper()
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(model)
	if err != nil {
		t.Fatal(err)
	}
	object := &unstructured.Unstructured{Object: content}
	object.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind("MaaSModel"))
	result, err := status.Compute(object)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// Every case of the catalogue means to kstatus what its phase says, with the words
// of the condition Ready: at once, when the dwell is over, and after an edit that
// the controller has not seen.
func TestCatalogue(t *testing.T) {
	t.Parallel()
	suite, err := conformance.New()
	if err != nil {
		t.Fatal(err)
	}
	folders, err := suite.Load(registry.Source{Name: "kinds", FS: kinds.FS})
	if err != nil {
		t.Fatal(err)
	}
	machine, err := phase.New()
	if err != nil {
		t.Fatal(err)
	}
	met := map[status.Status]int{}
	for _, folder := range folders {
		for _, c := range folder.Cases {
			evaluated, err := c.Evaluate(t.Context(), machine, folder.Kind)
			if err != nil {
				t.Fatal(err)
			}
			for name, decision := range map[string]phase.Decision{"at once": evaluated.First, "settled": evaluated.Settled} {
				name = fmt.Sprintf("%s, case %s, %s", folder.Name, c.Name, name)
				model := evaluated.Model.DeepCopy()
				model.Status = decision.Status
				met[hold(t, name, model, decision)]++
			}
		}
	}
	for _, want := range []status.Status{status.CurrentStatus, status.InProgressStatus, status.FailedStatus} {
		if met[want] == 0 {
			t.Errorf("no case is %s: the catalogue proves little: %v", want, met)
		}
	}
}

func hold(t *testing.T, name string, model *v1alpha1.MaaSModel, decision phase.Decision) status.Status {
	t.Helper()
	got := compute(t, model)
	if want := meaning()[decision.Status.Phase]; got.Status != want {
		t.Errorf("%s: phase %s is %s to kstatus, want %s", name, decision.Status.Phase, got.Status, want)
	}
	if got.Status != status.CurrentStatus && got.Message != decision.Message {
		t.Errorf("%s: kstatus says %q, and Ready says %q", name, got.Message, decision.Message)
	}
	edited := model.DeepCopy()
	edited.Generation++
	if seen := compute(t, edited); seen.Status != status.InProgressStatus {
		t.Errorf("%s: after an edit it is %s to kstatus, want InProgress", name, seen.Status)
	}
	deleted := model.DeepCopy()
	deleted.DeletionTimestamp = &metav1.Time{Time: time.Unix(1, 0)}
	if seen := compute(t, deleted); seen.Status != status.TerminatingStatus {
		t.Errorf("%s: while it is deleted it is %s to kstatus, want Terminating", name, seen.Status)
	}
	return got.Status
}

// A model that no controller has looked at is in progress, on a real API server:
// kstatus takes an object without a status for a good one.
func TestNewModel(t *testing.T) {
	env := server.Env(t)
	model := &v1alpha1.MaaSModel{
		ObjectMeta: metav1.ObjectMeta{Namespace: env.Namespace(t), Name: "new"},
		Spec:       v1alpha1.MaaSModelSpec{ModelRef: v1alpha1.ModelReference{Kind: "Endpoint", Name: "new"}},
	}
	if err := env.Client.Create(t.Context(), model); err != nil {
		t.Fatal(err)
	}
	for _, when := range []string{"as it was created", "as it is read"} {
		if got := compute(t, model); got.Status != status.InProgressStatus {
			t.Errorf("%s it is %s to kstatus, want InProgress: %+v", when, got.Status, model.Status)
		}
		if err := env.Client.Get(t.Context(), client.ObjectKeyFromObject(model), model); err != nil {
			t.Fatal(err)
		}
	}
}
