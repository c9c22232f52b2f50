package mutation

import (
	"maps"
	"slices"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/cases"
)

// parameters have other defaults.
func (m *mutation) parameters() {
	for _, name := range slices.Sorted(maps.Keys(m.spec.Parameters)) {
		p := m.spec.Parameters[name]
		if p.Default == nil {
			continue
		}
		var other any
		switch value := p.Default.Value.(type) {
		case float64:
			other = value + 1
		case bool:
			other = !value
		case string:
			other = otherText(p.Type, value)
		}
		m.about = p
		change(m, "change parameters."+name+".default", &p.Default.Value, other)
	}
}

// otherText is another text of the type.
func otherText(of v1alpha1.ParameterType, text string) string {
	if of == v1alpha1.ParameterURL {
		return "http://other.example.com"
	}
	return text + "x"
}

// withoutUnread is the kind-spec without the defaults of parameters that every
// case of the folder sets: none can notice another one.
func withoutUnread(f *cases.Folder) *v1alpha1.ModelKindSpec {
	spec := f.Spec.DeepCopy()
	for name, p := range spec.Parameters {
		sets := func(c cases.Case) bool { _, ok := c.Parameters[name]; return ok }
		if len(f.Cases) > 0 && !slices.ContainsFunc(f.Cases, func(c cases.Case) bool { return !sets(c) }) {
			p.Default = nil
			spec.Parameters[name] = p
		}
	}
	return spec
}
