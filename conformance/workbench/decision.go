package workbench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/evaluation"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// Decision is an explanation with the lines of the kind-spec that it comes from.
type Decision struct {
	evaluation.Explanation
	Reason  string `json:"reason"`
	Message string `json:"message"`
	// Rule and Candidate have decided; nil where none did.
	Rule      *Part `json:"rule"`
	Candidate *Part `json:"candidate"`
	// Asked is the probe in words.
	Asked string `json:"asked"`
	// Model is what is known of the model, as in its status; nil for nothing.
	Model *v1alpha1.ModelInfo `json:"model"`
	// Steps are the trace.
	Steps []Step `json:"trace"`
}

// Part is a part of the kind-spec by its name.
type Part struct {
	Name string `json:"name"`
	Line int    `json:"line"`
}

// Step is a step of a trace. What was found is JSON, shortened where it is long; empty
// for nothing.
type Step struct {
	Stage   string `json:"stage"`
	Rule    string `json:"rule"`
	Line    int    `json:"line"`
	Path    string `json:"path"`
	Want    string `json:"want"`
	Found   string `json:"found"`
	Matched bool   `json:"matched"`
	Note    string `json:"note"`
}

// maxFound bounds how much of a value is shown, in bytes: a path may select all of an
// object, which the page has beside it.
const maxFound = 4096

func decisionOf(k *kind.Kind, result evaluation.Result) (*Decision, error) {
	explained, err := result.Explain(k)
	if err != nil {
		return nil, fmt.Errorf("explaining: %w", err)
	}
	written := partsOf(k)
	decided := result.Decision().Decided
	d := &Decision{
		Explanation: explained, Reason: result.Settled.Reason, Message: result.Settled.Message, Model: result.Settled.Status.Model,
		Rule: written.part("health", decided.Health), Candidate: written.part("endpoint", decided.Endpoint), Steps: []Step{},
	}
	if explained.Endpoint != nil {
		d.Asked = explained.Probe.InWords()
	}
	for _, s := range explained.Trace {
		step := Step{Stage: s.Stage, Rule: s.Rule, Line: written.line(s.Stage, s.Rule), Path: s.Path, Want: s.Want, Matched: s.Matched, Note: s.Note}
		if s.Found != nil {
			step.Found = syntax.Shorten(inJSON(s.Found), maxFound)
		}
		d.Steps = append(d.Steps, step)
	}
	return d, nil
}

func inJSON(value any) string {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return fmt.Sprint(value)
	}
	return strings.TrimSpace(b.String())
}

// parts find the lines of what a trace names.
type parts struct {
	positions syntax.Positions
	spec      *v1alpha1.ModelKindSpec
	// rules and candidates by their names, in order.
	rules, candidates []string
}

func partsOf(k *kind.Kind) parts {
	return parts{k.Positions(), k.Spec(), kind.RuleNames(k.Spec()), kind.CandidateNames(k.Spec())}
}

func (p parts) part(stage string, name *string) *Part {
	if name == nil {
		return nil
	}
	return &Part{*name, p.line(stage, *name)}
}

// line of what a step calls rule: ready.when[0], listener, host[1]; 0 for nowhere.
func (p parts) line(stage, rule string) int {
	if of, _, handedOn := strings.Cut(rule, "/"); handedOn {
		return p.at(p.handingOn(stage, of), "")
	}
	name, inner := rule, ""
	if i := strings.IndexAny(rule, ".["); i > 0 {
		name, inner = rule[:i], pointerOf(rule[i:])
	}
	switch stage {
	case "subjects":
		return p.at(indexed("/spec/subjects/", slices.IndexFunc(p.spec.Subjects, func(s v1alpha1.Subject) bool { return s.As == name })), inner)
	case "values":
		return p.at("/spec/values/"+syntax.EscapePointer(name), inner)
	case "health":
		return p.at(indexed("/spec/health/", slices.Index(p.rules, name)), inner)
	case "endpoint":
		if name == "noEndpoint" {
			return p.at("/spec/noEndpoint", "")
		}
		return p.at(indexed("/spec/endpoint/", slices.Index(p.candidates, name)), inner)
	case "generation", "model":
		return p.at("/spec/"+name, inner)
	}
	return p.at("/spec/referent", "")
}

// handingOn is the rule or the candidate that hands an object on. What has decided is
// called by its name there, and a step by the subject, which another kind sees all of.
func (p parts) handingOn(stage, of string) string {
	of, _, _ = strings.Cut(of, " with only ")
	candidate := slices.IndexFunc(p.spec.Endpoint, func(c v1alpha1.EndpointCandidate) bool { return c.Kind != "" && c.Of == of })
	rule := slices.IndexFunc(p.spec.Health, func(r v1alpha1.HealthRule) bool { return r.Kind != "" && r.Of == of })
	switch {
	case stage == "endpoint" && slices.Contains(p.candidates, of):
		return indexed("/spec/endpoint/", slices.Index(p.candidates, of))
	case stage == "health" && slices.Contains(p.rules, of):
		return indexed("/spec/health/", slices.Index(p.rules, of))
	case candidate >= 0 && (stage == "endpoint" || rule < 0):
		return indexed("/spec/endpoint/", candidate)
	}
	return indexed("/spec/health/", rule)
}

func (p parts) at(pointer, inner string) int {
	if pointer == "" {
		return 0
	}
	return p.positions.At(pointer + inner).Line
}

// indexed is empty where there is no such entry.
func indexed(list string, index int) string {
	if index < 0 {
		return ""
	}
	return fmt.Sprintf("%s%d", list, index)
}

// pointerOf makes /when/0 of .when[0].
func pointerOf(rest string) string {
	return strings.NewReplacer(".", "/", "[", "/", "]", "").Replace(rest)
}
