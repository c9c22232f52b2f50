package scale

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/conformance/live"
	"github.com/maas-kinds/maas/conformance/object"
	"github.com/maas-kinds/maas/kinds"
)

// backendHost is where the cases have an LLMInferenceService be reached.
const backendHost = "203.0.113.10"

// backend is how the models of a kind are served: by copies of the objects that the
// kind's own cases begin with.
type backend struct {
	// folder of the kind in the catalogue.
	folder string
	// ready is what makes a backend's last object say that it serves or does not, as
	// a merge patch, and the subresource that it is in.
	ready       func(last *unstructured.Unstructured, serves bool) map[string]any
	subresource string
	// heavy puts ballast into the first object, where the kind does not read it.
	heavy func(first *unstructured.Unstructured, ballast string) error
}

// backends by the name of a row.
func backends() map[string]backend {
	return map[string]backend{
		"llmisvc": {folder: "llmisvc", ready: condition, subresource: "status", heavy: func(o *unstructured.Unstructured, ballast string) error {
			return unstructured.SetNestedField(o.Object, ballast, "spec", "ballast")
		}},
		"service": {folder: "Service", ready: endpoints, heavy: func(o *unstructured.Unstructured, ballast string) error {
			return unstructured.SetNestedField(o.Object, ballast, "metadata", "annotations", "ballast")
		}},
	}
}

// condition is the status of an object with another condition Ready.
func condition(o *unstructured.Unstructured, serves bool) map[string]any {
	list, _, _ := unstructured.NestedSlice(o.Object, "status", "conditions") // a copy
	for _, c := range list {
		if c, ok := c.(map[string]any); ok && c["type"] == "Ready" {
			c["status"] = map[bool]string{true: "True", false: "False"}[serves]
		}
	}
	return map[string]any{"status": map[string]any{"conditions": list}}
}

// endpoints are those of an EndpointSlice, all ready or none.
func endpoints(o *unstructured.Unstructured, serves bool) map[string]any {
	list, _, _ := unstructured.NestedSlice(o.Object, "endpoints")
	for _, e := range list {
		if e, ok := e.(map[string]any); ok {
			e["conditions"] = map[string]any{"ready": serves, "serving": serves, "terminating": false}
		}
	}
	return map[string]any{"endpoints": list}
}

// template is a backend with the objects to copy.
type template struct {
	backend
	objects []*unstructured.Unstructured
}

// newTemplate reads the objects that a kind's cases begin with.
func newTemplate(b backend) (*template, error) {
	file := b.folder + "/cases.yaml"
	content, err := kinds.FS.ReadFile(file)
	if err != nil {
		return nil, err
	}
	documents, err := object.Read(content)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	t := &template{backend: b}
	for _, document := range documents {
		entries, _, err := unstructured.NestedSlice(document.Object, "spec", "objects")
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		for _, entry := range entries {
			if o, found, _ := unstructured.NestedMap(entry.(map[string]any), "object"); found {
				t.objects = append(t.objects, live.Move(&unstructured.Unstructured{Object: o}, nil))
			}
		}
	}
	if len(t.objects) == 0 {
		return nil, fmt.Errorf("%s: there is no object to copy", file)
	}
	return t, nil
}

// copies are the objects of one backend.
func (t *template) copies(key types.NamespacedName) []*unstructured.Unstructured {
	was := t.objects[0].GetName()
	var all []*unstructured.Unstructured
	for _, o := range t.objects {
		o = o.DeepCopy()
		o.SetNamespace(key.Namespace)
		o.SetName(strings.Replace(o.GetName(), was, key.Name, 1))
		o.SetUID("")
		o.SetResourceVersion("")
		labels := o.GetLabels()
		for name, value := range labels {
			if value == was {
				labels[name] = key.Name
			}
		}
		o.SetLabels(labels)
		all = append(all, o)
	}
	return all
}

// put makes one backend that serves. With ballast it is only what the watch on
// its type sees, written once: etcd keeps each revision.
func (t *template) put(ctx context.Context, c client.Client, key types.NamespacedName, ballast string) error {
	all := t.copies(key)
	if ballast != "" {
		if err := t.heavy(all[0], ballast); err != nil {
			return err
		}
		all = all[:1]
	}
	for _, o := range all {
		status, hasStatus := o.Object["status"]
		if err := c.Create(ctx, o); err != nil {
			return fmt.Errorf("making %s %s: %w", o.GetKind(), key, err)
		}
		if !hasStatus || t.subresource == "" || ballast != "" {
			continue
		}
		o.Object["status"] = status
		if err := c.Status().Update(ctx, o); err != nil {
			return fmt.Errorf("writing the status of %s %s: %w", o.GetKind(), key, err)
		}
	}
	return nil
}

// flip has a backend serve, or serve no more.
func (t *template) flip(ctx context.Context, c client.Client, key types.NamespacedName, serves bool) error {
	all := t.copies(key)
	last := all[len(all)-1]
	content, err := json.Marshal(t.ready(last, serves))
	if err != nil {
		return err
	}
	patch := client.RawPatch(types.MergePatchType, content)
	if t.subresource != "" {
		return c.SubResource(t.subresource).Patch(ctx, last, patch)
	}
	return c.Patch(ctx, last, patch)
}
