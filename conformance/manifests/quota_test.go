package manifests_test

import (
	"fmt"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/testenv"
)

// The quota that SECURITY.md names bounds how many MaaSModels a namespace has. Its
// status is what kube-controller-manager would write.
func TestQuotaBoundsModels(t *testing.T) {
	env := server.Env(t)
	namespace := env.Namespace(t)
	hard := corev1.ResourceList{"count/maasmodels.maas.opendatahub.io": resource.MustParse("1")}
	quota := &corev1.ResourceQuota{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "models"}, Spec: corev1.ResourceQuotaSpec{Hard: hard}}
	if err := env.Client.Create(t.Context(), quota); err != nil {
		t.Fatal(err)
	}
	quota.Status = corev1.ResourceQuotaStatus{Hard: hard, Used: hard}
	if err := env.Client.Status().Update(t.Context(), quota); err != nil {
		t.Fatal(err)
	}
	made := 0
	testenv.Eventually(t, patience, func() error { // the API server hears of a quota a moment later
		err := env.Client.Create(t.Context(), &v1alpha1.MaaSModel{
			ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: fmt.Sprintf("granite-%d", made)},
			Spec:       v1alpha1.MaaSModelSpec{ModelRef: v1alpha1.ModelReference{Kind: "Service", Name: "granite"}},
		})
		if err == nil {
			made++
		}
		if !apierrors.IsForbidden(err) || !strings.Contains(err.Error(), "exceeded quota: models") {
			return fmt.Errorf("%d models were made in spite of the quota, and the last one: %w", made, err)
		}
		return nil
	})
}
