package soak

import (
	"context"
	"fmt"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/resolve"
)

// snapshotWithin is how long the API server has to say all that it holds.
const snapshotWithin = 3 * time.Second

// snapshot is what the API server holds. Its types are read one after the other, so
// that it may show a change half done: the next one does not.
type snapshot struct {
	at     time.Time
	models map[string]*v1alpha1.MaaSModel
	// objects by type; a type that is not served is not a key.
	objects map[schema.GroupKind]kind.Objects
	// widgetKind is the ModelKind of the widgets; nil while there is none.
	widgetKind *unstructured.Unstructured
}

// read reads everything. The referents come before the models, so that a status is
// never older than what it is held against.
func read(ctx context.Context, client dynamic.Interface) (*snapshot, error) {
	ctx, cancel := context.WithTimeout(ctx, snapshotWithin)
	defer cancel()
	s := &snapshot{models: map[string]*v1alpha1.MaaSModel{}, objects: map[schema.GroupKind]kind.Objects{}}
	for _, one := range []struct {
		resource schema.GroupVersionResource
		kind     string
	}{{serviceType, "Service"}, {sliceType, "EndpointSlice"}, {gadgetType, "Gadget"}, {widgetType, "Widget"}, {kindType, "ModelKind"}, {modelType, "MaaSModel"}} {
		list, err := of(client, one.resource).List(ctx, metav1.ListOptions{})
		if apierrors.IsNotFound(err) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", one.resource.Resource, err)
		}
		objects := kind.Objects{}
		for i := range list.Items {
			objects = append(objects, &list.Items[i])
		}
		s.objects[schema.GroupKind{Group: one.resource.Group, Kind: one.kind}] = objects
	}
	s.at = time.Now()
	return s, s.decode()
}

// of is where objects of a type are.
func of(client dynamic.Interface, resource schema.GroupVersionResource) dynamic.ResourceInterface {
	if resource == kindType {
		return client.Resource(resource)
	}
	return client.Resource(resource).Namespace(namespace)
}

// decode gives the models and the ModelKind their own types.
func (s *snapshot) decode() error {
	for _, o := range s.objects[v1alpha1.GroupVersion.WithKind("MaaSModel").GroupKind()] {
		model := &v1alpha1.MaaSModel{}
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(o.Object, model); err != nil {
			return fmt.Errorf("reading the MaaSModel %s: %w", o.GetName(), err)
		}
		s.models[model.Name] = model
	}
	for _, o := range s.objects[v1alpha1.GroupVersion.WithKind("ModelKind").GroupKind()] {
		if o.GetName() == "widget" {
			s.widgetKind = o
		}
	}
	return nil
}

// find gives one object of a type; nil where there is none.
func (s *snapshot) find(group, kindName, name string) *unstructured.Unstructured {
	for _, o := range s.objects[schema.GroupKind{Group: group, Kind: kindName}] {
		if o.GetName() == name {
			return o
		}
	}
	return nil
}

// Read is part of kind.Reader.
func (s *snapshot) Read(query kind.Query) kind.Answer {
	objects, served := s.objects[query.GroupKind()]
	if !served {
		return kind.Answer{State: kind.AnswerNotServed}
	}
	return objects.Read(query)
}

// Referent is part of resolve.Reader. Every kind that is played with has one type.
func (s *snapshot) Referent(k *kind.Kind, in, name string) resolve.Referent {
	t := k.Referent()
	if _, served := s.objects[t.GroupKind()]; !served {
		return resolve.Referent{Missing: kind.Reference{State: kind.ReferenceLost, Reason: v1alpha1.ReasonCRDNotInstalled}}
	}
	found := s.Read(kind.Query{Group: t.Group, Kind: t.Kind, Versions: t.Versions, Namespace: in, Name: name})
	if len(found.Objects) == 0 {
		return resolve.Referent{Missing: resolve.Absent(t.GroupKind().String(), strings.TrimPrefix(in+"/"+name, "/"))}
	}
	return resolve.Referent{Object: found.Objects[0]}
}

// text is a field of an object, empty where it is not.
func text(o *unstructured.Unstructured, fields ...string) string {
	if o == nil {
		return ""
	}
	value, _, _ := unstructured.NestedString(o.Object, fields...)
	return value
}
