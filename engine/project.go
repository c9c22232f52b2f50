package engine

import (
	"slices"
	"strings"
	"unique"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/cache"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
)

// maxFinalizers is how many finalizers are kept of a MaaSModel: they are named to
// whoever waits for a model to go.
const maxFinalizers = 8

// CacheOptions are those of the manager that an engine is set up in. What is kept
// of an object depends little on how much is in it.
//
// It is one transform for all types: what is said of a single one asks the API
// server about it, and the CRD may come later.
func CacheOptions() cache.Options { return cache.Options{DefaultTransform: project} }

// project leaves of a MaaSModel what is read of it. A status is written without
// the rest: the API server takes nothing else from such a write.
func project(obj any) (any, error) {
	model, ok := obj.(*v1alpha1.MaaSModel)
	if !ok {
		return cache.TransformStripManagedFields()(obj)
	}
	whole := model.ObjectMeta
	model.ObjectMeta = metav1.ObjectMeta{
		Namespace: whole.Namespace, Name: whole.Name, UID: whole.UID,
		ResourceVersion: whole.ResourceVersion, Generation: whole.Generation,
		CreationTimestamp: whole.CreationTimestamp, DeletionTimestamp: whole.DeletionTimestamp,
		Finalizers:  append([]string(nil), whole.Finalizers[:min(len(whole.Finalizers), maxFinalizers)]...),
		Annotations: kind.ReadAnnotations(whole.Annotations),
	}
	model.Status.Conditions = slices.Clone(model.Status.Conditions) // what it was decoded into has room for more
	for i := range model.Status.Conditions {
		share(&model.Status.Conditions[i], model.Name)
	}
	return model, nil
}

// share has all models keep the same words once: most conditions of most models say
// the same, but for messages that name the model or its backend.
func share(c *metav1.Condition, name string) {
	c.Type, c.Reason = unique.Make(c.Type).Value(), unique.Make(c.Reason).Value()
	c.Status = unique.Make(c.Status).Value()
	if !strings.Contains(c.Message, name) {
		c.Message = unique.Make(c.Message).Value()
	}
}
