package kind

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind/jsonpath"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// rule is a compiled health rule.
type rule struct {
	name string
	is   HealthState
	// onDemand marks a backend that is not ready but wakes when it is called.
	onDemand bool
	when     []predicate
	// because is where the backend says why.
	because sources
	// of and kind are set where another kind decides about an object.
	of, kind string
}

// maxMessage bounds what goes into a condition's message, in bytes.
const maxMessage = 1024

// Observe reads a referent, and what is related to it, through the kind. The
// referent is nil for kinds that have none. The objects may hold no more than
// the kind's projection; their values are as encoding/json or unstructured
// gives them. Observe never fails: absence is an observation, and a value of
// the wrong type is a note in the trace.
func (k *Kind) Observe(model *v1alpha1.MaaSModel, referent *unstructured.Unstructured, reader Reader, rules endpoint.Rules) Observation {
	return k.observe(model, referent, reader, rules, false)
}

// Explain is Observe with a trace of everything that was tried.
func (k *Kind) Explain(model *v1alpha1.MaaSModel, referent *unstructured.Unstructured, reader Reader, rules endpoint.Rules) Observation {
	return k.observe(model, referent, reader, rules, true)
}

func (k *Kind) observe(model *v1alpha1.MaaSModel, referent *unstructured.Unstructured, reader Reader, rules endpoint.Rules, traced bool) Observation {
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
	if missing := k.MissingKind(); missing != "" {
		return k.Unresolved(Reference{State: ReferenceRefused, Reason: v1alpha1.ReasonKindUnknown,
			Message: fmt.Sprintf("the kind %s hands on to the kind %s, which is not in force: add it, or mend the kind-spec", k.name, missing)}, identity)
	}
	env := &environment{
		bindings: map[string]binding{}, values: map[string]any{}, delegated: map[string]*Observation{},
		trace: trace{asked: traced}, work: jsonpath.NewBudget(jsonpath.MaxWork), model: model, reader: reader, rules: rules,
	}
	k.look(env, referent)
	o := k.read(env)
	if env.forbidden != "" {
		refused := k.Unresolved(Reference{State: ReferenceRefused, Reason: v1alpha1.ReasonForbidden,
			Message: env.forbidden + "; grant the controller get, list and watch on it"}, identity)
		refused.Reads, refused.Trace = env.reads, append(refused.Trace, env.trace.steps...)
		return refused
	}
	o.Reference, o.Referent = reference, identity
	if env.work.IsSpent() {
		o = k.Unresolved(Reference{State: ReferenceRefused, Reason: v1alpha1.ReasonTooMuchToRead,
			Message: fmt.Sprintf("reading it takes more than %d steps, and no backend is worth as many: shorten the lists in the object and in those beside it, or name them more exactly in the kind-spec %s", jsonpath.MaxWork, k.name)}, identity)
		o.Reads = env.reads
	}
	return o
}

// read makes the part of an observation that is about the objects in sight.
func (k *Kind) read(env *environment) Observation {
	o := Observation{Kind: k.name, Revision: k.revision}
	if env.forbidden != "" {
		o.Reads, o.Trace = env.reads, env.trace.steps
		return o
	}
	o.Generation = k.freshness(env)
	o.Health = k.evaluate(env, &o.Generation)
	o.Endpoint = guard{env}.keepInside(k.resolveEndpoint(env.model.Spec.EndpointOverride, env))
	if env.cut != nil {
		o.Health.Message = fmt.Sprintf("%s (of %s only the first %d by name are looked at)", syntax.Shorten(o.Health.Message, maxMessage), strings.Join(env.cut, " and "), maxSelected)
	}
	o.Reads = env.reads
	o.Model = k.enrich(env, env.model.Annotations)
	o.Dwell = k.dwellFor(o)
	o.Trace = env.trace.steps
	return o
}

// look binds the subjects and finds the values, each after what it needs.
func (k *Kind) look(env *environment, referent *unstructured.Unstructured) {
	own := map[string]string{valueModelName: env.model.Name, valueModelNamespace: env.model.Namespace}
	if k.noReferent != "" {
		own[valueName], own[valueNamespace] = env.model.Spec.ModelRef.Name, env.model.Namespace
	} else {
		env.bindings[""] = binding{entries: []entry{{value: referent.Object, root: referent.Object, gate: k.generation}}}
		own[valueName], own[valueNamespace] = referent.GetName(), referent.GetNamespace()
	}
	for name, text := range own {
		if text != "" {
			env.values[name] = text
		}
	}
	for _, next := range k.order {
		if next.Value != "" {
			k.values[next.Value].find(env)
		} else {
			k.subjects[next.Subject].bind(env)
		}
	}
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

// trace collects steps, where somebody asked for it.
type trace struct {
	asked bool
	steps []Step
}

// maxSteps of a trace. A rule may look at any number of entries.
const maxSteps = 4096

// add notes a step, which is made only if it is wanted. A step that names a rule
// of its own keeps that.
func (t *trace) add(stage, rule string, step func() Step) {
	if !t.asked || len(t.steps) > maxSteps {
		return
	}
	s := step()
	s.Stage, s.Rule = stage, cmp.Or(s.Rule, rule)
	t.keep(s)
}

// keep notes a step that is made.
func (t *trace) keep(s Step) {
	switch {
	case !t.asked || len(t.steps) > maxSteps:
		return
	case len(t.steps) == maxSteps:
		s = Step{Stage: s.Stage, Rule: s.Rule, Note: fmt.Sprintf("more than %d steps, and that is all that is kept of a trace", maxSteps)}
	}
	t.steps = append(t.steps, s)
}

// evaluate goes through the health rules: the first that holds decides, and for a
// trace all are gone through. Where none does because a condition that it wants
// is of another generation, the status as a whole is not fresh.
func (k *Kind) evaluate(env *environment, generation *Generation) Health {
	var decided *Health
	var lacking, stale string
	for _, r := range k.health {
		if decided != nil && !env.trace.asked {
			break
		}
		env.worded = true
		f := allOf(r.when, env, "health", r.name)
		env.worded = false
		switch {
		case f.matched && decided == nil && r.kind != "":
			decided = k.delegatedHealth(r, env, generation)
			if decided == nil && lacking == "" {
				lacking = target{of: r.of}.missing(env, nil)
			}
		case f.matched && decided == nil:
			decided = &Health{State: r.is, OnDemand: r.onDemand, Rule: r.name, Message: syntax.Shorten(f.words+r.explanation(env), maxMessage)}
		case f.stale && stale == "" && decided == nil:
			stale = f.words
		case !f.matched && (r.is == HealthReady || r.kind != "") && lacking == "":
			lacking = f.words
		}
	}
	switch {
	case decided != nil:
		return *decided
	case k.health == nil:
		return Health{State: HealthReady, Message: "the kind has no health rules"}
	case stale != "" && generation.Fresh:
		generation.Fresh, generation.Message = false, syntax.Shorten(stale, maxMessage)
	}
	return Health{State: HealthProgressing, Message: syntax.Shorten(lacking, maxMessage)}
}

// explanation is what the backend says about the verdict, led by a colon; ""
// when it says nothing.
func (r rule) explanation(env *environment) string {
	if said, _ := r.because.first(env, "health", r.name+".because"); said != nil {
		if words, ok := said.(string); ok {
			return ": " + words
		}
	}
	return ""
}
