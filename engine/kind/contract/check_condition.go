package contract

import (
	"fmt"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
)

// condition walks the conditions of an object or entry.
func (t *typeCheck) condition(at string, s v1alpha1.Predicate, c cursor) {
	conditions, problem := t.conditionsOf(at+"/condition", c)
	if problem != "" {
		t.fault(at+"/condition", c.version, "%s, so there are no conditions%s", problem, t.hint)
		return
	}
	t.fits(at+"/condition", c.version)
	t.conditionField(at+"/condition", conditions, "type", s.Condition)
	if s.Status != "" {
		t.conditionField(at+"/status", conditions, "status", s.Status)
	}
	for i, status := range s.StatusIn {
		t.conditionField(fmt.Sprintf("%s/statusIn/%d", at, i), conditions, "status", status)
	}
	for i, reason := range s.ReasonIn {
		t.conditionField(fmt.Sprintf("%s/reasonIn/%d", at, i), conditions, "reason", reason)
	}
	if s.MessageMatches != "" {
		t.conditionField(at+"/messageMatches", conditions, "message", "")
	}
	// All that is read of a condition, for what is said about it.
	t.conditions[c.as]++
	for _, name := range kind.ConditionFields() {
		field, problem := conditions.field(name)
		t.read(at+"/condition", field)
		if problem == "" && name == "observedGeneration" && field.schema.classes()&classNumber != 0 {
			t.dated[c.as]++
		}
	}
}

// conditionField holds what a condition's field has to be against its schema;
// "" for any string.
func (t *typeCheck) conditionField(at string, conditions cursor, name, constant string) {
	field, problem := conditions.field(name)
	t.read(at, field)
	if problem == "" && constant != "" {
		problem = field.refuses(constant)
	}
	if problem == "" && field.schema.classes()&classString == 0 {
		problem = fmt.Sprintf("%s is %s, and a string is expected", field.name(), field.schema.noun())
	}
	if problem != "" {
		t.fault(at, conditions.version, "%s%s", problem, t.hint)
		return
	}
	t.fits(at, conditions.version)
}

// conditionsOf is an entry of the list in which conditions are looked up.
func (t *typeCheck) conditionsOf(at string, c cursor) (cursor, string) {
	owner := c
	if c.whole {
		status, problem := c.field("status")
		if problem != "" {
			return cursor{}, problem
		}
		t.read(at, status)
		owner = status
	}
	list, problem := owner.field("conditions")
	if problem != "" {
		return cursor{}, problem
	}
	if list.schema.classes()&classList == 0 {
		return cursor{}, fmt.Sprintf("%s is %s and no list", list.name(), list.schema.noun())
	}
	entry := list.entry()
	t.read(at, list, entry)
	return entry, ""
}

// generation holds a freshness policy against the objects of the role that it
// is for, after all conditions were walked.
func (t *typeCheck) generation(at, text, as string) {
	switch text {
	case "":
	case v1alpha1.GenerationPerCondition:
		if t.conditions[as] > 0 && t.dated[as] == 0 {
			t.fault(at, "", "PerCondition has no effect: no condition that is read of %s has an observedGeneration%s", t.k.TypeOf(as).Kind, t.hint)
		}
	default:
		for _, c := range t.path(at, text, t.roots[as]) {
			if c.schema.classes()&classNumber == 0 {
				t.fault(at, c.version, "%s is %s, and a generation is an integer", c.name(), c.schema.noun())
			}
		}
	}
}
