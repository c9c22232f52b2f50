package contract

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// MakePin takes from the contracts what the kind reads, and holds the
// kind-spec against them as CheckPin does. The faults are those of the
// kind-spec; the pin is nil when there are any, and for a kind that reads
// nothing.
func MakePin(k *kind.Kind, contracts []Contract) (*Pin, syntax.Faults) {
	t := newTypeCheck(k, contracts)
	t.origin = "what was given"
	t.absent = ": give its CRD as well"
	t.kind()
	if faults := t.faults(); len(faults) > 0 {
		return nil, faults
	}
	if len(t.pinned) == 0 {
		return nil, nil
	}
	p := &Pin{Name: k.Name()}
	var faults syntax.Faults
	for _, c := range t.pinned {
		p.Contracts = append(p.Contracts, *c)
		if reason := c.unfit(); reason != "" {
			faults = append(faults, syntax.Fault{File: k.File(), Line: 1, Message: fmt.Sprintf("the plural of %s in %s: %s", c.GroupKind(), c.Source.File, reason), Rule: syntax.RuleContract})
		}
	}
	if len(faults) > 0 {
		return nil, faults.Sorted()
	}
	sortContracts(p.Contracts)
	return p, nil
}

// CheckPin holds a kind-spec against its pin: every path is there in every
// version that is read, comparisons compare like with like, and the pin holds
// no more than that. It needs nothing else.
func CheckPin(k *kind.Kind, p *Pin) syntax.Faults {
	t := newTypeCheck(k, p.Contracts)
	t.origin = "the pin"
	t.hint = "; where the backend has it all the same, make the pin again with maasctl pin"
	t.kind()
	pin := p.positions.Report(syntax.RuleContract)
	if p.Name != k.Name() {
		pin.FaultAt("/metadata/name", "%q is not the kind %s, make the pin again with maasctl pin", p.Name, k.Name())
	}
	faults := t.faults()
	if len(faults) == 0 {
		p.unread(t.pinned, pin)
	}
	return append(faults, pin.Faults()...).Sorted()
}

// unread reports what the pin holds and nothing reads.
func (p *Pin) unread(read map[schema.GroupKind]*Contract, pin *syntax.Document) {
	for i, c := range p.Contracts {
		at := fmt.Sprintf("/spec/contracts/%d", i)
		part, ok := read[c.GroupKind()]
		if !ok {
			pin.FaultAt(at, "the kind-spec does not read %s, make the pin again with maasctl pin", c.GroupKind())
			continue
		}
		for _, version := range c.VersionNames() {
			at := at + "/versions/" + version
			switch readSchema := part.Versions[version]; {
			case readSchema == nil:
				pin.FaultAt(at, "the kind-spec does not read version %s, make the pin again with maasctl pin", version)
			case !reflect.DeepEqual(readSchema, c.Versions[version]):
				extra := strings.Join(missingFrom("$", c.Versions[version], readSchema), ", ")
				pin.FaultAt(at, "the kind-spec does not read %s, make the pin again with maasctl pin", extra)
			}
		}
	}
}

// missingFrom are the paths of what is in a schema and not in a part of it.
func missingFrom(path string, whole, part *FieldSchema) []string {
	if part == nil {
		return []string{path}
	}
	var paths []string
	for _, name := range slices.Sorted(maps.Keys(whole.Properties)) {
		paths = append(paths, missingFrom(path+"."+name, whole.Properties[name], part.Properties[name])...)
	}
	for _, below := range []struct{ whole, part *FieldSchema }{{whole.Items, part.Items}, {whole.AdditionalProperties, part.AdditionalProperties}} {
		if below.whole != nil {
			paths = append(paths, missingFrom(path+"[*]", below.whole, below.part)...)
		}
	}
	return paths
}
