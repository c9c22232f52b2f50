package contract

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"

	"github.com/maas-kinds/maas/engine/kind"
)

// served gives what an API server itself says of a type that no CRD defines,
// from discovery and its OpenAPI v3 document; false when it does not serve it.
func served(client discovery.DiscoveryInterface, groupKind schema.GroupKind) (Contract, bool, error) {
	all, err := resources(client, []string{groupKind.Group})
	if err != nil {
		return Contract{}, false, err
	}
	c := Contract{Group: groupKind.Group, Kind: groupKind.Kind, Versions: map[string]*FieldSchema{},
		Source: ContractSource{File: "openapi/v3"}}
	for _, list := range all {
		gv, err := schema.ParseGroupVersion(list.GroupVersion)
		if err != nil || gv.Group != groupKind.Group {
			continue
		}
		for _, resource := range list.APIResources {
			if resource.Kind != groupKind.Kind || strings.Contains(resource.Name, "/") {
				continue
			}
			c.Plural, c.Scope = resource.Name, scopeOf(resource)
			if c.Versions[gv.Version], err = fromOpenAPI(client, gv.WithKind(groupKind.Kind)); err != nil {
				return Contract{}, false, err
			}
		}
	}
	return c, len(c.Versions) > 0, nil
}

// resources are those that are served. That some group is not, because the API
// server behind it does not answer, is an error where it is one that is wanted.
func resources(client discovery.DiscoveryInterface, wanted []string) ([]*metav1.APIResourceList, error) {
	_, all, err := client.ServerGroupsAndResources()
	var failed *discovery.ErrGroupDiscoveryFailed
	if errors.As(err, &failed) {
		err = nil
		for gv, reason := range failed.Groups {
			if slices.Contains(wanted, gv.Group) {
				err = fmt.Errorf("%s: %w", gv, reason)
			}
		}
	}
	if err != nil {
		return nil, fmt.Errorf("asking what is served: %w", err)
	}
	return all, nil
}

// groupsWith are the groups that have a kind, each once.
func groupsWith(client discovery.DiscoveryInterface, kind string, wanted []string) ([]string, error) {
	all, err := resources(client, wanted)
	if err != nil {
		return nil, err
	}
	var groups []string
	for _, list := range all {
		gv, err := schema.ParseGroupVersion(list.GroupVersion)
		has := func(r metav1.APIResource) bool { return r.Kind == kind && !strings.Contains(r.Name, "/") }
		if err == nil && slices.ContainsFunc(list.APIResources, has) && !slices.Contains(groups, gv.Group) {
			groups = append(groups, gv.Group)
		}
	}
	return groups, nil
}

func scopeOf(resource metav1.APIResource) kind.Scope {
	if resource.Namespaced {
		return kind.ScopeNamespaced
	}
	return kind.ScopeCluster
}

// openAPI is as much of an OpenAPI v3 document as is read.
type openAPI struct {
	Components struct {
		Schemas map[string]*openAPISchema `json:"schemas"`
	} `json:"components"`
}

type openAPISchema struct {
	Ref                  string                    `json:"$ref"`
	AllOf                []*openAPISchema          `json:"allOf"`
	OneOf                []*openAPISchema          `json:"oneOf"`
	Type                 string                    `json:"type"`
	Format               string                    `json:"format"`
	Properties           map[string]*openAPISchema `json:"properties"`
	Items                *openAPISchema            `json:"items"`
	AdditionalProperties json.RawMessage           `json:"additionalProperties"`
	Enum                 []any                     `json:"enum"`
	Nullable             bool                      `json:"nullable"`
	Open                 bool                      `json:"x-kubernetes-preserve-unknown-fields"`
	Embedded             bool                      `json:"x-kubernetes-embedded-resource"`
	IntOrString          bool                      `json:"x-kubernetes-int-or-string"`
	GVKs                 []schema.GroupVersionKind `json:"x-kubernetes-group-version-kind"`
}

func fromOpenAPI(client discovery.DiscoveryInterface, gvk schema.GroupVersionKind) (*FieldSchema, error) {
	paths, err := client.OpenAPIV3().Paths()
	if err != nil {
		return nil, fmt.Errorf("asking for OpenAPI documents: %w", err)
	}
	path := "apis/" + gvk.GroupVersion().String()
	if gvk.Group == "" {
		path = "api/" + gvk.Version
	}
	gv, ok := paths[path]
	if !ok {
		return nil, fmt.Errorf("the API server has no OpenAPI document %s", path)
	}
	content, err := gv.Schema(runtime.ContentTypeJSON)
	if err != nil {
		return nil, fmt.Errorf("reading the OpenAPI document %s: %w", path, err)
	}
	var document openAPI
	if err := json.Unmarshal(content, &document); err != nil {
		return nil, fmt.Errorf("reading the OpenAPI document %s: %w", path, err)
	}
	for name, s := range document.Components.Schemas {
		for _, of := range s.GVKs {
			if of == gvk {
				return document.resolve(s, []string{name}), nil
			}
		}
	}
	return nil, fmt.Errorf("the OpenAPI document %s does not have %s", path, gvk.Kind)
}

// resolve follows references; way are those on the way, so that a type that
// contains itself ends.
func (d *openAPI) resolve(s *openAPISchema, way []string) *FieldSchema {
	if len(s.AllOf) == 1 && s.Type == "" {
		s = s.AllOf[0]
	}
	if s.Ref != "" {
		name := s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]
		target := d.Components.Schemas[name]
		if target == nil || slices.Contains(way, name) {
			return &FieldSchema{}
		}
		return d.resolve(target, append(way[:len(way):len(way)], name))
	}
	if s.Format == "int-or-string" || s.IntOrString || len(s.OneOf) > 1 && s.Type == "" {
		return &FieldSchema{IntOrString: true, Nullable: s.Nullable}
	}
	values := slices.DeleteFunc(s.Enum, func(value any) bool { return value == nil }) // as in props.go
	out := &FieldSchema{Type: s.Type, Enum: values, Nullable: s.Nullable, Open: s.Open || s.Embedded}
	for name, property := range s.Properties {
		if out.Properties == nil {
			out.Properties = map[string]*FieldSchema{}
		}
		out.Properties[name] = d.resolve(property, way)
	}
	if s.Items != nil {
		out.Items = d.resolve(s.Items, way)
	}
	var others openAPISchema
	if len(s.AdditionalProperties) > 0 && string(s.AdditionalProperties) != "false" {
		// true is any value, as the zero schema is.
		_ = json.Unmarshal(s.AdditionalProperties, &others)
		out.AdditionalProperties = d.resolve(&others, way)
	}
	return out
}
