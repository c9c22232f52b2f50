package kind

import (
	"fmt"
	"slices"
)

// pathTest compares what is at a path of an entry.
type pathTest struct {
	path    *jsonPath
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
	for _, n := range t.path.nodes(e.value, env.work) {
		if n.value == nil || !env.work.spend(costOfFinding) {
			continue
		}
		f := finding{found: n.value}
		f.matched, f.note = t.compare(env, n.value)
		if env.worded || env.trace.asked {
			f = t.describe(f, n, e)
		}
		found = append(found, f)
	}
	if len(found) == before {
		f := finding{matched: t.onAbsent}
		if env.worded {
			f.words = t.text + " is absent"
		}
		found = append(found, f)
	}
	return found
}

// describe says what was found. A whole object is not for messages, and of an
// entry that is only looked for nothing need be kept.
func (t pathTest) describe(f finding, n node, e entry) finding {
	if _, isScalar := scalarText(n.value); !isScalar && n.step == nil && (t.presence || e.whole()) {
		f.found, f.words = orNil(e.name(nil)), t.text+" is there"
	} else {
		f.words = t.text + " is " + asJSON(n.value)
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
		note = fmt.Sprintf("the value %s is %s", o.value, asJSON(want))
	}
	return want, note
}

func (o operand) String() string {
	if o.value != "" {
		return "value " + o.value
	}
	return asJSON(o.constant)
}

func equalTo(o operand) comparison {
	return func(env *environment, value any) (bool, string) {
		want, note := o.get(env)
		switch {
		case want == nil:
			return false, note
		case jsonType(value) != jsonType(want):
			return false, wrongType(value, jsonType(want))
		}
		return sameScalar(value, want), note
	}
}

func oneOf(wants []any) comparison {
	return func(_ *environment, value any) (bool, string) {
		switch {
		case slices.ContainsFunc(wants, func(want any) bool { return sameScalar(value, want) }):
			return true, ""
		case !slices.ContainsFunc(wants, func(want any) bool { return jsonType(value) == jsonType(want) }):
			return false, wrongType(value, jsonType(wants[0]))
		}
		return false, ""
	}
}

func sameScalar(a, b any) bool {
	if x, ok := number(a); ok {
		y, ok := number(b)
		return ok && x == y
	}
	switch a.(type) {
	case string, bool:
		return a == b
	default:
		return false
	}
}

func existing(want bool) comparison {
	return func(_ *environment, value any) (bool, string) { return (value != "") == want, "" }
}

func matching(expression *expression) comparison {
	return func(env *environment, value any) (bool, string) {
		text, ok := value.(string)
		if !ok {
			return false, wrongType(value, "string")
		}
		return expression.matches(text, env.work), ""
	}
}

func atLeast(o operand) comparison {
	return func(env *environment, value any) (bool, string) {
		n, ok := number(value)
		if !ok {
			return false, wrongType(value, "number")
		}
		want, note := o.get(env)
		if want == nil {
			return false, note
		}
		least, ok := number(want)
		if !ok {
			return false, note + ", and a number is expected"
		}
		return n >= least, note
	}
}

func wrongType(value any, want string) string {
	return fmt.Sprintf("the value is a %s, and the kind-spec expects a %s", jsonType(value), want)
}

func quote(text string) string { return fmt.Sprintf("%q", text) }
