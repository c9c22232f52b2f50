package kind

import (
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// rule is a compiled health rule.
type rule struct {
	is   HealthState
	when []predicate
}

// maxMessage bounds what goes into a condition's message, in bytes.
const maxMessage = 1024

// Observe reads a referent through the kind. The referent may hold no more
// than the kind's projection; its values are as encoding/json or unstructured
// gives them. Observe never fails: absence is an observation, and a value of
// the wrong type is a note in the trace.
func (k *Kind) Observe(model *v1alpha1.MaaSModel, referent *unstructured.Unstructured, rules EndpointRules) Observation {
	identity := ReferentStatusOf(referent)
	if referent.GetDeletionTimestamp() != nil {
		return k.Unresolved(Reference{State: ReferenceLost, Reason: v1alpha1.ReasonReferentTerminating,
			Message: fmt.Sprintf("%s %s is being deleted", identity.Kind, qualifiedName(identity))}, identity)
	}
	var t trace
	o := Observation{
		Kind: k.name, Revision: k.revision, Referent: identity,
		Reference: Reference{State: ReferenceFound, Reason: v1alpha1.ReasonResolved,
			Message: fmt.Sprintf("%s %s found", identity.Kind, qualifiedName(identity))},
		Generation: k.freshness(referent.Object, &t),
		Health:     k.judge(referent.Object, &t),
		Endpoint:   k.resolveEndpoint(model.Spec.EndpointOverride, referent.Object, rules, &t),
		Model:      k.enrich(referent.Object, model.Annotations, &t),
	}
	stale, progressing := k.Dwell()
	switch {
	case !o.Generation.Fresh:
		o.Dwell = stale
	case o.Health.State == HealthProgressing:
		o.Dwell = progressing
	}
	o.Trace = t.steps
	return o
}

// ReferentStatusOf identifies an object.
func ReferentStatusOf(referent *unstructured.Unstructured) *v1alpha1.ReferentStatus {
	gvk := referent.GroupVersionKind()
	return &v1alpha1.ReferentStatus{
		Group: gvk.Group, Version: gvk.Version, Kind: gvk.Kind,
		Namespace: referent.GetNamespace(), Name: referent.GetName(), UID: string(referent.GetUID()),
	}
}

func qualifiedName(r *v1alpha1.ReferentStatus) string {
	if r.Namespace == "" {
		return r.Name
	}
	return r.Namespace + "/" + r.Name
}

// trace collects steps.
type trace struct{ steps []Step }

func (t *trace) add(stage, rule string, s Step) {
	s.Stage, s.Rule = stage, rule
	t.steps = append(t.steps, s)
}

func (k *Kind) freshness(object map[string]any, t *trace) Generation {
	if k.generation == nil {
		return Generation{Fresh: true}
	}
	// Not GetGeneration: it takes the number that encoding/json gives for absent.
	metadata, _ := object["metadata"].(map[string]any)
	generation, _ := number(metadata["generation"])
	g := Generation{Gated: true}
	step := Step{Path: k.generation.text, Want: "equals metadata.generation " + asJSON(generation)}
	value, ok := k.generation.value(object)
	observed, isNumber := number(value)
	switch {
	case !ok || value == nil:
		g.Message = k.generation.text + " is absent: the backend has not looked at the object yet"
	case !isNumber:
		step.Found, step.Note = value, wrongType(value, "number")
		g.Message = k.generation.text + ": " + step.Note
	default:
		step.Found = value
		g.Fresh = observed == generation
		g.Message = fmt.Sprintf("%s is %s, metadata.generation is %s", k.generation.text, asJSON(value), asJSON(generation))
		if !g.Fresh {
			g.Message += ": the backend's status is of another generation"
		}
	}
	step.Matched = g.Fresh
	t.add("generation", "generation", step)
	return g
}

// judge goes through all health rules, so that the trace shows them all; the
// first that holds decides.
func (k *Kind) judge(object map[string]any, t *trace) Health {
	var decided *Health
	var lacking string
	for i, r := range k.health {
		name := fmt.Sprintf("health[%d]", i)
		held, words := allOf(r.when, object, func(j int, s Step) {
			t.add("health", fmt.Sprintf("%s.when[%d]", name, j), s)
		})
		switch {
		case held && decided == nil:
			decided = &Health{State: r.is, Message: shorten(words, maxMessage)}
		case !held && r.is == HealthReady && lacking == "":
			lacking = words
		}
	}
	if decided != nil {
		return *decided
	}
	return Health{State: HealthProgressing, Message: shorten(lacking, maxMessage)}
}
