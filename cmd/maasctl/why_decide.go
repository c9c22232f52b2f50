package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/evaluation"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/phase"
	"github.com/maas-kinds/maas/engine/resolve"
)

// whyReader reads for one model.
type whyReader interface {
	resolve.Reader
	// failure is what kept an answer from being known.
	failure() error
}

func (r *liveReader) failure() error { return r.err }

// fileReader is a resolve.Reader of objects at hand.
type fileReader struct{ kind.Objects }

func (*fileReader) failure() error { return nil }

// Referent is part of resolve.Reader.
func (r *fileReader) Referent(k *kind.Kind, namespace, name string) resolve.Referent {
	for _, t := range k.Referents() {
		answer := r.Read(kind.Query{Group: t.Group, Kind: t.Kind, Versions: t.Versions, Namespace: namespace, Name: name})
		if len(answer.Objects) > 0 {
			return resolve.Referent{Object: answer.Objects[0]}
		}
	}
	return resolve.Referent{Missing: resolve.Absent(k.Referent().GroupKind().String(), strings.TrimPrefix(namespace+"/"+name, "/"))}
}

func modelsIn(objects kind.Objects) ([]v1alpha1.MaaSModel, error) {
	var models []v1alpha1.MaaSModel
	for _, object := range objects {
		if !kind.IsMaaSModel(object.GroupVersionKind().GroupKind()) {
			continue
		}
		encoded, err := object.MarshalJSON()
		if err != nil {
			return nil, fmt.Errorf("reading the MaaSModel %s: %w", qualifiedName(object), err)
		}
		var model v1alpha1.MaaSModel
		if err := json.Unmarshal(encoded, &model); err != nil {
			return nil, fmt.Errorf("reading the MaaSModel %s: %w", qualifiedName(object), err)
		}
		models = append(models, model)
	}
	return models, nil
}

// maxWhy is how many models are asked for what they read, in a cluster.
const maxWhy = 1000

// models are those whose kinds read the object's type, of all namespaces, or of the
// object's own where others may not be read.
func (l *liveBackends) models(ctx context.Context, set *kind.Set, subject *unstructured.Unstructured, std ioStreams) ([]v1alpha1.MaaSModel, error) {
	list := &v1alpha1.MaaSModelList{}
	err := l.client.List(ctx, list)
	if apierrors.IsForbidden(err) && l.namespace != "" {
		fmt.Fprintf(std.err, "note: MaaSModels of other namespaces may not be read, and are not looked at\n")
		err = l.client.List(ctx, list, client.InNamespace(l.namespace))
	}
	if err != nil {
		return nil, fmt.Errorf("reading the MaaSModels: %w", err)
	}
	may := slices.DeleteFunc(list.Items, func(m v1alpha1.MaaSModel) bool { return !mayRead(set, &m, subject) })
	if len(may) > maxWhy {
		fmt.Fprintf(std.err, "note: %d MaaSModels may look at it, and the first %d are asked\n", len(may), maxWhy)
		may = may[:maxWhy]
	}
	return may, nil
}

// mayRead says whether a model's kind reads the type, and, where it reads it as the backend
// alone, whether the model names the object.
func mayRead(set *kind.Set, m *v1alpha1.MaaSModel, subject *unstructured.Unstructured) bool {
	k, ok := set.Lookup(m.Spec.ModelRef.Kind)
	if !ok {
		return false
	}
	of := subject.GroupVersionKind().GroupKind()
	reads := 0
	for _, t := range k.Types() {
		if t.GroupKind() == of {
			reads++
		}
	}
	if reads == 1 && k.Refers(of) {
		return m.Spec.ModelRef.Name == subject.GetName()
	}
	return reads > 0
}

// decideAll adds the models that look at the object, with what each decides.
func (o *whyOptions) decideAll(ctx context.Context, set *kind.Set, models []v1alpha1.MaaSModel, subject *unstructured.Unstructured, reader func() whyReader, found *reasons) error {
	machine, err := phase.New()
	if err != nil {
		return err
	}
	for i := range models {
		model, from := &models[i], reader()
		if model.Unreadable != "" {
			continue
		}
		row := modelRow{Model: model.Namespace + "/" + model.Name, Kind: model.Spec.ModelRef.Kind}
		observation := resolve.Model(set, model, from, resolve.Options{CrossNamespace: o.crossNamespace, Rules: o.rules})
		if row.As = lookedAtAs(observation, model, subject); row.As == "" {
			continue
		}
		if err := from.failure(); err != nil {
			row.Error = err.Error()
			found.Models = append(found.Models, row)
			continue
		}
		result := evaluation.Result{Model: model, Observation: observation}
		if result.First, result.Settled, err = machine.Evaluate(ctx, model, observation, time.Now()); err != nil {
			return fmt.Errorf("deciding on the MaaSModel %s: %w", row.Model, err)
		}
		row.take(result)
		found.Models = append(found.Models, row)
	}
	return nil
}

// lookedAtAs says in which role the object was read for a model; empty where it was not.
func lookedAtAs(observation kind.Observation, model *v1alpha1.MaaSModel, subject *unstructured.Unstructured) string {
	of := subject.GroupVersionKind().GroupKind()
	if r := observation.Referent; r != nil && r.Group == of.Group && r.Kind == of.Kind && r.Name == subject.GetName() && r.Namespace == subject.GetNamespace() {
		return "the backend"
	}
	if kind.IsMaaSModel(of) && model.Name == subject.GetName() && model.Namespace == subject.GetNamespace() {
		return "the MaaSModel itself"
	}
	for _, query := range observation.Reads {
		if query.GroupKind() == of && query.Matches(subject) {
			return "beside it: " + query.String()
		}
	}
	return ""
}

// imagined is what a MaaSModel of the kind would decide that points at the object.
func (o *whyOptions) imagined(ctx context.Context, k *kind.Kind, subject *unstructured.Unstructured, objects kind.Objects) (modelRow, error) {
	machine, err := phase.New()
	if err != nil {
		return modelRow{}, err
	}
	beside := slices.DeleteFunc(slices.Clone(objects), func(object *unstructured.Unstructured) bool { return object == subject })
	result, err := evaluation.Of(ctx, machine, evaluation.Question{Kind: k, Referent: subject, Related: beside, Rules: o.rules, CrossNamespace: o.crossNamespace, Previous: v1alpha1.PhasePending})
	if err != nil {
		return modelRow{}, fmt.Errorf("deciding by the kind %s: %w", k.Name(), err)
	}
	row := modelRow{Kind: k.Name(), As: "the backend"}
	row.take(result)
	return row, nil
}
