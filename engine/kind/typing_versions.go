package kind

import "slices"

// everyVersionServes: in each version of the referent that is read, some rule
// can say Ready and some candidate can yield an endpoint.
func (t *typing) everyVersionServes() {
	if t.k.noReferent != "" {
		return
	}
	for _, version := range t.k.referent.Versions {
		ready := slices.ContainsFunc(t.spec.Health, func(r ruleSpec) bool {
			return (r.Is == string(HealthReady) || r.Is == isServable) && allInVersion(r.When, version)
		})
		if !ready {
			t.fault("/spec/health", "", "in version %s no rule can ever say Ready: each looks at other versions only", version)
		}
		served := slices.ContainsFunc(t.spec.Endpoint, func(c candidateSpec) bool { return t.canYield(c.placeSpec, version) })
		if !served && t.k.noEndpoint == "" {
			t.fault("/spec/endpoint", "", "in version %s no candidate can ever yield an endpoint: each needs what is read in other versions only", version)
		}
	}
}

// canYield says whether a place can yield something while the referent is of
// the version; a template does when all its values can.
func (t *typing) canYield(s placeSpec, version string) bool {
	if !s.ofVersion(version) || !allInVersion(s.When, version) {
		return false
	}
	if s.Template == "" {
		return true
	}
	parsed, err := parseTemplate(s.Template)
	if err != nil {
		return true
	}
	return !slices.ContainsFunc(parsed.parts, func(part templatePart) bool {
		places, declared := t.spec.Values[part.value]
		return declared && !slices.ContainsFunc(places, func(p placeSpec) bool { return t.canYield(p, version) })
	})
}

func allInVersion(when []predicateSpec, version string) bool {
	return !slices.ContainsFunc(when, func(p predicateSpec) bool {
		absent := p.Exists != nil && !*p.Exists
		return !absent && !p.ofVersion(version)
	})
}

// ofVersion says whether a subject may be a referent of the version, or is
// another object.
func (s subjectSpec) ofVersion(version string) bool {
	return s.Of != "" || s.Versions == nil || slices.Contains(s.Versions, version)
}
