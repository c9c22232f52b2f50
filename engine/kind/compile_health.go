package kind

import (
	"fmt"
	"slices"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/engine/kind/vet"
)

func (c compiler) health() []rule {
	names := RuleNames(&c.spec)
	rules := make([]rule, 0, len(c.spec.Health))
	for i, r := range c.spec.Health {
		at := fmt.Sprintf("/spec/health/%d", i)
		c.refuseTwice(at, r.Name, names[:i])
		compiled := rule{
			name: names[i], is: HealthState(r.Is), when: c.predicates(at+"/when", r.When, nil), because: c.sources(at+"/because", r.Because),
		}
		if r.Is == v1alpha1.VerdictServable {
			compiled.is, compiled.onDemand = HealthReady, true
		}
		if r.Is == v1alpha1.VerdictFailed && c.spec.NoFailure != "" {
			c.doc.FaultAt(at+"/is", "noFailure says that this backend cannot fail, remove the rule or noFailure")
		}
		if compiled.of, compiled.kind = c.handOn(at, r.Of, r.Kind); compiled.kind == "" && r.When == nil && r.Is != "" {
			c.doc.Missing(at+"/when", "write when the backend is %s", r.Is)
		}
		switch {
		case r.Is == "" && r.Kind == "":
			c.doc.FaultAt(at, "write is, with what the backend is when the rule holds; or of and kind, with who decides about which object")
		case r.Is != "" && r.Kind != "":
			c.doc.FaultAt(at, "is and kind exclude each other: the kind decides what the object is")
		}
		rules = append(rules, compiled)
	}
	switch {
	case len(rules) > 0:
		if !slices.ContainsFunc(rules, func(r rule) bool { return r.is == HealthReady || r.kind != "" }) {
			c.doc.FaultAt("/spec/health", "no rule says Ready, so no model of this kind could ever be Ready")
		}
		return rules
	case c.spec.NoReferent == "" && !c.doc.LeftOut("/spec/noReferent"):
		c.doc.Missing("/spec/health", "write at least one rule that says when the backend is Ready")
	}
	return nil
}

// refuseTwice refuses a name that an earlier rule or candidate has.
func (c compiler) refuseTwice(at, name string, earlier []string) {
	if name != "" && slices.Contains(earlier, name) {
		c.doc.FaultAt(at+"/name", "%s is the name of an earlier one, choose another", name)
	}
}

// handOn checks who is to decide about an object, and notes that it is needed.
func (c compiler) handOn(at, of, kindName string) (subject, to string) {
	switch {
	case kindName == "" && of == "":
		return "", ""
	case kindName == "":
		c.doc.FaultAcross(at+"/of", "goes with kind here: write kind, or of inside the predicates of when")
		return "", ""
	case of == "":
		c.doc.FaultAcross(at+"/kind", "needs of: the name of the subject that is handed on")
		return "", kindName
	}
	subject = c.useSubject(at+"/of", of)
	known := slices.ContainsFunc(c.spec.Subjects, func(s v1alpha1.Subject) bool { return s.As == of })
	if known && !c.isObjects(of) || of == v1alpha1.ReferentName {
		c.doc.FaultAcross(at+"/of", "%s is no object beside the referent, and only such objects are handed on: write the subject that is the object", of)
	}
	return subject, kindName
}

// refuseContradictions reports predicates of one list that never hold together.
func (c compiler) refuseContradictions(at string, when []v1alpha1.Predicate) {
	for i, p := range when {
		for j, earlier := range when[:i] {
			if vet.Contradicts(p, earlier) {
				c.doc.FaultOf(syntax.RuleNeverHolds, fmt.Sprintf("%s/%d", at, i), "never holds together with [%d], so this list never holds: write two rules, or correct one", j)
			}
		}
	}
}
