package kind

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/schemas"
)

// Language compiles kind-specs, one at a time, at little cost for each. It is safe
// for concurrent use.
type Language struct{ schema *syntax.Schema }

// NewLanguage compiles the schema of kind-specs once.
func NewLanguage() (*Language, error) {
	schema, err := syntax.CompileSchema(schemas.KindSpec)
	if err != nil {
		return nil, err
	}
	return &Language{schema}, nil
}

// Compile makes a kind of a kind-spec in the shapes that encoding/json gives;
// file is what faults call it. The error is of type Faults unless the program
// itself is broken.
func (l *Language) Compile(file string, spec any) (*Kind, error) {
	return l.compile(syntax.NewDocument(file, spec))
}

// CompileSpec is Compile for a kind-spec in its Go types.
func (l *Language) CompileSpec(file string, spec *v1alpha1.ModelKind) (*Kind, error) {
	doc, err := documentOf(file, spec)
	if err != nil {
		return nil, err
	}
	return l.compile(doc)
}

// CompileVariant is CompileSpec for one of many variants of a kind-spec that was
// compiled, which the schema need not be asked about each time: their shape is that
// of the Go types. Nobody is warned of what is useless in one.
func (l *Language) CompileVariant(file string, spec *v1alpha1.ModelKind) (*Kind, error) {
	encoded, err := json.Marshal(spec.Spec)
	if err != nil {
		return nil, fmt.Errorf("encoding %s: %w", file, err)
	}
	doc := syntax.NewDocument(file, nil)
	k := compile(doc, "", spec.Name, *spec.Spec.DeepCopy())
	if k == nil {
		return nil, doc.Faults()
	}
	k.revision = revision(encoded)
	return k, nil
}

func documentOf(file string, spec *v1alpha1.ModelKind) (*syntax.Document, error) {
	encoded, err := json.Marshal(map[string]any{
		"apiVersion": v1alpha1.GroupVersion.String(), "kind": "ModelKind",
		"metadata": map[string]string{"name": spec.Name}, "spec": spec.Spec,
	})
	if err != nil {
		return nil, fmt.Errorf("encoding %s: %w", file, err)
	}
	var value any
	if err := json.Unmarshal(encoded, &value); err != nil {
		return nil, fmt.Errorf("decoding %s: %w", file, err)
	}
	return syntax.NewDocument(file, value), nil
}

func (l *Language) compile(doc *syntax.Document) (*Kind, error) {
	k, err := l.CompileDocument(doc, "")
	if err != nil {
		return nil, err
	}
	if k == nil {
		return nil, doc.Faults()
	}
	return k, nil
}

// CompileDocument makes a kind of a document, nil where that has faults then; folder
// is that of the kind, empty for none. It goes through the stages. Each goes on with what the ones
// before it have found no fault in, so that all faults are told at once.
func (l *Language) CompileDocument(doc *syntax.Document, folder string) (*Kind, error) {
	if doc.NothingLeft() {
		return nil, nil
	}
	if what := otherObject(doc.Value()); what != "" {
		return nil, doc.Next(syntax.RuleSchema, func() error {
			doc.FaultAt("/kind", "this is a %s, and no kind-spec: keep it elsewhere", what)
			return nil
		})
	}
	if err := doc.Next(syntax.RuleSchema, func() error { return l.schema.Validate(doc) }); err != nil || doc.NothingLeft() {
		return nil, err
	}
	var k *Kind
	err := doc.Next(syntax.RuleMeaning, func() (err error) {
		k, err = decode(doc, folder)
		return err
	})
	return k, err
}

// otherObject is what a document is that is an object of another type, such as a CRD that
// lies beside kind-specs; empty where it may have been meant for a kind-spec.
func otherObject(document any) string {
	object, _ := document.(map[string]any)
	version, _ := object["apiVersion"].(string)
	of, _ := object["kind"].(string)
	if version == "" || of == "" || of == "ModelKind" || strings.HasPrefix(version, v1alpha1.GroupVersion.Group+"/") {
		return ""
	}
	return of + " of " + version
}
