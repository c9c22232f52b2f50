package conformance

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// proveCases runs every case and then asks whether they cover the kind-spec.
func proveCases(ctx context.Context, s *Suite, f *Folder) ([]Check, error) {
	if len(f.Cases) == 0 {
		return []Check{skip("cases", "there is no case without faults, see L0")}, nil
	}
	var checks []Check
	var verdicts []Decision
	for _, c := range f.Cases {
		settled, err := Evaluate(ctx, s.machine, c.question(f))
		if err != nil {
			return nil, fmt.Errorf("case %s: %w", c.Name, err)
		}
		verdicts = append(verdicts, settled.Decision())
		checks = append(checks, c.hold(settled))
	}
	return append(checks, coverage(f, verdicts)...), nil
}

// hold compares everything; the message is for the author of the case.
func (c Case) hold(settled Evaluation) Check {
	name := "case " + c.Name
	differences := c.Expect.differences(settled.Decision())
	if len(differences) == 0 {
		if missing := c.Expect.missing(); len(missing) > 0 {
			return fail(name, "%s: the case says no %s: maasctl test --write-expectations writes what is decided now, and you check that it is right",
				c.Position, strings.Join(missing, ", "))
		}
		return pass(name)
	}
	var faults syntax.Faults
	for _, d := range differences {
		fault := c.document.At(c.at + "/expect/" + d.field)
		fault.Message = fmt.Sprintf("expected %s, decided %s", d.want, d.got)
		faults = append(faults, fault)
	}
	return fail(name, "%s\nbecause: %s\nmaasctl explain shows every rule that was tried", faults.Error(), settled.Settled.Message)
}

// difference is a field that is not as expected.
type difference struct{ field, want, got string }

// differences are in the order of the decision.
func (v Decision) differences(actual Decision) []difference {
	var all []difference
	note := func(field, want, got string) {
		if want != got {
			all = append(all, difference{field, want, got})
		}
	}
	note("event", string(v.Event), string(actual.Event))
	note("phase", string(v.Phase), string(actual.Phase))
	note("endpoint", orNull(v.Endpoint), orNull(actual.Endpoint))
	note("rule", orNull(v.Decided.Health), orNull(actual.Decided.Health))
	note("candidate", orNull(v.Decided.Endpoint), orNull(actual.Decided.Endpoint))
	types := slices.Collect(maps.Keys(v.Conditions))
	types = slices.AppendSeq(types, maps.Keys(actual.Conditions))
	slices.Sort(types)
	for _, conditionType := range slices.Compact(types) {
		note("conditions."+conditionType, v.Conditions[conditionType].String(), actual.Conditions[conditionType].String())
	}
	return all
}

// inLines has a line for each difference between two decisions.
func inLines(differences []difference) string {
	lines := make([]string, len(differences))
	for i, d := range differences {
		lines[i] = fmt.Sprintf("  %s: %s, then %s", d.field, d.want, d.got)
	}
	return strings.Join(lines, "\n")
}

// String gives `"True" BackendReady`.
func (c ConditionDecision) String() string {
	if c == (ConditionDecision{}) {
		return "none"
	}
	return fmt.Sprintf("%q %s", c.Status, c.Reason)
}

func orNull(text *string) string {
	if text == nil {
		return "null"
	}
	return *text
}
