package crd_test

import (
	"testing"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"

	"github.com/maas-kinds/maas/conformance/crd"
	"github.com/maas-kinds/maas/engine/kind/contract"
)

// Copies of a project's CRD are of different times. The one that declares what is
// pinned is taken, and none that would drop a part of it.
func TestPublished(t *testing.T) {
	t.Parallel()
	text := apiextensionsv1.JSONSchemaProps{Type: "string"}
	declaring := func(name string, fields ...string) *apiextensionsv1.CustomResourceDefinition {
		status := apiextensionsv1.JSONSchemaProps{Type: "object", Properties: map[string]apiextensionsv1.JSONSchemaProps{}}
		for _, field := range fields {
			status.Properties[field] = text
		}
		d := &apiextensionsv1.CustomResourceDefinition{}
		d.Name = name
		d.Spec = apiextensionsv1.CustomResourceDefinitionSpec{
			Group: "example.com", Names: apiextensionsv1.CustomResourceDefinitionNames{Kind: "Widget", Plural: "widgets"}, Scope: apiextensionsv1.NamespaceScoped,
			Versions: []apiextensionsv1.CustomResourceDefinitionVersion{{Name: "v1", Served: true, Storage: true, Schema: &apiextensionsv1.CustomResourceValidation{
				OpenAPIV3Schema: &apiextensionsv1.JSONSchemaProps{Type: "object", Properties: map[string]apiextensionsv1.JSONSchemaProps{"status": status}},
			}}},
		}
		return d
	}
	pinned := contract.Of(declaring("", "url", "ready"), contract.ContractSource{})
	older, newer := declaring("older", "url"), declaring("newer", "url", "ready", "more")
	for name, test := range map[string]struct {
		atHand []*apiextensionsv1.CustomResourceDefinition
		pinned contract.Contract
		want   string
	}{
		"one that declares more than is pinned": {[]*apiextensionsv1.CustomResourceDefinition{newer}, pinned, "newer"},
		"one from before":                       {[]*apiextensionsv1.CustomResourceDefinition{older}, pinned, ""},
		"the fitting one of two":                {[]*apiextensionsv1.CustomResourceDefinition{older, newer}, pinned, "newer"},
		"nothing is pinned":                     {[]*apiextensionsv1.CustomResourceDefinition{older}, contract.Contract{Group: "example.com", Kind: "Widget"}, "older"},
		"another type":                          {[]*apiextensionsv1.CustomResourceDefinition{newer}, contract.Contract{Group: "example.com", Kind: "Gadget"}, ""},
		"none":                                  {nil, pinned, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := ""
			if found := crd.Published(test.atHand, test.pinned); found != nil {
				got = found.Name
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
