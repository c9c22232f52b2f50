package mutation

import (
	"fmt"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// saysOnly says whether a list is nothing but what is said of the referent by
// default.
func saysOnly(sources v1alpha1.Sources, builtIn string) bool {
	if len(sources) != 1 || sources[0].When != nil {
		return false
	}
	s := sources[0]
	return s.Value == builtIn || string(s.Template) == "{"+builtIn+"}" || s.Of == "" && s.Path == "$.metadata."+builtIn
}

// always says whether a list is nothing but this constant.
func always(sources v1alpha1.Sources, constant string) bool {
	return len(sources) == 1 && sources[0].When == nil && sources[0].Constant != nil && sources[0].Constant.Value == constant
}

func otherScheme(scheme string) string {
	if scheme == "http" {
		return "https"
	}
	return "http"
}

func (m *mutation) sources(at string, list *v1alpha1.Sources, may bool) {
	for i := range *list {
		here := fmt.Sprintf("%s[%d]", at, i)
		m.about = (*list)[i]
		drop(m, here, list, i, may)
		if i+1 < len(*list) && !apart((*list)[i], (*list)[i+1]) {
			swap(m, here, fmt.Sprintf("[%d]", i+1), list, i)
		}
		m.source(here, &(*list)[i])
	}
}

func (m *mutation) source(at string, s *v1alpha1.Source) {
	if s.Lower {
		change(m, "drop "+at+".lower", &s.Lower, false)
	}
	if s.Key {
		change(m, "drop "+at+".key", &s.Key, false)
	}
	if s.Capture != "" {
		change(m, "drop "+at+".capture", &s.Capture, "")
	}
	if s.Intersects != nil {
		change(m, "drop "+at+".intersects", &s.Intersects, nil)
	}
	if s.Versions != nil {
		change(m, "drop "+at+".versions", &s.Versions, nil)
	}
	if s.Constant != nil {
		switch value := s.Constant.Value.(type) {
		case float64:
			change(m, "raise "+at+".constant", &s.Constant.Value, any(value+1))
		case string:
			if value == "http" || value == "https" {
				change(m, "flip "+at+".constant", &s.Constant.Value, any(otherScheme(value)))
			}
		}
	}
	m.predicates(at+".when", &s.When, optional, scope{})
}

// apart says that two sources never yield a value for the same objects, so that
// their order does not count.
func apart(a, b v1alpha1.Source) bool {
	return exclusive(a.When, b.When) || a.Of == b.Of && disjoint(a.Versions, b.Versions)
}
