package kind

import (
	"fmt"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/api/v1alpha1"
)

// rule is a compiled health rule.
type rule struct {
	is HealthState
	// onDemand marks a backend that is not ready but wakes when it is called.
	onDemand bool
	when     []predicate
	// because names the value in which the backend says why; "" without one.
	because string
}

// maxMessage bounds what goes into a condition's message, in bytes.
const maxMessage = 1024

// Observe reads a referent, and what is related to it, through the kind. The
// referent is nil for kinds that have none. The objects may hold no more than
// the kind's projection; their values are as encoding/json or unstructured
// gives them. Observe never fails: absence is an observation, and a value of
// the wrong type is a note in the trace.
func (k *Kind) Observe(model *v1alpha1.MaaSModel, referent *unstructured.Unstructured, reader Reader, rules endpoint.Rules) Observation {
	reference := Reference{State: ReferenceFound, Reason: v1alpha1.ReasonResolved, Message: k.noReferent}
	var identity *v1alpha1.ReferentStatus
	if k.noReferent == "" {
		identity = ReferentStatusOf(referent)
		reference.Message = fmt.Sprintf("%s %s found", identity.Kind, qualifiedName(identity))
		if referent.GetDeletionTimestamp() != nil {
			return k.Unresolved(Reference{State: ReferenceLost, Reason: v1alpha1.ReasonReferentTerminating,
				Message: fmt.Sprintf("%s %s is being deleted", identity.Kind, qualifiedName(identity))}, identity)
		}
	}
	v := k.look(model, referent, reader)
	if v.forbidden != "" {
		o := k.Unresolved(Reference{State: ReferenceRefused, Reason: v1alpha1.ReasonForbidden,
			Message: v.forbidden + "; grant the controller get, list and watch on it"}, identity)
		o.Reads, o.Trace = v.reads, append(o.Trace, v.trace.steps...)
		return o
	}
	o := k.read(model, v, reader, rules)
	o.Reference, o.Referent = reference, identity
	if v.work.isSpent() {
		o = k.Unresolved(Reference{State: ReferenceRefused, Reason: v1alpha1.ReasonTooMuchToRead,
			Message: fmt.Sprintf("reading it takes more than %d steps, and no backend is worth as many: shorten the lists in the object and in those beside it, or name them more exactly in the kind-spec %s", maxWork, k.name)}, identity)
		o.Reads = v.reads
	}
	return o
}

// read makes the part of an observation that is about the objects in sight.
func (k *Kind) read(model *v1alpha1.MaaSModel, v *view, reader Reader, rules endpoint.Rules) Observation {
	o := Observation{
		Kind: k.name, Revision: k.revision,
		Generation: k.freshness(v),
	}
	o.Health = k.judge(v, &o.Generation)
	if v.cut != nil {
		o.Health.Message = fmt.Sprintf("%s (of %s only the first %d by name are looked at)", shorten(o.Health.Message, maxMessage), strings.Join(v.cut, " and "), maxSelected)
	}
	o.Endpoint = guard{v, reader, rules}.keepInside(k.resolveEndpoint(model.Spec.EndpointOverride, v, rules))
	o.Reads = v.reads
	o.Model = k.enrich(v, model.Annotations)
	o.Dwell = k.dwellFor(o)
	o.Trace = v.trace.steps
	return o
}

// look reads the related objects and the values, each after what it needs.
func (k *Kind) look(model *v1alpha1.MaaSModel, referent *unstructured.Unstructured, reader Reader) *view {
	v := &view{sights: map[string]sight{}, values: map[string]any{}, work: &budget{left: maxWork}}
	own := map[string]string{valueModelName: model.Name, valueModelNamespace: model.Namespace}
	if k.noReferent != "" {
		own[valueName], own[valueNamespace] = model.Spec.ModelRef.Name, model.Namespace
	} else {
		v.sights[""] = sight{objects: []map[string]any{referent.Object}, gate: k.generation}
		own[valueName], own[valueNamespace] = referent.GetName(), referent.GetNamespace()
	}
	for name, text := range own {
		if text != "" {
			v.values[name] = text
		}
	}
	for _, next := range k.order {
		if next.value != "" {
			k.values[next.value].find(v)
		} else {
			k.related[next.related].read(v, next.related, reader)
		}
	}
	return v
}

func (k *Kind) dwellFor(o Observation) time.Duration {
	stale, progressing := k.Dwell()
	switch {
	case !o.Generation.Fresh:
		return stale
	case o.Health.State == HealthProgressing:
		return progressing
	}
	return 0
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

// maxSteps of a trace. A rule may look at any number of entries.
const maxSteps = 4096

func (t *trace) add(stage, rule string, s Step) {
	switch {
	case len(t.steps) == maxSteps:
		s = Step{Note: fmt.Sprintf("more than %d steps, and that is all that is kept of a trace", maxSteps)}
	case len(t.steps) > maxSteps:
		return
	}
	s.Stage, s.Rule = stage, rule
	t.steps = append(t.steps, s)
}

// judge goes through all health rules, so that the trace shows them all; the
// first that holds decides. Where none does because a condition that it wants
// is of another generation, the status as a whole is not fresh.
func (k *Kind) judge(v *view, generation *Generation) Health {
	var decided *Health
	var lacking, stale string
	for i, r := range k.health {
		name := fmt.Sprintf("health[%d]", i)
		f := allOf(r.when, v, func(j int, s Step) {
			v.trace.add("health", fmt.Sprintf("%s.when[%d]", name, j), s)
		})
		switch {
		case f.matched && decided == nil:
			decided = &Health{State: r.is, OnDemand: r.onDemand, Rule: name, Message: shorten(f.words+r.explanation(v), maxMessage)}
		case f.stale && stale == "":
			stale = f.words
		case !f.matched && r.is == HealthReady && lacking == "":
			lacking = f.words
		}
	}
	switch {
	case decided != nil:
		return *decided
	case k.health == nil:
		return Health{State: HealthReady, Message: "the kind has no health rules"}
	case stale != "" && generation.Fresh:
		generation.Fresh, generation.Message = false, shorten(stale, maxMessage)
	}
	return Health{State: HealthProgressing, Message: shorten(lacking, maxMessage)}
}

// explanation is what the backend says about the verdict, led by a colon; ""
// when it says nothing.
func (r rule) explanation(v *view) string {
	if said, ok := v.values[r.because].(string); ok {
		return ": " + said
	}
	return ""
}
