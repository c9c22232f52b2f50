package vet

import (
	"fmt"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// Analyzer finds what breaks one rule.
type Analyzer struct {
	// Name in lower case, with hyphens.
	Name string
	// Doc says in one sentence what the rule means for the author.
	Doc string
	Run func(*Pass)
}

// Analyzers are all that there are, in the order in which they are listed.
func Analyzers() []Analyzer {
	return []Analyzer{
		{"unused-value", "Something uses every value and every parameter.", unusedValues},
		{"unused-subject", "Something looks at every subject.", unusedSubjects},
		{"unreachable-rule", "No health rule comes behind one that holds whenever it does.", unreachableRules},
		{"unreachable-source", "No source or candidate comes behind one that always yields something, and none is there twice.", unreachableSources},
		{"default-written", "What is the default is not written.", writtenDefaults},
		{"all-versions", "versions leaves some of the versions out that are read.", allVersions},
		{"needless-match", "match is written only where there may be several values to look at.", needlessMatches},
		{"needless-any-generation", "anyGeneration is written only where conditions have generations that count.", needlessAnyGenerations},
		{"condition-case", "Condition types begin with a capital letter, and one type is written in one way: they are compared letter by letter.", conditionCases},
		{RuleFilter, "Entries are chosen by where, and not by a filter in the path, where that is no longer.", filters},
	}
}

// Rules are all that a kind-spec is held to: first what is refused, in the order
// in which it is looked for, then what is only warned of.
func Rules() []syntax.Rule {
	rules := syntax.Rules()
	for _, a := range Analyzers() {
		rules = append(rules, syntax.Rule{Name: a.Name, Doc: a.Doc, Warning: true})
	}
	return rules
}

// Unwritten is what holds of a kind-spec that does not say it.
type Unwritten struct {
	// Name is what the kind is called.
	Name string
	// Rules are the names of the health rules.
	Rules []string
	// Probe has every field that has a default.
	Probe v1alpha1.Probe
}

// Pass is one kind-spec that is looked at by all analyzers.
type Pass struct {
	*Tree
	Unwritten Unwritten

	positions syntax.Positions
	rule      string
	found     syntax.Faults
}

// maxWarnings bounds what is said of one kind-spec: nobody reads more.
const maxWarnings = 100

// Report notes what is useless at a JSON Pointer.
func (p *Pass) Report(pointer, format string, args ...any) {
	if len(p.found) == maxWarnings {
		return
	}
	warning := p.positions.At(pointer)
	warning.Message, warning.Rule, warning.Warning = fmt.Sprintf(format, args...), p.rule, true
	p.found = append(p.found, warning)
}

// Check runs all analyzers over a kind-spec without faults: what is useless may
// follow from what is wrong.
func Check(positions syntax.Positions, spec *v1alpha1.ModelKindSpec, unwritten Unwritten) syntax.Faults {
	p := &Pass{Tree: Walk(spec), Unwritten: unwritten, positions: positions}
	for _, a := range Analyzers() {
		p.rule = a.Name
		a.Run(p)
	}
	return p.found.Sorted()
}
