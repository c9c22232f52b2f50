package kind

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// quantifier says for how many of several entries a fact has to hold.
type quantifier string

const (
	matchAny quantifier = "Any"
	matchAll quantifier = "All"
)

// predicate is one fact that may hold.
type predicate struct {
	target target
	match  quantifier
	test   test
	// text and want say what is looked up and what is expected of it.
	text, want string
}

// test looks at one entry.
type test interface {
	// findings adds at least one finding to those there are.
	findings(env *environment, e entry, found []finding) []finding
	// absent is the result where there is nothing to look at.
	absent() bool
}

// finding is the outcome of a test.
type finding struct {
	matched bool
	// stale means: it would match, but is about another generation.
	stale bool
	// lacking means: there is no such condition, which is neither yes nor no.
	lacking bool
	found   any
	note    string
	// words say what was found, for people; empty unless it is stale or the
	// environment is worded.
	words string
}

func (p predicate) words() string { return strings.TrimSpace(p.text + " " + p.want) }

// try looks at every entry; the finding is the one that decides.
func (p predicate) try(env *environment, within *entry) finding {
	found := env.findings[:0]
	for _, e := range p.target.entries(env, within) {
		found = p.test.findings(env, e, found)
	}
	env.findings = found
	left := p.target.stale(env, within)
	if len(found) == 0 {
		f := finding{matched: p.test.absent()}
		if env.worded {
			f.words = cmp.Or(p.target.missing(env, within), p.text+" is absent")
		}
		return f.but(left)
	}
	all := found
	if isLacking := func(f finding) bool { return f.lacking }; p.match == matchAll && slices.ContainsFunc(found, isLacking) {
		if rest := slices.DeleteFunc(slices.Clone(found), isLacking); len(rest) > 0 {
			all = rest
		}
	}
	decisive := all[0]
	for _, f := range all {
		switch {
		case f.stale && !decisive.stale:
			decisive = f // What another one says for this generation decides.
		case !f.stale && f.matched != (p.match == matchAll):
			return f
		}
	}
	return decisive.but(left)
}

// but is the finding, unless something was left out because it is of another
// generation: what is not there then may be, and the finding does not hold.
func (f finding) but(stale string) finding {
	if stale == "" {
		return f
	}
	return finding{stale: true, found: f.found, note: stale, words: stale}
}

// allOf tests predicates in order and stops at the first that does not hold:
// that one, or all together, is what was found.
func allOf(predicates []predicate, env *environment, stage, name string) finding {
	var said []string
	for i, p := range predicates {
		f := p.try(env, nil)
		env.trace.add(stage, "", func() Step {
			return Step{Rule: fmt.Sprintf("%s.when[%d]", name, i), Path: p.text, Want: p.want, Found: f.found, Matched: f.matched, Note: f.note}
		})
		if !f.matched {
			return f
		}
		if env.worded {
			said = append(said, f.words)
		}
	}
	return finding{matched: true, words: strings.Join(said, ", ")}
}

// holdFor says whether all predicates of a where hold for an entry. Where one
// would, were it not about another generation, that is said.
func holdFor(predicates []predicate, env *environment, e entry) (holds bool, stale string) {
	for _, p := range predicates {
		f := p.try(env, &e)
		switch {
		case f.matched:
		case f.stale:
			stale = cmp.Or(stale, f.words)
		default:
			return false, ""
		}
	}
	return stale == "", stale
}
