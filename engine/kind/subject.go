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
	seen := 0
	for _, outer := range from.entries {
		for _, e := range outer.inside(s.path, env.work) {
			if e.value == nil {
				continue // null is absent
			}
			seen++
			if !env.work.Spend(costOfFinding) {
				return binding{missing: from.missing}
			}
			fits, stale := holdFor(s.where, env, e)
			chosen.stale = cmp.Or(chosen.stale, stale)
			if fits {
				chosen.entries = append(chosen.entries, e)
			}
		}
	}
	if s.all {
		chosen.entries = s.sorted(env, chosen.entries)
	} else {
		chosen.entries = s.first(env, chosen.entries)
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

// first is the entry that the earliest preferences leave.
func (s subject) first(env *environment, entries []entry) []entry {
	for _, p := range s.prefer {
		if len(entries) < 2 {
			break
		}
		if fit, _ := p.part(env, entries); len(fit) > 0 {
			entries = fit
		}
	}
	return entries[:min(len(entries), 1)]
}

// sorted has all entries: by the last preference, then anew by each one before it, so
// that the first one counts most. Those that no preference parts stay in their order.
func (s subject) sorted(env *environment, entries []entry) []entry {
	for _, p := range slices.Backward(s.prefer) {
		fit, unfit := p.part(env, entries)
		entries = append(fit, unfit...)
	}
	return entries
}

// part parts entries by whether the predicate holds for them.
func (p predicate) part(env *environment, entries []entry) (fit, unfit []entry) {
	for i := range entries {
		if p.try(env, &entries[i]).matched {
			fit = append(fit, entries[i])
		} else {
			unfit = append(unfit, entries[i])
		}
	}
	return fit, unfit
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
