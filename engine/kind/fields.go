package kind

import (
	"maps"
	"slices"
)

// Fields are the fields of a referent that the kind reads, as far as member
// names lead: $.status.addresses[0].url gives status, addresses. They are
// sorted, and no field is the beginning of another.
func (k *Kind) Fields() [][]string {
	return k.projection.fieldsBelow(nil)
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
