package kind

import (
	"fmt"
	"slices"

	"github.com/maas-kinds/maas/engine/kind/jsonpath"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// pathTest compares what is at a path of an entry.
type pathTest struct {
	path    *jsonpath.Path
	text    string
	compare comparison
	// operand is the value that it is compared with; empty for constants.
	operand string
	// onAbsent is the result where there is no value.
	onAbsent bool
	// presence means that what the value is does not matter where it is an object.
	presence bool
}

// comparison says whether a value matches; the note says why it cannot be
// compared, or with what it was.
type comparison func(env *environment, value any) (matched bool, note string)

func (t pathTest) absent() bool { return t.onAbsent }

func (t pathTest) findings(env *environment, e entry, found []finding) []finding {
	before := len(found)
	for _, n := range t.path.Nodes(e.value, env.work) {
		if n.Value == nil || !env.work.Spend(costOfFinding) {
			continue
		}
		f := finding{found: n.Value}
		f.matched, f.note = t.compare(env, n.Value)
		if env.worded || env.trace.asked {
			f = t.describe(f, n, e)
		}
		found = append(found, f)
	}
	if len(found) == before {
		f := finding{matched: t.onAbsent}
		if env.worded {
			f.words = t.text + " is absent" + after(misfitIn(e.value, t.path))
		}
		found = append(found, f)
	}
	return found
}

// describe says what was found. A whole object is not for messages, and of an
// entry that is only looked for nothing need be kept.
func (t pathTest) describe(f finding, n jsonpath.Node, e entry) finding {
	if _, isScalar := syntax.ScalarText(n.Value); !isScalar && n.Step == nil && (t.presence || e.whole()) {
		f.found, f.words = orNil(e.name(nil)), t.text+" is there"
	} else {
		f.words = t.text + " is " + syntax.Quote(n.Value)
	}
	return f
}

// operand is what a value is compared with: a constant, or a named value.
type operand struct {
	constant any
	value    string
}

// get gives the note that the named value is absent, or for a trace what it is.
func (o operand) get(env *environment) (want any, note string) {
	if o.value == "" {
		return o.constant, ""
	}
	want, ok := env.values[o.value]
	if !ok {
		return nil, fmt.Sprintf("the value %s is absent", o.value)
	}
	if env.trace.asked {
		note = fmt.Sprintf("the value %s is %s", o.value, syntax.Quote(want))
	}
	return want, note
}

func (o operand) String() string {
	if o.value != "" {
		return "value " + o.value
	}
	return syntax.Quote(o.constant)
}

func equalTo(o operand) comparison {
	return func(env *environment, value any) (bool, string) {
		want, note := o.get(env)
		switch {
		case want == nil:
			return false, note
		case syntax.TypeName(value) != syntax.TypeName(want):
			return false, wrongType(value, syntax.TypeName(want))
		}
		return syntax.SameScalar(value, want), note
	}
}

func oneOf(wants []any) comparison {
	return func(_ *environment, value any) (bool, string) {
		switch {
		case slices.ContainsFunc(wants, func(want any) bool { return syntax.SameScalar(value, want) }):
			return true, ""
		case !slices.ContainsFunc(wants, func(want any) bool { return syntax.TypeName(value) == syntax.TypeName(want) }):
			return false, wrongType(value, syntax.TypeName(wants[0]))
		}
		return false, ""
	}
}

func existing(want bool) comparison {
	return func(_ *environment, value any) (bool, string) { return (value != "") == want, "" }
}

func matching(expression *jsonpath.Expression) comparison {
	return func(env *environment, value any) (bool, string) {
		text, ok := value.(string)
		if !ok {
			return false, wrongType(value, "string")
		}
		return expression.Matches(text, env.work), ""
	}
}

func atLeast(o operand) comparison {
	return func(env *environment, value any) (bool, string) {
		n, ok := syntax.Number(value)
		if !ok {
			return false, wrongType(value, "number")
		}
		want, note := o.get(env)
		if want == nil {
			return false, note
		}
		least, ok := syntax.Number(want)
		if !ok {
			return false, note + ", and a number is expected"
		}
		return n >= least, note
	}
}

func wrongType(value any, want string) string {
	return fmt.Sprintf("the value is a %s, and the kind-spec expects a %s", syntax.TypeName(value), want)
}
