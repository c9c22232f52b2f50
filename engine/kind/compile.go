package kind

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// compiler turns one validated document into a Kind, collecting every fault.
type compiler struct {
	doc  *document
	spec kindSpec
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
	c := compiler{doc: doc, spec: mk.Spec}
	k := &Kind{
		name:           mk.Metadata.Name,
		aliases:        slices.Sorted(slices.Values(mk.Spec.Aliases)),
		description:    mk.Spec.Description,
		file:           doc.file,
		revision:       revision(encoded),
		referent:       c.referent(),
		generation:     c.generation(),
		unhealthyAfter: c.unhealthyAfter(),
		health:         c.health(),
		endpoint:       c.endpoint(),
		probe:          c.probe(),
		model:          c.model(),
	}
	k.claims = map[string]Fault{k.name: doc.at("/metadata/name")}
	for i, alias := range mk.Spec.Aliases {
		k.claims[alias] = doc.at(fmt.Sprintf("/spec/aliases/%d", i))
	}
	if folder != "" && k.name != folder {
		doc.faultAt("/metadata/name", "%q is not the name of its folder, write %s or rename the folder", k.name, folder)
	}
	if i := slices.Index(mk.Spec.Aliases, k.name); i >= 0 {
		doc.faultAt(fmt.Sprintf("/spec/aliases/%d", i), "%q is the kind's own name, remove the alias", k.name)
	}
	if len(doc.faults) > 0 {
		return nil, nil
	}
	k.projection = projectionOf(k)
	return k, nil
}

// revision is the same for specs that differ in layout and comments only.
func revision(encoded []byte) string {
	sum := sha256.Sum256(encoded)
	return hex.EncodeToString(sum[:8])
}

func (c compiler) referent() Referent {
	r := c.spec.Referent
	if r.CrossNamespace == "" {
		r.CrossNamespace = CrossNamespaceDeny
	}
	return Referent(r)
}

func (c compiler) generation() *jsonPath {
	if c.spec.Generation == "" {
		return nil
	}
	return c.singular("/spec/generation", c.spec.Generation)
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

func (c compiler) health() []rule {
	rules := make([]rule, len(c.spec.Health))
	for i, r := range c.spec.Health {
		at := fmt.Sprintf("/spec/health/%d/when", i)
		rules[i] = rule{is: r.Is, when: c.predicates(at, r.When)}
	}
	if !slices.ContainsFunc(rules, func(r rule) bool { return r.is == HealthReady }) {
		c.doc.faultAt("/spec/health", "no rule says Ready, so no model of this kind could ever be Ready")
	}
	return rules
}

func (c compiler) endpoint() []candidate {
	candidates := make([]candidate, len(c.spec.Endpoint))
	for i, e := range c.spec.Endpoint {
		at := fmt.Sprintf("/spec/endpoint/%d", i)
		candidates[i] = candidate{path: c.path(at+"/path", e.Path), when: c.predicates(at+"/when", e.When)}
	}
	return candidates
}

func (c compiler) model() enrichment {
	at := func(field string, v *valueSpec) *jsonPath {
		if v == nil {
			return nil
		}
		return c.path("/spec/model/"+field+"/path", v.Path)
	}
	m := c.spec.Model
	return enrichment{
		displayName:     at("displayName", m.DisplayName),
		description:     at("description", m.Description),
		contextLength:   at("contextLength", m.ContextLength),
		maxOutputTokens: at("maxOutputTokens", m.MaxOutputTokens),
		capabilities:    at("capabilities", m.Capabilities),
		aliases:         at("aliases", m.Aliases),
	}
}

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
