package kind

import (
	"fmt"
	"slices"
)

// The verdict that a rule can say besides the health states.
const isServable = "Servable"

func (c compiler) health() []rule {
	rules := make([]rule, 0, len(c.spec.Health))
	for i, r := range c.spec.Health {
		at := fmt.Sprintf("/spec/health/%d", i)
		compiled := rule{is: HealthState(r.Is), when: c.predicates(at+"/when", r.When, nil), because: r.Because}
		if r.Because != "" {
			c.useValue(at+"/because", r.Because)
		}
		if r.Is == isServable {
			compiled.is, compiled.onDemand = HealthReady, true
		}
		if r.Is == string(HealthFailed) && c.spec.NoFailure != "" {
			c.doc.faultAt(at+"/is", "noFailure says that this backend cannot fail, remove the rule or noFailure")
		}
		if earlier := c.decidedBefore(i); earlier >= 0 {
			c.doc.faultAcross(at, "never decides: whenever it holds, health[%d] holds and comes first", earlier)
		}
		rules = append(rules, compiled)
	}
	switch {
	case len(rules) > 0:
		if !slices.ContainsFunc(rules, func(r rule) bool { return r.is == HealthReady }) {
			c.doc.faultAt("/spec/health", "no rule says Ready, so no model of this kind could ever be Ready")
		}
		return rules
	case c.spec.NoReferent == "" && !c.doc.leftOut("/spec/noReferent"):
		c.doc.faultAt("/spec/health", "required field is missing: write at least one rule that says when the backend is Ready")
	}
	return nil
}

// decidedBefore is the earlier rule that holds whenever rule i does, -1 when
// there is none.
func (c compiler) decidedBefore(i int) int {
	own := c.spec.Health[i].When
	return slices.IndexFunc(c.spec.Health[:i], func(earlier ruleSpec) bool {
		return !slices.ContainsFunc(earlier.When, func(wanted predicateSpec) bool {
			return !slices.ContainsFunc(own, func(p predicateSpec) bool { return p.implies(wanted) })
		})
	})
}

// refuseContradictions reports predicates of one list that never hold together.
func (c compiler) refuseContradictions(at string, when []predicateSpec) {
	for i, p := range when {
		for j, earlier := range when[:i] {
			if p.contradicts(earlier) {
				c.doc.faultAt(fmt.Sprintf("%s/%d", at, i), "never holds together with [%d], so this list never holds: write two rules, or correct one", j)
			}
		}
	}
}

// texts are predicates in a form in which equal ones are equal.
func texts(predicates []predicateSpec) []string {
	all := make([]string, len(predicates))
	for i, p := range predicates {
		all[i] = canonical(p)
	}
	return all
}

func within(part, whole []string) bool {
	return !slices.ContainsFunc(part, func(text string) bool { return !slices.Contains(whole, text) })
}
