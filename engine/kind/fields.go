package kind

import (
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Fields are the fields of a referent that the kind reads, as far as member
// names lead: $.status.addresses[0].url gives status, addresses. They are
// sorted, and no field is the beginning of another.
func (k *Kind) Fields() [][]string { return k.FieldsOf(k.referent.GroupKind()) }

// FieldsOf are the fields that the kind reads of objects of a type, in
// whichever role; nil for a type that it does not read.
func (k *Kind) FieldsOf(groupKind schema.GroupKind) [][]string {
	return k.reads(groupKind).fieldsBelow(nil)
}

// reads is what the kind reads of objects of a type; not to be changed.
func (k *Kind) reads(groupKind schema.GroupKind) *projection {
	if p, ok := k.projections[groupKind]; ok {
		return p
	}
	return &projection{}
}

func (p *projection) fieldsBelow(prefix []string) [][]string {
	if p.whole || p.each != nil || p.conditions != nil || len(p.fields) == 0 {
		if len(prefix) == 0 {
			return nil
		}
		return [][]string{prefix}
	}
	var all [][]string
	for _, name := range slices.Sorted(maps.Keys(p.fields)) {
		all = append(all, p.fields[name].fieldsBelow(append(slices.Clone(prefix), name))...)
	}
	return all
}
