package kind

import (
	"maps"
	"slices"
	"strconv"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// With is the set in which every kind has its parameters. Kinds whose parameters
// have faults are not in it, and Refusal says why.
func (s *Set) With(p *Parameters) *Set {
	var kinds, withheld []*Kind
	refused := map[string]syntax.Faults{}
	for _, k := range s.kinds {
		given, faults := p.throughout(k)
		if given != nil {
			kinds = append(kinds, given)
			continue
		}
		withheld = append(withheld, k)
		for name := range k.claims {
			refused[name] = faults
		}
	}
	set := setOfLinked(kinds)
	set.refused, set.withheld = refused, withheld
	return set
}

// throughout gives a linked kind its parameters, and those that it hands on to
// theirs. One of these whose parameters have faults is missing.
func (p *Parameters) throughout(k *Kind) (*Kind, syntax.Faults) {
	given, faults := p.Give(k)
	if given == nil || len(given.delegates) == 0 {
		return given, faults
	}
	copied := *given
	copied.delegates = map[string]*Kind{}
	for name, other := range given.delegates {
		if other, _ = p.throughout(other); other != nil {
			copied.delegates[name] = other
		}
	}
	return &copied, nil
}

// RefusedFor is what is wrong with the parameters of kinds that read such objects.
func (s *Set) RefusedFor(objects schema.GroupKind) syntax.Faults {
	var faults syntax.Faults
	for _, k := range s.withheld {
		if k.Refers(objects) {
			faults = append(faults, s.refused[k.name]...)
		}
	}
	return faults
}

// CheckParameters notes as faults of the document what does not fit of the values
// at a JSON Pointer, which are for the parameters of a kind. Where they are all
// there is, it also notes what is missing.
func CheckParameters(doc *syntax.Document, at string, k *Kind, values map[string]any, all bool) {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		at := at + "/" + syntax.EscapePointer(name)
		if declared, ok := k.spec.Parameters[name]; !ok {
			doc.FaultAt(at, "the kind %s has no parameter of that name, %s", k.name, instead(name, slices.Sorted(maps.Keys(k.spec.Parameters))))
		} else if wrong := unfitParameter(declared.Type, values[name]); wrong != "" {
			doc.FaultAt(at, "%s", wrong)
		}
	}
	if !all {
		return
	}
	for _, name := range k.unsetParameters(values) {
		doc.FaultAt(at+"/"+syntax.EscapePointer(name), "the parameter %s has no default: write %s here, or another value, for the cases", name,
			strconv.Quote(name+": "+exampleOf(k.spec.Parameters[name].Type)))
	}
}
