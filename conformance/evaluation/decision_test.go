package evaluation_test

import (
	"testing"

	"github.com/maas-kinds/maas/conformance/evaluation"
)

// What kills a mutant is a decision or who made it.
func TestSameDecision(t *testing.T) {
	text := func(s string) *string { return &s }
	verdict := func(change func(*evaluation.Decision)) evaluation.Decision {
		v := evaluation.Decision{Event: "BackendReady", Phase: "Ready", Endpoint: text("http://a"),
			Decided:    evaluation.Decided{Health: text("up"), Endpoint: text("plain")},
			Conditions: map[string]evaluation.Condition{"Ready": {Status: "True", Reason: "Ready"}}}
		change(&v)
		return v
	}
	base := verdict(func(*evaluation.Decision) {})
	if !base.Same(verdict(func(*evaluation.Decision) {})) {
		t.Error("equal verdicts are not the same")
	}
	for name, change := range map[string]func(*evaluation.Decision){
		"event":     func(v *evaluation.Decision) { v.Event = "BackendFailed" },
		"phase":     func(v *evaluation.Decision) { v.Phase = "Failed" },
		"endpoint":  func(v *evaluation.Decision) { v.Endpoint = nil },
		"rule":      func(v *evaluation.Decision) { v.Decided.Health = text("other") },
		"candidate": func(v *evaluation.Decision) { v.Decided.Endpoint = text("other") },
		"reason": func(v *evaluation.Decision) {
			v.Conditions["Ready"] = evaluation.Condition{Status: "True", Reason: "Other"}
		},
	} {
		if base.Same(verdict(change)) {
			t.Errorf("another %s is the same", name)
		}
	}
}
