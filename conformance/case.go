package conformance

import (
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/engine/phase"
)

// Case is a state that a backend can be in, and what has to follow from it.
type Case struct {
	// Name is unique within the kind.
	Name string
	// Position is the file and the line, as messages call them.
	Position string
	// Description says why the verdict is what it is.
	Description string
	// Previous phase of the model.
	Previous v1alpha1.Phase
	// Override is spec.endpointOverride of the model; may be empty.
	Override string
	// Parameters are what is set of the kind's parameters; OwnParameters says that
	// some are the case's own.
	Parameters    map[string]any
	OwnParameters bool
	// Expect lacks what is not written yet.
	Expect Expectation
	// Referent is nil for kinds that have none.
	Referent *unstructured.Unstructured
	Related  kind.Objects

	// objects are the same, each with the name of its base object; bases are
	// those as they are written.
	objects, bases []namedObject
	document       *syntax.Document
	// at is the JSON Pointer of the case in its document.
	at string
}

// Decision is all that a decision says, but for messages and times.
type Decision struct {
	Event phase.Event
	Phase v1alpha1.Phase
	// Endpoint is nil where there is none.
	Endpoint   *string
	Decided    Decided
	Conditions map[string]ConditionDecision
}

// Decided names the parts of the kind-spec that decided; nil where none did.
type Decided struct {
	Health   *string
	Endpoint *string
}

// ConditionDecision is a condition without its words.
type ConditionDecision struct {
	Status string
	Reason string
}

// Waiver lets a mutant survive.
type Waiver struct {
	Mutant string `json:"mutant"`
	Reason string `json:"reason"`
}

func (c Case) question(f *Folder) Question {
	return Question{Kind: f.Kind, Referent: c.Referent, Related: c.Related, Previous: c.Previous, Override: c.Override, Parameters: c.Parameters}
}

// base is what an object of the case was patched from; nil where it is none that
// every case begins with.
func (c Case) base(object *unstructured.Unstructured) (name string, base *unstructured.Unstructured) {
	for _, o := range c.objects {
		if o.Unstructured != object || o.as == "" {
			continue
		}
		for _, b := range c.bases {
			if b.as == o.as {
				return b.as, b.Unstructured
			}
		}
	}
	return "", nil
}
