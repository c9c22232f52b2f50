package crd

import (
	"strings"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/maas-kinds/maas/engine/kind"
)

// Minimal makes a CRD for the referent of a kind that has one from the paths that the kind-spec
// reads, for control planes without the operator's own. Every value is taken;
// what the kind reads is listed, so that it shows in kubectl explain.
func Minimal(k *kind.Kind) *apiextensionsv1.CustomResourceDefinition {
	referent := k.Referent()
	resource, _ := meta.UnsafeGuessKindToResource(referent.GroupKind().WithVersion(referent.Versions[0]))
	crd := &apiextensionsv1.CustomResourceDefinition{
		TypeMeta:   metav1.TypeMeta{APIVersion: apiextensionsv1.SchemeGroupVersion.String(), Kind: "CustomResourceDefinition"},
		ObjectMeta: metav1.ObjectMeta{Name: resource.Resource + "." + referent.Group},
		Spec: apiextensionsv1.CustomResourceDefinitionSpec{
			Group: referent.Group,
			Names: apiextensionsv1.CustomResourceDefinitionNames{
				Kind: referent.Kind, ListKind: referent.Kind + "List",
				Plural: resource.Resource, Singular: strings.ToLower(referent.Kind),
			},
			Scope: apiextensionsv1.ResourceScope(referent.Scope),
		},
	}
	for i, version := range referent.Versions {
		schema := open("What the kind " + k.Name() + " reads; everything else is kept as it is.")
		for _, field := range k.Fields() {
			if field[0] != "metadata" {
				declare(schema, field, k.Name())
			}
		}
		crd.Spec.Versions = append(crd.Spec.Versions, apiextensionsv1.CustomResourceDefinitionVersion{
			Name: version, Served: true, Storage: i == 0,
			Schema:       &apiextensionsv1.CustomResourceValidation{OpenAPIV3Schema: schema},
			Subresources: &apiextensionsv1.CustomResourceSubresources{Status: &apiextensionsv1.CustomResourceSubresourceStatus{}},
		})
	}
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
