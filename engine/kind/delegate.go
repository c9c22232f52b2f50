package kind

import (
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// maxHandedOn bounds how many kinds may hand on to one another.
const maxHandedOn = 4

// delegate has another kind look at the objects of a subject, or a part of each, once an
// observation: with its own subjects, rules and freshness. There are none where
// the kind is not in force; see MissingKind.
func (k *Kind) delegate(of string, seenOf part, kindName string, env *environment) []*Observation {
	other := k.delegates[kindName]
	if other == nil || env.depth == maxHandedOn {
		return nil
	}
	var seen []*Observation
	for _, e := range env.bindings[of].entries {
		key := fmt.Sprintf("%s %s %s %s", kindName, of, seenOf.subject, e.name(nil))
		if env.delegated[key] == nil {
			shown, ok := seenOf.of(e, env)
			if !ok {
				continue
			}
			env.delegated[key] = other.observeFor(env, seenOf.words(of), shown)
		}
		seen = append(seen, env.delegated[key])
	}
	return seen
}

// observeFor looks at an object for a kind that hands it on, as one of a subject. What it reads, and
// the work that it takes, are those of the observation that it is part of.
func (k *Kind) observeFor(env *environment, of string, e entry) *Observation {
	object := &unstructured.Unstructured{Object: e.root}
	model := &v1alpha1.MaaSModel{ObjectMeta: env.model.ObjectMeta}
	model.Annotations = nil
	own := &environment{
		bindings: map[string]binding{}, values: map[string]any{}, delegated: map[string]*Observation{},
		trace: trace{asked: env.trace.asked}, work: env.work,
		model: model, reader: env.reader, rules: env.rules, depth: env.depth + 1,
	}
	k.look(own, object)
	o := k.read(own)
	for _, q := range o.Reads {
		env.noteRead(q)
	}
	env.cut = append(env.cut, own.cut...)
	if env.forbidden == "" {
		env.forbidden = own.forbidden
	}
	for _, step := range o.Trace {
		step.Rule = of + "/" + step.Rule
		env.trace.keep(step)
	}
	return &o
}

// delegatedHealth is what the other kind says of the objects: the best of what
// it says of several. It is nil where there is no object.
func (k *Kind) delegatedHealth(r rule, env *environment, generation *Generation) *Health {
	seen := k.delegate(r.of, part{}, r.kind, env)
	if len(seen) == 0 {
		return nil
	}
	best := slices.MinFunc(seen, func(a, b *Observation) int { return standing(a) - standing(b) })
	generation.Gated = generation.Gated || best.Generation.Gated
	if generation.Fresh && !best.Generation.Fresh {
		generation.Fresh, generation.Message = false, fmt.Sprintf("%s: %s", r.of, best.Generation.Message)
	}
	health := best.Health
	health.Message = fmt.Sprintf("%s: %s", r.of, health.Message)
	if health.Rule = r.name; best.Health.Rule != "" {
		health.Rule = r.name + "/" + best.Health.Rule
	}
	return &health
}

// standing orders what may be said of several objects, the best first.
func standing(o *Observation) int {
	switch {
	case !o.Generation.Fresh:
		return 2
	case o.Health.State == HealthReady && !o.Health.OnDemand:
		return 0
	case o.Health.State == HealthReady:
		return 1
	case o.Health.State == HealthProgressing:
		return 3
	}
	return 4
}

// namesHandedTo are the kinds that rules and candidates hand objects on to, sorted.
func namesHandedTo(rules []rule, candidates []candidate) []string {
	var names []string
	for _, r := range rules {
		names = append(names, r.kind)
	}
	for _, c := range candidates {
		names = append(names, c.kind)
	}
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(name string) bool { return name == "" })
}

// HandsOnTo are the kinds in force that the kind hands objects on to, itself or
// through another one, each once.
func (k *Kind) HandsOnTo() []*Kind {
	var all []*Kind
	add := func(other *Kind) {
		if !slices.ContainsFunc(all, func(o *Kind) bool { return o.name == other.name }) {
			all = append(all, other)
		}
	}
	for _, name := range k.handedTo {
		if other := k.delegates[name]; other != nil {
			if other.whole != nil {
				add(other.whole)
			} else {
				add(other)
			}
			for _, further := range other.HandsOnTo() {
				add(further)
			}
		}
	}
	return all
}

// MissingKind is one that the kind hands on to, itself or through another one, and
// that is not in force; empty when all are. Models of the kind are refused then.
func (k *Kind) MissingKind() string {
	for _, name := range k.handedTo {
		switch other := k.delegates[name]; {
		case other == nil:
			return name
		case other.MissingKind() != "":
			return other.MissingKind()
		}
	}
	return ""
}
