package kind

import (
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation"
)

func (c compiler) related() []related {
	var all []related
	for i, s := range c.spec.Related {
		at := fmt.Sprintf("/spec/related/%d", i)
		if j := slices.IndexFunc(c.spec.Related[:i], func(earlier relatedSpec) bool { return earlier.As == s.As }); j >= 0 {
			c.doc.faultAcross(at+"/as", "%s is the name of related[%d] already, choose another", s.As, j)
			continue
		}
		all = append(all, c.inside(relatedKey(s.As)).relatedEntry(at, s))
	}
	return all
}

func (c compiler) relatedEntry(at string, s relatedSpec) related {
	r := related{
		as:         s.As,
		referent:   Referent{Group: s.Group, Kind: s.Kind, Versions: s.Versions, Scope: s.Scope, CrossNamespace: s.CrossNamespace}.withDefaults(),
		generation: c.generation(at+"/generation", s.Generation),
	}
	c.readable(at, r.referent)
	switch {
	case s.Name == "" && s.Selector == nil:
		c.doc.faultAt(at, "write name or selector: which objects are read has to be said")
	case s.Name != "" && s.Selector != nil:
		c.doc.faultAt(at, "name and selector exclude each other, remove one")
	case s.Name != "":
		r.name = c.nameTemplate(at+"/name", s.Name, validation.IsDNS1123Subdomain)
	default:
		r.labels = c.matchLabels(at+"/selector/matchLabels", s.Selector.MatchLabels)
	}
	r.namespace = c.relatedNamespace(at, s)
	return r
}

func (c compiler) matchLabels(at string, labels map[string]string) map[string]*template {
	all := map[string]*template{}
	for _, key := range sortedKeys(labels) {
		at := at + "/" + escapePointer(key)
		if faults := validation.IsQualifiedName(key); len(faults) > 0 {
			c.doc.faultAt(at, "%q is not a label: %s", key, faults[0])
		}
		all[key] = c.nameTemplate(at, labels[key], validation.IsValidLabelValue)
	}
	return all
}

// relatedNamespace is the referent's own unless the spec says otherwise, and
// nil where there is none.
func (c compiler) relatedNamespace(at string, s relatedSpec) *template {
	allowed := s.CrossNamespace == CrossNamespaceAllow
	switch {
	case s.Scope == ScopeCluster:
		c.refuse(at, onlyWritten(field{"namespace", s.Namespace != ""}, field{"crossNamespace", s.CrossNamespace != ""}),
			"goes with scope Namespaced, remove it")
		return nil
	case s.Namespace == "" && allowed:
		c.doc.faultAcross(at+"/crossNamespace", "no namespace is written, so only the referent's own is read: remove it")
	case s.Namespace == "" && c.spec.Referent != nil && c.spec.Referent.Scope == ScopeCluster:
		c.doc.faultAcross(at, "the referent is in no namespace: write namespace and crossNamespace: Allow")
	case s.Namespace != "" && !allowed:
		c.doc.faultAcross(at+"/namespace", "may lead out of the referent's namespace: write crossNamespace: Allow, or leave namespace out")
	case s.Namespace != "":
		return c.nameTemplate(at+"/namespace", s.Namespace, validation.IsDNS1123Label)
	}
	return &template{text: "{" + valueNamespace + "}", parts: []templatePart{{value: valueNamespace}}}
}

// nameTemplate is a template whose literal text leaves room for a valid name.
func (c compiler) nameTemplate(at, text string, check func(string) []string) *template {
	t := c.template(at, text)
	if t == nil {
		return nil
	}
	example := placeholder.ReplaceAllString(text, "x")
	if faults := check(example); len(faults) > 0 {
		c.doc.faultAt(at, "can never be read, %s is no name: %s", quote(example), faults[0])
	}
	return t
}
