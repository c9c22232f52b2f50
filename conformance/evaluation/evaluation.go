// Package evaluation asks the pure core of the controller what follows of
// objects at hand, and compares its decisions.
package evaluation

import (
	"context"
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/phase"
	"github.com/maas-kinds/maas/engine/resolve"
)

// Question asks what follows for a MaaSModel that points at a referent.
type Question struct {
	Kind *kind.Kind
	// Referent is nil for kinds that have none.
	Referent *unstructured.Unstructured
	Related  kind.Objects
	// Previous is the model's phase before, Pending when empty. It has that
	// phase because of this referent.
	Previous v1alpha1.Phase
	// Override is the model's spec.endpointOverride; may be empty.
	Override string
	// Parameters are what is set of the kind's parameters.
	Parameters map[string]any
	Rules      endpoint.Rules
	// Namespace of the model; beside its referent when empty.
	Namespace string
	// CrossNamespace bounds what the kind says about references into another
	// namespace. Grants are looked for among Related.
	CrossNamespace kind.CrossNamespacePolicy
	// Traced asks for a trace of the observation.
	Traced bool
}

// Result is what follows, and from what.
type Result struct {
	// Model is what was decided about, as it was before.
	Model       *v1alpha1.MaaSModel
	Observation kind.Observation
	// First is the decision at once, Settled the one after any dwell.
	First, Settled phase.Decision
}

// The namespace and the name of a model whose referent gives it none.
const (
	modelNamespace = "models"
	modelName      = "model"
)

// modelNameOf is what the MaaSModel of a referent is called: as the referent, but
// where that is a MaaSModel too, in the same namespace.
func modelNameOf(referent *unstructured.Unstructured) string {
	if kind.IsMaaSModel(referent.GroupVersionKind().GroupKind()) {
		return referent.GetName() + "-alias"
	}
	return referent.GetName()
}

// Of runs the pure core on a question. The model is called as its referent is.
func Of(ctx context.Context, machine *phase.Machine, q Question) (Result, error) {
	model := &v1alpha1.MaaSModel{
		ObjectMeta: metav1.ObjectMeta{Namespace: modelNamespace, Name: modelName, Generation: 1},
		Spec:       v1alpha1.MaaSModelSpec{EndpointOverride: q.Override},
		Status:     v1alpha1.MaaSModelStatus{Phase: q.Previous},
	}
	if q.Referent != nil {
		model.Name = modelNameOf(q.Referent)
		if namespace := q.Referent.GetNamespace(); namespace != "" {
			model.Namespace = namespace
		}
		model.Status.Referent = kind.ReferentStatusOf(q.Referent)
	}
	model.Spec.ModelRef = v1alpha1.ModelReference{Kind: q.Kind.Name(), Name: model.Name}
	if q.Referent != nil {
		model.Spec.ModelRef.Name = q.Referent.GetName()
	}
	if q.Namespace != "" && q.Namespace != model.Namespace {
		model.Spec.ModelRef.Namespace, model.Namespace = model.Namespace, q.Namespace
	}
	s := Result{Model: model, Observation: q.observe(model)}
	var err error
	// No time is shown, so any will do.
	s.First, s.Settled, err = machine.Evaluate(ctx, model, s.Observation, time.Unix(0, 0))
	return s, err
}

func (q Question) observe(model *v1alpha1.MaaSModel) kind.Observation {
	reader := inHand{Objects: q.Related, referent: q.Referent}
	if q.Referent != nil {
		// It answers queries of its type as every other object does.
		reader.Objects = append(slices.Clone(reader.Objects), q.Referent)
	}
	return resolve.Kind(q.Kind.With(q.Parameters), model, reader, resolve.Options{CrossNamespace: q.CrossNamespace, Rules: q.Rules, Traced: q.Traced})
}

// inHand is a resolve.Reader of the objects of a question.
type inHand struct {
	kind.Objects
	referent *unstructured.Unstructured
}

// Referent is part of resolve.Reader: the question has it in its hand. Another one
// is asked for where a MaaSModel refers to the next.
func (r inHand) Referent(_ *kind.Kind, namespace, name string) resolve.Referent {
	if r.referent == nil || r.referent.GetName() == name {
		return resolve.Referent{Object: r.referent}
	}
	for _, o := range r.Objects {
		if o.GroupVersionKind() == r.referent.GroupVersionKind() && o.GetName() == name && o.GetNamespace() == namespace {
			return resolve.Referent{Object: o}
		}
	}
	return resolve.Referent{}
}
