package kind

import "strings"

// quantifier says for how many of several entries a fact has to hold.
type quantifier string

const (
	matchAny quantifier = "Any"
	matchAll quantifier = "All"
)

// predicate is one fact that may hold.
type predicate struct {
	subject subject
	match   quantifier
	test    test
	// text and want say what is looked up and what is expected of it.
	text, want string
}

// test looks at one entry.
type test interface {
	// findings has at least one finding.
	findings(v *view, e entry) []finding
	// absent is the result where there is nothing to look at.
	absent() bool
}

// finding is the outcome of a test.
type finding struct {
	matched bool
	// stale means: it would match, but is about another generation.
	stale bool
	found any
	note  string
	// words say what was found, for people.
	words string
}

// try looks at every entry; the finding is the one that decides.
func (p predicate) try(v *view, within *entry) finding {
	var all []finding
	for _, e := range p.subject.entries(v, within) {
		all = append(all, p.test.findings(v, e)...)
	}
	if len(all) == 0 {
		words := p.subject.missing(v)
		if words == "" {
			words = p.text + " is absent"
		}
		return finding{matched: p.test.absent(), words: words}
	}
	decisive := all[0]
	for _, f := range all {
		if f.matched != (p.match == matchAll) {
			return f
		}
		decisive.stale = decisive.stale || f.stale
	}
	return decisive
}

// allOf tests predicates in order and stops at the first that does not hold:
// that one, or all together, is what was found.
func allOf(predicates []predicate, v *view, record func(i int, s Step)) finding {
	var said []string
	for i, p := range predicates {
		f := p.try(v, nil)
		record(i, Step{Path: p.text, Want: p.want, Found: f.found, Matched: f.matched, Note: f.note})
		if !f.matched {
			return f
		}
		said = append(said, f.words)
	}
	return finding{matched: true, words: strings.Join(said, ", ")}
}

// holdFor says whether all predicates of a where hold for an entry.
func holdFor(predicates []predicate, v *view, e entry) bool {
	for _, p := range predicates {
		if !p.try(v, &e).matched {
			return false
		}
	}
	return true
}
