package page

import (
	"fmt"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/cases"
	"github.com/maas-kinds/maas/conformance/evaluation"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/phase"
)

// writeMachine draws the state machine with what moves it for this kind. The
// arrows of a lost or refused reference are those of every kind.
func writeMachine(b *strings.Builder, f *cases.Folder) {
	labels := map[phase.Event]string{
		phase.BackendReady:       rulesThatSay(f, "Ready", "Servable"),
		phase.BackendFailed:      rulesThatSay(f, "Failed"),
		phase.BackendProgressing: rulesThatSay(f, "Progressing"),
	}
	ready := join(labels[phase.BackendReady], " and an endpoint")
	if len(f.Spec.Health) == 0 {
		ready = "an endpoint"
	}
	failed := strings.TrimPrefix(labels[phase.BackendFailed]+", invalid endpoint", ", ")
	if f.Kind.NoEndpoint() != "" {
		failed = strings.TrimPrefix(labels[phase.BackendFailed]+", no endpointOverride", ", ")
	}
	waiting := "no rule holds, no endpoint"
	if rules := labels[phase.BackendProgressing]; rules != "" {
		waiting = rules + ", " + waiting
	}
	if cases.Gated(f.Spec) {
		waiting = "stale, " + waiting
	}
	if f.Kind.NoReferent() == "" {
		waiting += ", referent gone"
	}
	b.WriteString("## States\n\n```mermaid\nstateDiagram-v2\n    [*] --> Pending\n")
	for _, from := range []v1alpha1.Phase{v1alpha1.PhasePending, v1alpha1.PhaseUnhealthy, v1alpha1.PhaseFailed} {
		fmt.Fprintf(b, "    %s --> Ready: %s\n", from, ready)
	}
	for _, from := range []v1alpha1.Phase{v1alpha1.PhasePending, v1alpha1.PhaseReady, v1alpha1.PhaseUnhealthy} {
		fmt.Fprintf(b, "    %s --> Failed: %s\n", from, failed)
	}
	fmt.Fprintf(b, "    Ready --> Unhealthy: %s\n    Failed --> Pending: %s\n```\n\n", waiting, waiting)
	b.WriteString("[engine/phase](../../engine/phase/README.md) has the whole table, also for references that are refused.\n\n")
}

// rulesThatSay gives "available or serving".
func rulesThatSay(f *cases.Folder, verdicts ...string) string {
	var names []string
	for i, name := range kind.RuleNames(f.Spec) {
		if slices.Contains(verdicts, string(f.Spec.Health[i].Is)) {
			names = append(names, name)
		}
	}
	return strings.Join(names, " or ")
}

func join(text, behind string) string {
	if text == "" {
		return ""
	}
	return text + behind
}

// writeCases shows what is decided, not what is expected: where the two differ
// the kind does not pass.
func writeCases(b *strings.Builder, f *cases.Folder, verdicts []evaluation.Decision) {
	b.WriteString("## Cases\n\nTheir objects are in [cases.yaml](cases.yaml).\n\n| case | phase | endpoint | decided by | because |\n| --- | --- | --- | --- | --- |\n")
	for i, c := range f.Cases {
		v := verdicts[i]
		became := string(v.Phase)
		if c.Previous != "" && c.Previous != v.Phase {
			became = fmt.Sprintf("%s → %s", c.Previous, v.Phase)
		}
		endpoint := "none"
		if v.Endpoint != nil {
			endpoint = code(*v.Endpoint)
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n",
			c.Name, became, endpoint, deciders(v), strings.ReplaceAll(strings.Join(strings.Fields(c.Description), " "), "|", `\|`))
	}
	features := f.Features()
	for i, feature := range features {
		features[i] = code(feature)
	}
	if len(features) > 0 {
		fmt.Fprintf(b, "\nFeatures of the language that it makes use of: %s.\n", strings.Join(features, ", "))
	}
}

// deciders names the rule and the candidate, or why none decided.
func deciders(v evaluation.Decision) string {
	var parts []string
	for _, part := range []*string{v.Decided.Health, v.Decided.Endpoint} {
		if part != nil {
			parts = append(parts, code(*part))
		}
	}
	if v.Decided.Health == nil {
		reason := v.Conditions[v1alpha1.ConditionBackendReady].Reason
		if reason == v1alpha1.ReasonReferenceNotResolved {
			reason = v.Conditions[v1alpha1.ConditionReferenceResolved].Reason
		}
		parts = slices.Insert(parts, 0, reason)
	}
	return strings.Join(parts, ", ")
}
