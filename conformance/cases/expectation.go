package cases

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/evaluation"
)

// Expectation is what a case says has to follow, by field: phase, endpoint, rule,
// candidate and reason. Nil is null; a field that is missing is not written yet.
// The conditions are not written: they follow from these, and L3 holds them to it.
type Expectation map[string]*string

// expectedFields are in the order in which they are written.
func expectedFields() []string { return []string{"phase", "endpoint", "rule", "candidate", "reason"} }

// expectationOf is what a case would have to say for this verdict.
func expectationOf(v evaluation.Decision) Expectation {
	became, reason := string(v.Phase), decisive(v)
	return Expectation{"phase": &became, "endpoint": v.Endpoint, "rule": v.Decided.Health, "candidate": v.Decided.Endpoint, "reason": &reason}
}

// decisive is the reason of the condition that decided: that of Ready, which is
// the first one that is not True. Ready itself has one reason only while it is
// True; there BackendReady tells a backend that serves from one that would wake.
func decisive(v evaluation.Decision) string {
	if v.Phase == v1alpha1.PhaseReady {
		return v.Reason(v1alpha1.ConditionBackendReady)
	}
	return v.Reason(v1alpha1.ConditionReady)
}

// missing are the fields that are not written yet.
func (e Expectation) missing() []string {
	return slices.DeleteFunc(expectedFields(), func(name string) bool {
		_, written := e[name]
		return written
	})
}

// differences between what is written and what was decided.
func (e Expectation) differences(actual evaluation.Decision) []evaluation.Difference {
	var all []evaluation.Difference
	decided := expectationOf(actual)
	for _, name := range expectedFields() {
		want, written := e[name]
		if got := decided[name]; written && evaluation.OrNull(want) != evaluation.OrNull(got) {
			all = append(all, evaluation.Difference{Field: name, Want: evaluation.OrNull(want), Got: evaluation.OrNull(got)})
		}
	}
	return all
}

// completed has what is written, and what was decided where nothing is.
func (e Expectation) completed(actual evaluation.Decision) Expectation {
	whole := expectationOf(actual)
	for name, value := range e {
		whole[name] = value
	}
	return whole
}

// fields writes some of the fields as YAML.
func (e Expectation) fields(names []string) []string {
	var all []string
	for _, name := range names {
		all = append(all, name+": "+yamlText(e[name]))
	}
	return all
}

// String gives {phase: Ready, endpoint: "https://models.example.com", …}.
func (e Expectation) String() string {
	return "{" + strings.Join(e.fields(expectedFields()), ", ") + "}"
}

// yamlText is a value on one line, without quotes where it is a plain word.
func yamlText(value *string) string {
	switch {
	case value == nil:
		return "null"
	case regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]*$`).MatchString(*value) && !isYAMLWord(*value):
		return *value
	}
	return strconv.Quote(*value)
}

// isYAMLWord says whether some reader of YAML takes a word for something else
// than text.
func isYAMLWord(word string) bool {
	return slices.Contains([]string{"null", "true", "false", "yes", "no", "on", "off", "y", "n"}, strings.ToLower(word))
}
