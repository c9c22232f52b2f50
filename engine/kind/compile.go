package kind

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// compiler turns one validated document into a Kind, collecting every fault.
type compiler struct {
	doc  *document
	spec kindSpec
	// uses is what the related objects and values need of each other, and what
	// the rest of the spec needs of them.
	uses dependencies
}

// compile returns nil when there were faults.
func compile(doc *document, folder string) (*Kind, error) {
	encoded, err := json.Marshal(doc.value)
	if err != nil {
		return nil, fmt.Errorf("encoding %s: %w", doc.file, err)
	}
	var mk modelKind
	if err := json.Unmarshal(encoded, &mk); err != nil {
		return nil, fmt.Errorf("decoding %s: %w", doc.file, err)
	}
	c := compiler{doc: doc, spec: mk.Spec, uses: dependencies{needs: map[string][]string{}}}
	k := &Kind{
		name:           c.name(mk.Metadata.Name),
		aliases:        slices.Sorted(slices.Values(mk.Spec.Aliases)),
		description:    mk.Spec.Description,
		file:           doc.file,
		revision:       revision(encoded),
		spec:           mk.Spec,
		lines:          doc.lines,
		referent:       c.referent(),
		noReferent:     mk.Spec.NoReferent,
		related:        c.related(),
		values:         c.values(),
		generation:     c.generation("/spec/generation", mk.Spec.Generation),
		unhealthyAfter: c.unhealthyAfter(),
		health:         c.health(),
		noFailure:      mk.Spec.NoFailure,
		endpoint:       c.endpoint(),
		noEndpoint:     mk.Spec.NoEndpoint,
		probe:          c.probe(),
		model:          c.model(),
	}
	c.names(k, folder)
	k.order = c.order()
	c.refuseTooLong(k)
	if len(doc.faults) > 0 {
		return nil, nil
	}
	k.projections = projectionsOf(k)
	return k, nil
}

// name is spec.name where that is written: the name of a Kubernetes object,
// which metadata.name is, has no capital letters.
func (c compiler) name(object string) string {
	name := c.spec.Name
	switch {
	case name == "":
		return object
	case object != "" && object != strings.ToLower(name):
		c.doc.faultAt("/metadata/name", "%q is not spec.name in lower case, write %s", object, strings.ToLower(name))
	}
	return name
}

// names checks the name and the aliases, and notes where they are claimed.
func (c compiler) names(k *Kind, folder string) {
	written := "/metadata/name"
	if c.spec.Name != "" {
		written = "/spec/name"
	}
	k.claims = map[string]Fault{k.name: c.doc.at(written)}
	for i, alias := range c.spec.Aliases {
		at := fmt.Sprintf("/spec/aliases/%d", i)
		if alias == k.name {
			c.doc.faultAt(at, "%q is the kind's own name, remove the alias", alias)
		}
		k.claims[alias] = c.doc.at(at)
	}
	if folder != "" && k.name != folder {
		c.doc.faultAt(written, "%q is not the name of its folder, write %s or rename the folder", k.name, folder)
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
	case r == nil && c.spec.NoReferent == "" && !c.doc.leftOut("/spec/noReferent"):
		c.doc.faultAt("/spec/referent", "required field is missing: write which objects the kind reads, or say with noReferent why there are none")
	case r != nil && c.spec.NoReferent != "":
		c.doc.faultAt("/spec/noReferent", "referent and noReferent exclude each other, remove one")
	}
	if r == nil {
		if c.spec.Generation != "" {
			c.doc.faultAcross("/spec/generation", "there is no referent whose generation could be compared, remove it or write it in related")
		}
		return Referent{}
	}
	referent := Referent{Group: r.Group, Kind: r.Kind, Versions: r.Versions, Scope: r.Scope, CrossNamespace: r.CrossNamespace}
	c.readable("/spec/referent", referent)
	if referent.Scope == ScopeCluster && referent.CrossNamespace != "" {
		c.doc.faultAt("/spec/referent/crossNamespace", "objects of scope Cluster are in no namespace, remove it")
	}
	return referent.withDefaults()
}

func (r Referent) withDefaults() Referent {
	if r.Scope == "" {
		r.Scope = ScopeNamespaced
	}
	if r.CrossNamespace == "" {
		r.CrossNamespace = CrossNamespaceDeny
	}
	return r
}

// readable refuses types that no kind may read: what is read reaches statuses,
// and the controller's role is made from it.
func (c compiler) readable(at string, r Referent) {
	if r.Group == "" && r.Kind == "Secret" {
		c.doc.faultAt(at+"/kind", "Secrets are never read: use an object that may be seen by everyone who may see a MaaSModel")
	}
}

func (c compiler) generation(at, text string) gate {
	switch text {
	case "", "Ignore":
		return gate{}
	case "PerCondition":
		return gate{perCondition: true}
	}
	if text[0] != '$' {
		if near := Nearest(text, []string{"Ignore", "PerCondition"}); near != "" {
			c.doc.faultAt(at, "%q is neither a path nor PerCondition nor Ignore, did you mean %s?", text, near)
			return gate{}
		}
	}
	return gate{path: c.singular(at, text)}
}

func (c compiler) unhealthyAfter() *time.Duration {
	if c.spec.UnhealthyAfter == "" {
		return nil
	}
	d, err := time.ParseDuration(c.spec.UnhealthyAfter)
	if err != nil || d > maxDwell {
		c.doc.faultAt("/spec/unhealthyAfter", "%q is not a duration up to %s", c.spec.UnhealthyAfter, maxDwell)
		return nil
	}
	return &d
}

// maxDwell bounds how long a model may be called Ready when it is not.
const maxDwell = 10 * time.Minute

func (c compiler) path(at, text string) *jsonPath {
	p, err := compilePath(text)
	if err != nil {
		c.doc.faultAt(at, "%s", err)
	}
	return p
}

func (c compiler) singular(at, text string) *jsonPath {
	p, err := compileSingular(text)
	if err != nil {
		c.doc.faultAt(at, "%s", err)
	}
	return p
}
