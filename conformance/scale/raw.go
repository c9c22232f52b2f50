package scale

import (
	"context"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

const (
	// rawWriters write statuses at the same time.
	rawWriters = 8
	maxRaw     = 2_000
)

// rawRate is how many statuses a second the API server stores, written as the
// controller writes its own: by its account, the whole status, once a model. The
// controller must not run.
func (m *measurement) rawRate(ctx context.Context) (float64, error) {
	all := make([]*v1alpha1.MaaSModel, min(m.row.Models, maxRaw))
	for i := range all {
		all[i] = newModel(types.NamespacedName{Namespace: others, Name: fmt.Sprintf("raw-%05d", i)}, m.template.folder)
	}
	if err := each(ctx, len(all), writers, func(ctx context.Context, i int) error { return m.plane.admin.Create(ctx, all[i]) }); err != nil {
		return 0, fmt.Errorf("making models for the raw rate: %w", err)
	}
	started := time.Now()
	err := each(ctx, len(all), rawWriters, func(ctx context.Context, i int) error {
		all[i].Status = written(all[i])
		return m.plane.controller.Status().Update(ctx, all[i])
	})
	took := time.Since(started)
	if err != nil {
		return 0, fmt.Errorf("writing statuses for the raw rate: %w", err)
	}
	if err := m.plane.admin.DeleteAllOf(ctx, &v1alpha1.MaaSModel{}, client.InNamespace(others)); err != nil {
		return 0, fmt.Errorf("deleting the models of the raw rate: %w", err)
	}
	return float64(len(all)) / took.Seconds(), nil
}

// written is a status as long as one of a Ready model.
func written(model *v1alpha1.MaaSModel) v1alpha1.MaaSModelStatus {
	status := v1alpha1.MaaSModelStatus{
		ObservedGeneration: 1, ID: model.Name, Phase: v1alpha1.PhaseReady, Endpoint: "https://models.example.com/" + model.Name,
		Kind: "raw", KindRevision: "0123456789abcdef", Model: &v1alpha1.ModelInfo{Aliases: []string{"raw/" + model.Name}, Replicas: new(int64(2))},
	}
	for _, condition := range []string{
		v1alpha1.ConditionKindAccepted, v1alpha1.ConditionReferenceResolved, v1alpha1.ConditionBackendReady,
		v1alpha1.ConditionEndpointResolved, v1alpha1.ConditionReady, v1alpha1.ConditionNameAccepted,
	} {
		status.Conditions = append(status.Conditions, metav1.Condition{
			Type: condition, Status: metav1.ConditionTrue, Reason: "Measured", Message: "a message of the usual length, which says why",
			ObservedGeneration: 1, LastTransitionTime: metav1.Now(),
		})
	}
	return status
}
