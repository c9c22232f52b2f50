package kind

import (
	"cmp"
	"fmt"

	"github.com/maas-kinds/maas/engine/kind/jsonpath"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// generationCheck is the freshness policy for the objects of one role; the zero value is off.
type generationCheck struct {
	// path of the generation that an object's status was made for.
	path *jsonpath.Path
	// perCondition compares every condition's own observedGeneration.
	perCondition bool
}

// freshness holds every object against the gate that it was read with. Conditions
// with generations of their own are held against them where they are read.
func (k *Kind) freshness(env *environment) Generation {
	all := Generation{Fresh: true}
	for _, name := range k.objectNames() {
		gate := k.generationCheckOf(name)
		all.Gated = all.Gated || gate.perCondition
		for _, e := range env.bindings[name].entries {
			if gate.perCondition || gate.path != nil {
				all.Of = append(all.Of, specOf(e.root))
			}
			if gate.path == nil {
				continue
			}
			g := gate.compare(e.root, name, env)
			if all.Fresh {
				all.Fresh, all.Message = g.Fresh, g.Message
			}
			all.Gated = true
		}
	}
	return all
}

func (g generationCheck) compare(object map[string]any, of string, env *environment) Generation {
	path := target{of: of}.text(g.path.Text)
	generation := generationOf(object)
	result := Generation{Gated: true}
	var note string
	value, ok := g.path.Value(object)
	observed, isNumber := syntax.Number(value)
	switch {
	case !ok || value == nil:
		result.Message = path + " is absent: " + cmp.Or(misfitIn(object, g.path), "the backend has not looked at the object yet")
	case !isNumber:
		note = wrongType(value, "number")
		result.Message = path + ": " + note
	default:
		result.Fresh = observed == generation
		result.Message = path + " is " + syntax.Quote(value) + ", metadata.generation is " + syntax.Quote(generation)
		if !result.Fresh {
			result.Message += ": the backend's status is of another generation"
		}
	}
	env.trace.add("generation", "generation", func() Step {
		return Step{Path: path, Want: "equals metadata.generation " + syntax.Quote(generation), Found: value, Matched: result.Fresh, Note: note}
	})
	return result
}

// generationOf is not GetGeneration: that takes the number that encoding/json
// gives for absent.
func generationOf(object map[string]any) float64 {
	metadata, _ := object["metadata"].(map[string]any)
	generation, _ := syntax.Number(metadata["generation"])
	return generation
}

func specOf(object map[string]any) ObjectGeneration {
	metadata, _ := object["metadata"].(map[string]any)
	uid, _ := metadata["uid"].(string)
	return ObjectGeneration{uid, generationOf(object)}
}

// otherGeneration says that a condition is about another generation of its
// object; "" when it is not, or does not say.
func otherGeneration(condition, object map[string]any) string {
	observed, ok := syntax.Number(condition["observedGeneration"])
	if !ok || observed == 0 || observed == generationOf(object) {
		return ""
	}
	return fmt.Sprintf("observedGeneration is %s, metadata.generation is %s: the condition is of another generation",
		syntax.Quote(condition["observedGeneration"]), syntax.Quote(generationOf(object)))
}
