package soak

import (
	"embed"
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/yaml"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/object"
)

//go:embed kinds/*.yaml
var files embed.FS

const gadgetCRD = "gadgets.soak.example.com"

// The types that are played with.
var (
	modelType   = schema.GroupVersionResource{Group: "maas.opendatahub.io", Version: "v1alpha1", Resource: "maasmodels"}
	kindType    = schema.GroupVersionResource{Group: "maas.opendatahub.io", Version: "v1alpha1", Resource: "modelkinds"}
	serviceType = schema.GroupVersionResource{Version: "v1", Resource: "services"}
	sliceType   = schema.GroupVersionResource{Group: "discovery.k8s.io", Version: "v1", Resource: "endpointslices"}
	gadgetType  = schema.GroupVersionResource{Group: "soak.example.com", Version: "v1", Resource: "gadgets"}
	widgetType  = schema.GroupVersionResource{Group: "soak.example.com", Version: "v1", Resource: "widgets"}
	crdType     = schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"}
)

// part is an object of a referent, and how it is written.
type part struct {
	resource schema.GroupVersionResource
	object   *unstructured.Unstructured
	// lags writes a status of the generation before.
	lags bool
}

func objectOf(apiVersion, kind, name string, fields map[string]any) *unstructured.Unstructured {
	o := &unstructured.Unstructured{Object: fields}
	o.SetAPIVersion(apiVersion)
	o.SetKind(kind)
	o.SetName(name)
	if kind != "ModelKind" {
		o.SetNamespace(namespace)
	}
	return o
}

// modelOf is a member's MaaSModel.
func modelOf(m member, w wanted) *unstructured.Unstructured {
	ref := map[string]any{"kind": kindOf(m.sort), "name": m.of}
	if w.model == astray {
		ref["kind"] = "nosuchkind"
	}
	spec := map[string]any{"modelRef": ref}
	if m.sort == hosts {
		spec["endpointOverride"] = "http://" + hostOf(m.name, m.sort, w.variant)
	}
	return objectOf(v1alpha1.GroupVersion.String(), "MaaSModel", m.name, map[string]any{"spec": spec})
}

// partsOf are the objects of a member's referent, in a state that is not absent.
func partsOf(m member, w wanted) []part {
	url := "http://" + hostOf(m.name, m.sort, w.variant)
	switch m.sort {
	case services:
		return serviceParts(m, w)
	case gadgets:
		state, lags := w.state, w.state == lagging
		if lags {
			state = up
		}
		return []part{{gadgetType, objectOf("soak.example.com/v1", "Gadget", m.name, map[string]any{
			"spec": map[string]any{"edits": fmt.Sprint(w.edits)},
			// The other address is nobody's to call.
			"status": map[string]any{"state": state, "url": url, "internal": "http://" + hostOf(m.name, "decoy", w.variant)},
		}), lags}}
	case widgets:
		return []part{{widgetType, objectOf("soak.example.com/v1", "Widget", m.name, map[string]any{
			"status": map[string]any{
				"state": w.state, "first": url, "second": "http://" + hostOf(m.name, m.sort, 1-w.variant),
				"internal": "http://" + hostOf(m.name, "decoy", w.variant),
			},
		}), false}}
	default:
		return nil
	}
}

func serviceParts(m member, w wanted) []part {
	service := objectOf("v1", "Service", m.name, map[string]any{
		"spec": map[string]any{
			"type": "LoadBalancer", "allocateLoadBalancerNodePorts": false,
			"ports": []any{map[string]any{"name": "http", "port": int64(80), "protocol": "TCP"}},
		},
		"status": map[string]any{"loadBalancer": map[string]any{"ingress": []any{map[string]any{"hostname": hostOf(m.name, m.sort, w.variant)}}}},
	})
	slice := objectOf("discovery.k8s.io/v1", "EndpointSlice", m.name+"-1", map[string]any{
		"addressType": "IPv4",
		"endpoints":   []any{map[string]any{"addresses": []any{"10.244.0.7"}, "conditions": map[string]any{"ready": w.state == up}}},
		"ports":       []any{map[string]any{"name": "http", "port": int64(80), "protocol": "TCP"}},
	})
	slice.SetLabels(map[string]string{"kubernetes.io/service-name": m.name})
	return []part{{serviceType, service, false}, {sliceType, slice, false}}
}

// kindSpec is the ModelKind of the widgets in a state.
func kindSpec(state string) (*unstructured.Unstructured, error) {
	content, err := files.ReadFile("kinds/widget.yaml")
	if err != nil {
		return nil, err
	}
	o := &unstructured.Unstructured{}
	if err := yaml.Unmarshal(content, &o.Object); err != nil {
		return nil, fmt.Errorf("reading the ModelKind of the widgets: %w", err)
	}
	endpoint := map[string]any{"path": "$.status." + state}
	if state == broken { // there is no such subject
		endpoint = map[string]any{"path": "$.url", "of": "nobody"}
	}
	return o, unstructured.SetNestedSlice(o.Object, []any{endpoint}, "spec", "endpoint")
}

// definitions are the CRDs of gadgets and widgets.
func definitions() ([]*unstructured.Unstructured, error) {
	content, err := files.ReadFile("kinds/crds.yaml")
	if err != nil {
		return nil, err
	}
	return object.Read(content)
}
