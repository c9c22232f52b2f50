package main

import (
	"io"

	"github.com/maas-kinds/maas/cmd/internal/screen"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/engine/kind/vet"
)

// lintedKinds is what lint says to programs.
type lintedKinds struct {
	APIVersion string       `json:"apiVersion"`
	Kind       string       `json:"kind"`
	Result     checkResult  `json:"result"`
	Kinds      []string     `json:"kinds"`
	Faults     []lintedLine `json:"faults"`
}

// lintedLine is one fault, or one warning.
type lintedLine struct {
	File    string `json:"file"`
	Line    int    `json:"line,omitempty"`
	Field   string `json:"field,omitempty"`
	Rule    string `json:"rule,omitempty"`
	Message string `json:"message"`
	Warning bool   `json:"warning,omitempty"`
}

// lintReport writes for programs what reportFaults says to people.
func lintReport(set *kind.Set, faults syntax.Faults, format string, out io.Writer) error {
	report := lintedKinds{
		APIVersion: "maas.opendatahub.io/v1alpha1", Kind: "LintReport", Result: checkSuccess,
		Kinds: append([]string{}, set.Names()...), Faults: []lintedLine{},
	}
	for _, f := range faults {
		report.Result = checkFailure
		report.Faults = append(report.Faults, lintedLine{f.File, f.Line, f.Field, f.Rule, f.Message, f.Warning})
	}
	if err := writeAs(out, format, report); err != nil {
		return err
	}
	return report.Result.err()
}

// lintRule is a rule for programs.
type lintRule struct {
	Name   string `json:"name"`
	Effect string `json:"effect"`
	Doc    string `json:"doc"`
}

// showRules lists the rules, faults before warnings as vet.Rules has them.
func (o *lintOptions) showRules(std ioStreams) error {
	var rules []lintRule
	var table screen.Table
	for _, rule := range vet.Rules() {
		effect := "fault"
		if rule.Warning {
			effect = "warning"
		}
		rules = append(rules, lintRule{rule.Name, effect, rule.Doc})
		table.Add(rule.Name, effect, rule.Doc)
	}
	if !forPeople(o.output) {
		return writeAs(std.out, o.output, rules)
	}
	return table.Write(std.out, std.screen.Width)
}
