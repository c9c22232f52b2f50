package contract

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// definition is the kind of a CRD's own type.
const definition = "CustomResourceDefinition"

// Definitions are the CRDs in a file's content. Beside an error, which says all
// that is wrong, there are those that can be read.
func Definitions(content []byte) ([]*apiextensionsv1.CustomResourceDefinition, error) {
	found, err := definitions(content)
	var all []*apiextensionsv1.CustomResourceDefinition
	for _, one := range found {
		all = append(all, one.crd)
	}
	return all, err
}

// written is a CRD as it stands in a file.
type written struct {
	crd  *apiextensionsv1.CustomResourceDefinition
	text json.RawMessage
	line int
}

func definitions(content []byte) ([]written, error) {
	var all []written
	var faults []error
	for document := range syntax.Stream(content) {
		found, err := definitionsIn(document)
		if err != nil {
			faults = append(faults, fmt.Errorf("reading a %s: %w", definition, err))
		}
		all = append(all, found...)
	}
	return all, errors.Join(faults...)
}

// definitionsIn has none for a document of something else, perhaps a chart's
// template, which may be anything and is not read.
func definitionsIn(document syntax.StreamDocument) ([]written, error) {
	if !bytes.Contains(document.Text, []byte(definition)) {
		return nil, nil
	}
	encoded, err := document.JSON()
	switch {
	case err != nil && bytes.Contains(document.Text, []byte("{{")):
		return nil, fmt.Errorf("%w: it is a template, write out what it makes first, with helm template for example", err)
	case err != nil:
		return nil, err
	}
	var what struct {
		metav1.TypeMeta `json:",inline"`
		Items           []json.RawMessage `json:"items"`
	}
	if err := json.Unmarshal(encoded, &what); err != nil {
		return nil, nil //nolint:nilerr // what is no object is no CRD
	}
	objects := []json.RawMessage{encoded}
	if strings.HasSuffix(what.Kind, "List") { // As kubectl get prints several.
		objects = what.Items
	}
	var all []written
	var faults []error
	for _, object := range objects {
		crd, err := definitionOf(object)
		switch {
		case err != nil:
			faults = append(faults, fmt.Errorf("line %d: %w", document.Line, err))
		case crd != nil:
			all = append(all, written{crd, object, document.Line})
		}
	}
	return all, errors.Join(faults...)
}

func definitionOf(object json.RawMessage) (*apiextensionsv1.CustomResourceDefinition, error) {
	var what metav1.TypeMeta
	if err := json.Unmarshal(object, &what); err != nil || what.Kind != definition || what.APIVersion != apiextensionsv1.SchemeGroupVersion.String() {
		return nil, nil //nolint:nilerr // what is no object is no CRD
	}
	var crd apiextensionsv1.CustomResourceDefinition
	if err := json.Unmarshal(object, &crd); err != nil {
		return nil, err
	}
	return &crd, nil
}

// isPatch says whether it only changes a CRD that stands elsewhere, as kustomize has it.
func (w written) isPatch() bool {
	spec := w.crd.Spec
	return spec.Group == "" && spec.Names.Kind == "" && len(spec.Versions) == 0
}

// lacks names a field that every CRD has and this one lacks; "" when it has all. A
// file that ends too early is often good YAML all the same.
func (w written) lacks() string {
	var crd struct {
		Spec struct {
			Group, Scope string
			Names        struct{ Kind, Plural string }
			Versions     []struct {
				Name            string
				Served, Storage *bool
			}
		}
	}
	if err := json.Unmarshal(w.text, &crd); err != nil {
		return "spec that can be read"
	}
	spec := crd.Spec
	for _, field := range [][2]string{
		{"spec.group", spec.Group}, {"spec.scope", spec.Scope}, {"spec.names.kind", spec.Names.Kind}, {"spec.names.plural", spec.Names.Plural},
	} {
		if field[1] == "" {
			return field[0]
		}
	}
	if len(spec.Versions) == 0 {
		return "spec.versions"
	}
	stored := false
	for i, v := range spec.Versions {
		switch {
		case v.Name == "":
			return fmt.Sprintf("spec.versions[%d].name", i)
		case v.Served == nil:
			return fmt.Sprintf("spec.versions[%d].served", i)
		case v.Storage == nil:
			return fmt.Sprintf("spec.versions[%d].storage", i)
		}
		stored = stored || *v.Storage
	}
	if !stored {
		return "version with storage: true"
	}
	return ""
}
