package migrate

import (
	"maps"
	"net/netip"
	"slices"

	"k8s.io/apimachinery/pkg/api/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	utilvalidation "k8s.io/apimachinery/pkg/util/validation"
	fieldpath "k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// maxQuoted bounds what a note quotes of the input, in bytes.
const maxQuoted = 200

// convert makes a model of what one MaaSModelRef says by itself; nil where it says
// something that no MaaSModel can.
func (m *migrator) convert(from Object) *Model {
	if from.text("metadata", "deletionTimestamp") != "" {
		m.note(from.note(ruleNotCarried, "it is being deleted, and left out"))
		return nil
	}
	c := converter{from: from, model: &Model{From: from}}
	c.unknown(nil, "apiVersion", "kind", "metadata", "spec", "status")
	c.metadata()
	c.spec()
	c.valid()
	if len(c.faults) > 0 {
		// What is left out is told of whole: its notes are of use once it is mended.
		m.note(append(c.faults, c.model.Notes...)...)
		return nil
	}
	return c.model
}

// converter is at work on one object.
type converter struct {
	from   Object
	model  *Model
	faults []Note
}

func (c *converter) fault(path []string, format string, args ...any) {
	c.faults = append(c.faults, c.from.faultAt(ruleInvalid, path, format, args...))
}

// unknown notes the fields of a part that no version of the type has.
func (c *converter) unknown(path []string, known ...string) {
	part, ok := c.from.part(path...)
	if !ok {
		c.fault(path, "it has to be an object, with fields")
	}
	for _, name := range slices.Sorted(maps.Keys(part)) {
		if slices.Contains(known, name) {
			continue
		}
		hint := ""
		if near := syntax.Nearest(name, known); near != "" {
			hint = ": did you mean " + near + "?"
		}
		at := append(slices.Clone(path), name)
		c.model.add(c.from.noteAt(ruleField, at, "no field of a %s, and left out%s", c.from.Type.Kind, hint))
	}
}

// word is a field that has to be text. A required one has to be there.
func (c *converter) word(required bool, path ...string) string {
	parent, _ := c.from.part(path[:len(path)-1]...)
	value, found := parent[path[len(path)-1]]
	text, isText := value.(string)
	switch {
	case found && value != nil && !isText:
		c.fault(path, "it is of type %s and has to be text: write quotes around it", syntax.TypeName(value))
	case required && text == "":
		c.fault(path, "it is missing: the model needs a backend, write spec.modelRef.kind and spec.modelRef.name; if the file was cut off, take in the rest")
	}
	return text
}

func (c *converter) spec() {
	c.unknown([]string{"spec"}, "modelRef", "endpointOverride", "tenantRef")
	c.unknown([]string{"spec", "modelRef"}, "kind", "name", "namespace")
	spec := &c.model.Spec
	spec.ModelRef.Kind = c.word(true, "spec", "modelRef", "kind")
	spec.ModelRef.Name = c.word(true, "spec", "modelRef", "name")
	spec.ModelRef.Namespace = c.word(false, "spec", "modelRef", "namespace")
	spec.EndpointOverride = c.word(false, "spec", "endpointOverride")
	tenant := c.word(false, "spec", "tenantRef")
	if tenant != "" {
		c.model.add(c.from.noteAt(ruleTenant, []string{"spec", "tenantRef"},
			"the tenant %s has no equal here: the endpoint is the one that the backend itself reports; set spec.endpointOverride if the tenant's Gateway is another", syntax.Quote(tenant)))
	}
	other := spec.ModelRef.Namespace
	if c.from.Type.Kind == modelRefKind && other != "" {
		if other == c.from.Namespace {
			spec.ModelRef.Namespace = ""
			return
		}
		c.model.add(c.from.noteAt(ruleNamespace, []string{"spec", "modelRef", "namespace"},
			"Models as a Service ignores it, and looks in the namespace of the MaaSModelRef; here it counts, and the backend is read in %s", other))
	}
}

// valid holds the model against the rules of its CRD and of the API server, so
// that kubectl apply takes what is printed.
func (c *converter) valid() {
	ref := c.model.Spec.ModelRef
	if ref.Kind != "" && (len(ref.Kind) > 63 || !isKind(ref.Kind)) {
		c.fault([]string{"spec", "modelRef", "kind"}, "%s is no name of a kind: write letters and digits, starting with a letter", syntax.Quote(ref.Kind))
	}
	if ref.Name != "" && len(utilvalidation.IsDNS1123Subdomain(ref.Name)) > 0 {
		c.fault([]string{"spec", "modelRef", "name"}, "%s is no name of an object: write lower-case letters, digits, '-' and '.'", syntax.Quote(ref.Name))
	}
	if ref.Namespace != "" && len(utilvalidation.IsDNS1123Label(ref.Namespace)) > 0 {
		c.fault([]string{"spec", "modelRef", "namespace"}, "%s is no name of a namespace: write lower-case letters, digits and '-'", syntax.Quote(ref.Namespace))
	}
	if override := c.model.Spec.EndpointOverride; override != "" {
		// Which networks are refused depends on the flags of the controller.
		anywhere := endpoint.Rules{AllowCIDRs: []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}}
		if _, err := anywhere.Parse(override); err != nil {
			c.fault([]string{"spec", "endpointOverride"}, "%s", syntax.Message(err.Error(), maxQuoted))
		}
	}
	meta := c.model.ObjectMeta
	if meta.Namespace == "" {
		meta.Namespace = metav1.NamespaceDefault // kubectl puts one in.
	}
	for _, err := range validation.ValidateObjectMetaAccessor(&meta, true, validation.NameIsDNSSubdomain, fieldpath.NewPath("metadata")) {
		c.fault(fieldOf(err.Field), "%s", syntax.Message(err.ErrorBody(), maxQuoted))
	}
}

func isKind(name string) bool {
	for i, r := range name {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return true
}

// newModel is a MaaSModel without anything.
func newModel(name, namespace string) v1alpha1.MaaSModel {
	return v1alpha1.MaaSModel{
		TypeMeta:   metav1.TypeMeta{APIVersion: v1alpha1.GroupVersion.String(), Kind: modelKind},
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: namespace},
	}
}
