package question

import (
	"slices"
	"sort"

	"github.com/maas-kinds/maas/api/catalog"
	"github.com/maas-kinds/maas/api/places"
)

// Answer is what a question comes to for a caller.
type Answer struct {
	// Chosen are the places of the models to show, Listed how many these are.
	Chosen places.Set
	Listed int
	// More says that others follow behind this part.
	More bool
	// Total is how many models pass the filter, on whatever part they are, and Facets
	// counts the values that they have; both where facets are wanted. Each facet has
	// what would be shown without a filter on it.
	Total  int
	Facets map[string]Counts
}

// Answer gives the answer to a caller who may use those of the entries that are at the
// given places. The error is a *Refusal: whether a question can be answered may depend on
// what the caller may use.
func (q Question) Answer(x *Index, allowed places.Set) (Answer, error) {
	entries, order := x.Entries, x.Order(q.Sort)
	passing := q.passing(entries, allowed)
	if !q.knowsKinds(entries, passing) {
		return Answer{}, UnknownKind()
	}
	first, err := q.begin(entries, passing)
	if err != nil {
		return Answer{}, err
	}
	a := Answer{Chosen: places.New(len(entries))}
	isBehind := order == nil || first == 0
	for i := range entries {
		place := i
		if order != nil {
			place = int(order[i])
		}
		switch {
		case order == nil && place < first, !passing.Has(place):
		case !isBehind:
			isBehind = place == first-1
		case q.Part.Limit > 0 && a.Listed == q.Part.Limit:
			a.More = true
		default:
			a.Chosen.Add(place)
			a.Listed++
		}
		if a.More {
			break
		}
	}
	if q.Facets != 0 {
		a.Total, a.Facets = passing.Len(), q.count(x, allowed)
	}
	return a, nil
}

// passing are the places of those that pass the filter, of those that the caller may use.
func (q Question) passing(entries []*catalog.Entry, allowed places.Set) places.Set {
	given := q.Filter.aspects()
	if given == 0 {
		return allowed
	}
	passing := places.New(len(entries))
	for place, e := range entries {
		if allowed.Has(place) && q.Filter.fails(e, given) == 0 {
			passing.Add(place)
		}
	}
	return passing
}

// knowsKinds says whether a model of each kind is shown that is not in force.
func (q Question) knowsKinds(entries []*catalog.Entry, passing places.Set) bool {
	unknown := slices.Clone(q.Filter.Unknown)
	for place, e := range entries {
		if len(unknown) == 0 {
			return true
		}
		if passing.Has(place) {
			unknown = slices.DeleteFunc(unknown, func(kind string) bool { return kind == e.Kind })
		}
	}
	return len(unknown) == 0
}

// begin is the place behind the one that the part comes after.
func (q Question) begin(entries []*catalog.Entry, passing places.Set) (int, error) {
	first := sort.Search(len(entries), func(i int) bool { return entries[i].ID > q.Part.After })
	if q.Sort == (Sort{}) || q.Part.After == "" {
		return first, nil
	}
	if first == 0 || entries[first-1].ID != q.Part.After || !passing.Has(first-1) {
		return 0, refuse("after", "Give after the id of a model in this answer, such as last_id of the part before; begin without after where that one is gone.")
	}
	return first, nil
}

// count counts the values of the facets.
func (q Question) count(x *Index, allowed places.Set) map[string]Counts {
	given, tallies := q.Filter.aspects(), q.tallies(x)
	failed := make([]Aspect, len(x.Entries))
	if given != 0 {
		for place, e := range x.Entries {
			if allowed.Has(place) {
				failed[place] = q.Filter.fails(e, given)
			}
		}
	}
	counts := make(map[string]Counts, len(tallies))
	for _, t := range tallies {
		t.count(allowed, failed)
		counts[t.name] = t.result()
	}
	return counts
}
