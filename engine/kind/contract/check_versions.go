package contract

import (
	"slices"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// everyVersionServes: in each version of the referent that is read, some rule
// can say Ready and some candidate can yield an endpoint.
func (t *typeCheck) everyVersionServes() {
	if t.k.NoReferent() != "" {
		return
	}
	for _, version := range t.k.Referent().Versions {
		ready := slices.ContainsFunc(t.spec.Health, func(r v1alpha1.HealthRule) bool {
			ready := r.Is == v1alpha1.VerdictReady || r.Is == v1alpha1.VerdictServable || r.Kind != ""
			return ready && t.allInVersion(r.When, version)
		})
		if !ready {
			t.fault("/spec/health", "", "in version %s no rule can ever say Ready: each looks at other versions only", version)
		}
		served := slices.ContainsFunc(t.spec.Endpoint, func(c v1alpha1.EndpointCandidate) bool {
			return t.canYield(c.Source, version) && (c.URL == nil || t.someYields(c.URL.Host, version))
		})
		if !served && t.k.NoEndpoint() == "" {
			t.fault("/spec/endpoint", "", "in version %s no candidate can ever yield an endpoint: each needs what is read in other versions only", version)
		}
	}
}

// canYield says whether a source can yield something while the referent is of the
// version; a template does when all its values can.
func (t *typeCheck) canYield(s v1alpha1.Source, version string) bool {
	if !t.ofVersion(s.Of, s.Versions, version) || !t.allInVersion(s.When, version) {
		return false
	}
	if values, declared := t.spec.Values[s.Value]; declared && s.Value != "" {
		return t.someYields(values, version)
	}
	parsed, err := syntax.ParseTemplate(string(s.Template))
	if err != nil {
		return true
	}
	return !slices.ContainsFunc(parsed.Parts, func(part syntax.TemplatePart) bool {
		values, declared := t.spec.Values[part.Value]
		return declared && !t.someYields(values, version)
	})
}

func (t *typeCheck) someYields(all v1alpha1.Sources, version string) bool {
	return slices.ContainsFunc(all, func(s v1alpha1.Source) bool { return t.canYield(s, version) })
}

func (t *typeCheck) allInVersion(when []v1alpha1.Predicate, version string) bool {
	return !slices.ContainsFunc(when, func(p v1alpha1.Predicate) bool {
		absent := p.Exists != nil && !*p.Exists
		return !absent && !t.ofVersion(p.Of, p.Versions, version)
	})
}

// ofVersion says whether a subject may be, or be in, a referent of the version, or
// is in another object.
func (t *typeCheck) ofVersion(of string, versions []string, version string) bool {
	return t.k.ObjectOf(t.named(of)) != "" || versions == nil || slices.Contains(versions, version)
}
