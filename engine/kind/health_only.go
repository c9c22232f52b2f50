package kind

import (
	"maps"
	"slices"
)

// healthKey is the key of the health rules among the needs of a spec.
const healthKey = "health"

// needed has what a part of the spec needs, and what that needs in turn.
func (c compiler) needed(part string) map[string]bool {
	all := map[string]bool{}
	var follow func(key string)
	follow = func(key string) {
		for _, need := range c.uses.needs[key] {
			if !all[need] {
				all[need] = true
				follow(need)
			}
		}
	}
	follow(part)
	return all
}

// forHealth is the kind without what its health rules do not need: nobody has to be
// allowed to read, and nothing has to watch, what would only be an endpoint.
func (k *Kind) forHealth() *Kind {
	slim := *k
	slim.whole = k
	slim.endpoint, slim.model = nil, enrichment{}
	slim.handedTo = namesHandedTo(k.health, nil)
	slim.subjects, slim.order, slim.values = nil, nil, maps.Clone(k.values)
	for _, step := range k.order {
		switch {
		case step.Value != "" && k.needsForHealth[valueKey(step.Value)]:
			slim.order = append(slim.order, step)
		case step.Value != "":
			delete(slim.values, step.Value)
		case k.needsForHealth[subjectKey(k.subjects[step.Subject].as)]:
			slim.order = append(slim.order, ReadStep{Subject: len(slim.subjects)})
			slim.subjects = append(slim.subjects, k.subjects[step.Subject])
		}
	}
	slim.projections = projectionsOf(&slim)
	return &slim
}

// onlyHealthOf says whether the kind asks another one for nothing but the health of
// objects.
func (k *Kind) onlyHealthOf(name string) bool {
	return !slices.ContainsFunc(k.endpoint, func(c candidate) bool { return c.kind == name })
}
