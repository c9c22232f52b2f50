package kind

import (
	"fmt"
	"strings"

	"github.com/maas-kinds/maas/engine/kind/jsonpath"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// agreementTest holds an entry against those of another subject, in several
// fields at once.
type agreementTest struct {
	with string
	on   []fieldPair
}

// fieldPair is a field of an entry and the one that it is compared with.
type fieldPair struct {
	mine, theirs *jsonpath.Path
	// optional: absence agrees with anything.
	optional bool
	// absent is the value that an absent field stands for; empty for none.
	absent string
}

func (t agreementTest) absent() bool { return false }

func (t agreementTest) findings(env *environment, e entry, found []finding) []finding {
	bound := env.bindings[t.with]
	for _, other := range bound.entries {
		if !env.work.Spend(len(t.on)) {
			break
		}
		if t.agree(env, e, other) {
			return append(found, finding{matched: true})
		}
	}
	var f finding // Its words are for nobody: it is about an entry that may count.
	switch {
	case bound.stale != "":
		f.stale, f.note, f.words = true, bound.stale, bound.stale
	case len(bound.entries) == 0:
		f.note = bound.missing
	}
	return append(found, f)
}

func (t agreementTest) agree(env *environment, e, other entry) bool {
	for _, pair := range t.on {
		if !pair.agrees(env, e, other) {
			return false
		}
	}
	return true
}

func (p fieldPair) agrees(env *environment, e, other entry) bool {
	mine, here := p.read(env, p.mine, e)
	theirs, there := p.read(env, p.theirs, other)
	if !here || !there {
		return p.optional || here == there
	}
	return syntax.SameScalar(mine, theirs)
}

// read gives the field, or what it stands for where it is absent.
func (p fieldPair) read(env *environment, path *jsonpath.Path, e entry) (any, bool) {
	if n, found := path.One(e.value, env.work); found && n.Value != nil && n.Value != "" {
		return n.Value, true
	}
	value, ok := env.values[p.absent]
	return value, ok
}

// want is what has to agree, in words.
func (t agreementTest) want() string {
	words := make([]string, len(t.on))
	for i, pair := range t.on {
		words[i] = pair.mine.Text + " with " + pair.theirs.Text
		switch {
		case pair.optional:
			words[i] += " where both are there"
		case pair.absent != "":
			words[i] += fmt.Sprintf(" (left out: %s)", pair.absent)
		}
	}
	return fmt.Sprintf("agrees with an entry of %s: %s", t.with, strings.Join(words, ", "))
}
