package kind

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/engine/kind/jsonpath"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// subject is something that is looked at by name.
type subject struct {
	as string
	// object is set for objects that are read; else the subject is entries of
	// another one.
	object *relatedObject
	of     string
	path   *jsonpath.Path
	// all: every entry that fits, not the first alone.
	all bool
	// naming are the fields that name an entry in a trace, of those that are read
	// of it anyway: a trace does not depend on what else an object holds.
	naming        []string
	where, prefer []predicate
}

// bind puts into the environment what the subject is.
func (s subject) bind(env *environment) {
	if s.object != nil {
		env.bindings[s.as] = s.object.read(s.as, env)
		return
	}
	env.bindings[s.as] = s.choose(env)
}

// choose takes the entries that fit, the preferred ones first.
func (s subject) choose(env *environment) binding {
	from := env.bindings[s.of]
	chosen := binding{missing: from.missing, stale: from.stale}
	var ranks [][]int
	seen := 0
	for _, outer := range from.entries {
		for _, e := range outer.inside(s.path, env.work) {
			seen++
			if !env.work.Spend(costOfFinding) {
				return binding{missing: from.missing}
			}
			fits, stale := holdFor(s.where, env, e)
			chosen.stale = cmp.Or(chosen.stale, stale)
			if fits {
				chosen.entries = append(chosen.entries, e)
				if s.prefer != nil {
					ranks = append(ranks, s.rank(env, e))
				}
			}
		}
	}
	if s.prefer != nil {
		chosen.entries = ranked(chosen.entries, ranks)
	}
	if !s.all && len(chosen.entries) > 1 {
		chosen.entries = chosen.entries[:1]
	}
	if len(chosen.entries) == 0 && len(from.entries) > 0 {
		chosen.missing = fmt.Sprintf("no entry of %s counts as %s", target{of: s.of}.text(s.path.Text), s.as) + after(misfitIn(from.entries[0].value, s.path))
	}
	env.trace.add("subjects", s.as, func() Step {
		step := Step{Path: target{of: s.of}.text(s.path.Text), Want: s.wanted(), Found: described(chosen.entries, s.naming), Matched: len(chosen.entries) > 0}
		if !step.Matched {
			step.Note = cmp.Or(chosen.stale, from.missing, fmt.Sprintf("none of %d entries fits", seen))
		}
		return step
	})
	return chosen
}

// rank has, for each preference, whether the entry fails it: less is better.
func (s subject) rank(env *environment, e entry) []int {
	rank := make([]int, len(s.prefer))
	for i, p := range s.prefer {
		if !p.try(env, &e).matched {
			rank[i] = 1
		}
	}
	return rank
}

// ranked sorts entries by their ranks, and leaves those of one rank in their order.
func ranked(entries []entry, ranks [][]int) []entry {
	order := make([]int, len(entries))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return slices.Compare(ranks[a], ranks[b]) })
	sorted := make([]entry, len(entries))
	for i, at := range order {
		sorted[i] = entries[at]
	}
	return sorted
}

// wanted is which entries count, in words.
func (s subject) wanted() string {
	words := "each"
	if s.all {
		words = "all"
	}
	for i, p := range s.where {
		words += " " + []string{"where", "and"}[min(i, 1)] + " " + p.words()
	}
	for i, p := range s.prefer {
		words += []string{", first those where ", ", then "}[min(i, 1)] + p.words()
	}
	return words
}

// described names entries in a trace; nil for none.
func described(entries []entry, naming []string) any {
	const most = 8
	var names []string
	for _, e := range entries[:min(len(entries), most)] {
		names = append(names, e.name(naming))
	}
	if names == nil {
		return nil
	}
	return strings.Join(names, ", ")
}

// name is what an object is called, or an entry in one of some fields, or else
// where it is.
func (e entry) name(naming []string) string {
	if e.whole() {
		return text(syntax.Lookup(e.value, "/metadata/name"))
	}
	for _, field := range naming {
		if name := text(syntax.Lookup(e.value, "/"+field)); name != "" {
			return name
		}
	}
	return fmt.Sprintf("[%s]", e.step)
}
