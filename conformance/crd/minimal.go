package crd

import (
	"maps"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/engine/kind/contract"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/api/meta"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/maas-kinds/maas/engine/kind"
)

// Minimal makes a CRD for a type from the paths that kinds read of it, for
// control planes without the operator's own. Every value is taken; what is read
// is listed, so that it shows in kubectl explain.
func Minimal(t kind.Referent, readers ...*kind.Kind) *apiextensionsv1.CustomResourceDefinition {
	resource, _ := meta.UnsafeGuessKindToResource(t.GroupKind().WithVersion(t.Versions[0]))
	crd := &apiextensionsv1.CustomResourceDefinition{
		TypeMeta: metav1.TypeMeta{APIVersion: apiextensionsv1.SchemeGroupVersion.String(), Kind: "CustomResourceDefinition"},
		ObjectMeta: metav1.ObjectMeta{
			Name: resource.Resource + "." + t.Group,
			// Without it the API server takes none in the groups of Kubernetes itself.
			Annotations: map[string]string{apiextensionsv1.KubeAPIApprovedAnnotation: "unapproved, made from kind-specs"},
		},
		Spec: apiextensionsv1.CustomResourceDefinitionSpec{
			Group: t.Group,
			Names: apiextensionsv1.CustomResourceDefinitionNames{
				Kind: t.Kind, ListKind: t.Kind + "List",
				Plural: resource.Resource, Singular: strings.ToLower(t.Kind),
			},
			Scope: apiextensionsv1.ResourceScope(t.Scope),
		},
	}
	schema := open("What kinds read is listed; everything else is kept as it is.")
	for _, k := range readers {
		for _, field := range k.FieldsOf(t.GroupKind()) {
			if field[0] != "metadata" {
				declare(schema, field, k.Name())
			}
		}
	}
	for i, version := range t.Versions {
		crd.Spec.Versions = append(crd.Spec.Versions, apiextensionsv1.CustomResourceDefinitionVersion{
			Name: version, Served: true, Storage: i == 0,
			Schema:       &apiextensionsv1.CustomResourceValidation{OpenAPIV3Schema: schema},
			Subresources: &apiextensionsv1.CustomResourceSubresources{Status: &apiextensionsv1.CustomResourceSubresourceStatus{}},
		})
	}
	return crd
}

// Bare makes the CRD of a type as its project serves it, with the names and the
// versions that a pin has, but for its schema: every value is taken. The schemas
// of real CRDs are megabytes, which take seconds to read and to serve.
func Bare(c contract.Contract) *apiextensionsv1.CustomResourceDefinition {
	t := kind.Referent{Group: c.Group, Kind: c.Kind, Versions: slices.Sorted(maps.Keys(c.Versions)), Scope: c.Scope}
	crd := Minimal(t)
	crd.Name, crd.Spec.Names.Plural = c.Plural+"."+c.Group, c.Plural
	return crd
}

func open(description string) *apiextensionsv1.JSONSchemaProps {
	keep := true
	return &apiextensionsv1.JSONSchemaProps{Type: "object", Description: description, XPreserveUnknownFields: &keep}
}

// declare lists one field, each name of it an object but the last, which may
// hold anything.
func declare(schema *apiextensionsv1.JSONSchemaProps, field []string, kindName string) {
	if schema.Properties == nil {
		schema.Properties = map[string]apiextensionsv1.JSONSchemaProps{}
	}
	child, declared := schema.Properties[field[0]]
	switch {
	case len(field) > 1 && (!declared || child.Type == ""):
		child = *open("")
	case !declared:
		child = *open("Read by the kind " + kindName + ".")
		child.Type = ""
	}
	if len(field) > 1 {
		declare(&child, field[1:], kindName)
	}
	schema.Properties[field[0]] = child
}
