package evaluation

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/phase"
)

// Decision is all that a decision says, but for messages and times.
type Decision struct {
	Event phase.Event
	Phase v1alpha1.Phase
	// Endpoint is nil where there is none.
	Endpoint   *string
	Decided    Decided
	Conditions map[string]Condition
	// Model is what is known of the model; nil for nothing. It decides nothing, so
	// that Same and Differences leave it out.
	Model *v1alpha1.ModelInfo
}

// Decided names the parts of the kind-spec that decided; nil where none did.
type Decided struct {
	Health   *string
	Endpoint *string
}

// Condition is a condition without its words.
type Condition struct {
	Status string
	Reason string
}

// Decision is the settled decision without its words. A rule that held decided
// nothing while the status was stale.
func (s Result) Decision() Decision {
	status := s.Settled.Status
	v := Decision{Event: s.Settled.Event, Phase: status.Phase, Conditions: map[string]Condition{}, Model: status.Model}
	for _, c := range status.Conditions {
		v.Conditions[c.Type] = Condition{Status: string(c.Status), Reason: c.Reason}
	}
	if status.Endpoint != "" {
		v.Endpoint = &status.Endpoint
	}
	if rule := s.Observation.Health.Rule; rule != "" && s.Observation.Generation.Fresh {
		v.Decided.Health = &rule
	}
	if rule := s.Observation.Endpoint.Rule; rule != "" {
		v.Decided.Endpoint = &rule
	}
	return v
}

// Reason of a condition.
func (v Decision) Reason(conditionType string) string { return v.Conditions[conditionType].Reason }

// Same compares what a decision says, and which rule and candidate made it: they
// have names, which a mutant keeps. Messages do not count: they quote the
// kind-spec, and differ wherever that does.
func (v Decision) Same(w Decision) bool {
	return v.Event == w.Event && v.Phase == w.Phase && maps.Equal(v.Conditions, w.Conditions) && OrNull(v.Endpoint) == OrNull(w.Endpoint) &&
		OrNull(v.Decided.Health) == OrNull(w.Decided.Health) && OrNull(v.Decided.Endpoint) == OrNull(w.Decided.Endpoint)
}

// Difference is a field in which two decisions differ.
type Difference struct{ Field, Want, Got string }

// Differences are in the order of the decision.
func (v Decision) Differences(actual Decision) []Difference {
	var all []Difference
	note := func(field, want, got string) {
		if want != got {
			all = append(all, Difference{field, want, got})
		}
	}
	note("event", string(v.Event), string(actual.Event))
	note("phase", string(v.Phase), string(actual.Phase))
	note("endpoint", OrNull(v.Endpoint), OrNull(actual.Endpoint))
	note("rule", OrNull(v.Decided.Health), OrNull(actual.Decided.Health))
	note("candidate", OrNull(v.Decided.Endpoint), OrNull(actual.Decided.Endpoint))
	types := slices.Collect(maps.Keys(v.Conditions))
	types = slices.AppendSeq(types, maps.Keys(actual.Conditions))
	slices.Sort(types)
	for _, conditionType := range slices.Compact(types) {
		note("conditions."+conditionType, v.Conditions[conditionType].String(), actual.Conditions[conditionType].String())
	}
	return all
}

// InLines has a line for each difference between two decisions.
func InLines(differences []Difference) string {
	lines := make([]string, len(differences))
	for i, d := range differences {
		lines[i] = fmt.Sprintf("  %s: %s, then %s", d.Field, d.Want, d.Got)
	}
	return strings.Join(lines, "\n")
}

// String gives `"True" BackendReady`.
func (c Condition) String() string {
	if c == (Condition{}) {
		return "none"
	}
	return fmt.Sprintf("%q %s", c.Status, c.Reason)
}

// OrNull is a text, or null where there is none.
func OrNull(text *string) string {
	if text == nil {
		return "null"
	}
	return *text
}
