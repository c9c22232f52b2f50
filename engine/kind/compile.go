package kind

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind/jsonpath"
	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/engine/kind/vet"
)

// compiler turns one validated document into a Kind, collecting every fault.
type compiler struct {
	doc  *syntax.Document
	spec v1alpha1.ModelKindSpec
	// uses is what the subjects and values need of each other, and what
	// the rest of the spec needs of them.
	uses dependencies
}

// modelKind is a kind-spec as it is written.
type modelKind struct {
	Metadata struct {
		Name string `json:"name"`
	} `json:"metadata"`
	Spec v1alpha1.ModelKindSpec `json:"spec"`
}

// decode compiles what a document says, and says what is useless in it. It returns
// nil when there were faults.
func decode(doc *syntax.Document, folder string) (*Kind, error) {
	encoded, err := json.Marshal(doc.Value())
	if err != nil {
		return nil, fmt.Errorf("encoding %s: %w", doc.File, err)
	}
	var mk modelKind
	if err := json.Unmarshal(encoded, &mk); err != nil {
		if doc.IsPartial() {
			return nil, nil // What is wrong was told with the faults inside it.
		}
		return nil, fmt.Errorf("decoding %s: %w", doc.File, err)
	}
	k := compile(doc, folder, mk.Metadata.Name, mk.Spec)
	if k == nil {
		return nil, nil
	}
	k.revision = revision(encoded)
	k.warnings = vet.Check(doc.Positions, &k.spec, vet.Unwritten{
		Name: NameOf("", mk.Metadata.Name, k.referent.Kind), Rules: RuleNames(&k.spec), Probe: writtenProbe(),
	})
	return k, nil
}

// compile makes a kind of a spec, whose faults go to the document; nil when there
// were any. Its revision is for the one who knows how it was written.
func compile(doc *syntax.Document, folder, object string, spec v1alpha1.ModelKindSpec) *Kind {
	c := compiler{doc: doc, spec: spec, uses: dependencies{needs: map[string][]string{}}}
	k := &Kind{
		name:           c.name(object),
		aliases:        slices.Sorted(slices.Values(spec.Aliases)),
		description:    spec.Description,
		file:           doc.File,
		spec:           spec,
		positions:      doc.Positions,
		referent:       c.referent(),
		alternatives:   c.alternatives(),
		noReferent:     spec.NoReferent,
		subjects:       c.subjects(),
		values:         c.values(),
		generation:     c.generation("/spec/generation", spec.Generation),
		unhealthyAfter: c.unhealthyAfter(),
		health:         c.inside(healthKey).health(),
		noFailure:      spec.NoFailure,
		endpoint:       c.endpoint(),
		noEndpoint:     spec.NoEndpoint,
		probe:          c.probe(),
		model:          c.model(),
	}
	c.parameters()
	k.handedTo = namesHandedTo(k.health, k.endpoint)
	c.names(k, folder)
	k.order = c.order()
	k.needsForHealth = c.needed(healthKey)
	c.refuseTooLong(k)
	maps.Copy(k.values, c.declaredParameters())
	if len(doc.Faults()) > 0 {
		return nil
	}
	k.projections = projectionsOf(k)
	return k
}

// name is spec.name where that is written, the referent's kind where metadata.name
// is that in lower case, and else metadata.name: the name of a Kubernetes object,
// which that is, has no capital letters.
func (c compiler) name(object string) string {
	referent := ""
	if c.spec.Referent != nil {
		referent = c.spec.Referent.Kind
	}
	if name := strings.ToLower(c.spec.Name); name != "" && object != "" && object != name {
		c.doc.FaultOf(syntax.RuleNames, "/metadata/name", "%q is not spec.name in lower case, write %s", object, name)
	}
	return NameOf(c.spec.Name, object, referent)
}

// NameOf is what a kind is called that says as much in spec.name, metadata.name
// and spec.referent.kind.
func NameOf(spec, object, referent string) string {
	switch {
	case spec != "":
		return spec
	case object == strings.ToLower(referent):
		return referent
	}
	return object
}

// names checks the name and the aliases, and notes where they are claimed.
func (c compiler) names(k *Kind, folder string) {
	written := "/metadata/name"
	if c.spec.Name != "" {
		written = "/spec/name"
	}
	k.claims = map[string]syntax.Fault{k.name: c.doc.At(written)}
	for i, alias := range c.spec.Aliases {
		at := fmt.Sprintf("/spec/aliases/%d", i)
		if alias == k.name {
			c.doc.FaultOf(syntax.RuleNames, at, "%q is the kind's own name, remove the alias", alias)
		}
		k.claims[alias] = c.doc.At(at)
	}
	if folder != "" && k.name != folder {
		c.doc.FaultOf(syntax.RuleNames, written, "%q is not the name of its folder, write %s or rename the folder", k.name, folder)
	}
}

// revision is the same for specs that differ in layout and comments only.
func revision(encoded []byte) string {
	sum := sha256.Sum256(encoded)
	return hex.EncodeToString(sum[:8])
}

func (c compiler) referent() Referent {
	r := c.spec.Referent
	switch {
	case r == nil && c.spec.NoReferent == "" && !c.doc.LeftOut("/spec/noReferent"):
		c.doc.Missing("/spec/referent", "write which objects the kind reads, or say with noReferent why there are none")
	case r != nil && c.spec.NoReferent != "":
		c.doc.FaultAt("/spec/noReferent", "referent and noReferent exclude each other, remove one")
	}
	if r == nil {
		if c.spec.Generation != "" {
			c.doc.FaultAcross("/spec/generation", "there is no referent whose generation could be compared, remove it, or write it in the object of a subject")
		}
		return Referent{}
	}
	referent := typeOf(r.ObjectType)
	referent.CrossNamespace = cmp.Or(CrossNamespace(r.CrossNamespace), CrossNamespaceAllow)
	c.readable("/spec/referent", referent)
	if referent.Scope == ScopeCluster && r.CrossNamespace != "" {
		c.doc.FaultAt("/spec/referent/crossNamespace", "objects of scope Cluster are in no namespace, remove it")
	}
	return referent
}

// alternatives are the further types of the referent. What is said of references
// into other namespaces holds for all.
func (c compiler) alternatives() []Referent {
	if c.spec.Referent == nil {
		return nil
	}
	var all []Referent
	first := typeOf(c.spec.Referent.ObjectType)
	for i, t := range c.spec.Referent.Alternatives {
		at := fmt.Sprintf("/spec/referent/alternatives/%d", i)
		r := typeOf(t)
		r.CrossNamespace = cmp.Or(CrossNamespace(c.spec.Referent.CrossNamespace), CrossNamespaceAllow)
		c.readable(at, r)
		switch {
		case r.GroupKind() == first.GroupKind(), slices.ContainsFunc(all, func(o Referent) bool { return o.GroupKind() == r.GroupKind() }):
			c.doc.FaultAt(at, "%s is there already, write its versions there", r.GroupKind())
		case r.Scope != first.Scope:
			c.doc.FaultAt(at+"/scope", "is not that of the first type, and a modelRef is one or the other: write a kind of its own")
		}
		all = append(all, r)
	}
	return all
}

// typeOf is a type of objects, into which no MaaSModel refers.
func typeOf(t v1alpha1.ObjectType) Referent {
	return Referent{Group: t.Group, Kind: t.Kind, Versions: t.Versions,
		Scope: cmp.Or(Scope(t.Scope), ScopeNamespaced), CrossNamespace: CrossNamespaceDeny}
}

// readable refuses types that no kind may read: what is read reaches statuses,
// and the controller's role is made from it.
func (c compiler) readable(at string, r Referent) {
	if r.Group == "" && r.Kind == "Secret" {
		c.doc.FaultAt(at+"/kind", "Secrets are never read: use an object that may be seen by everyone who may see a MaaSModel")
	}
}

func (c compiler) generation(at, text string) generationCheck {
	switch text {
	case "":
		return generationCheck{}
	case v1alpha1.GenerationPerCondition:
		return generationCheck{perCondition: true}
	}
	if text[0] != '$' && syntax.Nearest(text, []string{v1alpha1.GenerationPerCondition}) != "" {
		c.doc.FaultAt(at, "%q is neither a path nor PerCondition, did you mean PerCondition?", text)
		return generationCheck{}
	}
	if text == "Ignore" {
		c.doc.FaultOf(syntax.RuleFirstEdition, at, "leave generation out: the status then counts whatever generation it is of")
		return generationCheck{}
	}
	return generationCheck{path: c.singular(at, text)}
}

func (c compiler) unhealthyAfter() *time.Duration {
	if c.spec.UnhealthyAfter == "" {
		return nil
	}
	d, err := time.ParseDuration(c.spec.UnhealthyAfter)
	if err != nil || d > maxDwell {
		c.doc.FaultAt("/spec/unhealthyAfter", "%q is not a duration up to %s", c.spec.UnhealthyAfter, maxDwell)
		return nil
	}
	return &d
}

// maxDwell bounds how long a model may be called Ready when it is not.
const maxDwell = 10 * time.Minute

func (c compiler) path(at, text string) *jsonpath.Path {
	p, err := jsonpath.Compile(text)
	if err != nil {
		c.doc.FaultOf(syntax.RulePath, at, "%s", err)
	}
	return p
}

func (c compiler) singular(at, text string) *jsonpath.Path {
	p, err := jsonpath.CompileSingular(text)
	if err != nil {
		c.doc.FaultOf(syntax.RulePath, at, "%s", err)
	}
	return p
}
