// Package cases reads the folders of kinds and proves their cases: L2, that every
// case is decided as it says, and that together they show all that the kind-spec
// can decide.
package cases

import (
	"context"
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/evaluation"
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
	// MayBeRefused says why some API servers refuse an object of it; else empty.
	MayBeRefused string
	// Expect lacks what is not written yet.
	Expect Expectation
	// Model is what is known of the model; nil where the case does not say it.
	Model *v1alpha1.ModelInfo
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

// Waiver lets a mutant survive.
type Waiver struct {
	Mutant string `json:"mutant"`
	Reason string `json:"reason"`
}

func (c Case) question(k *kind.Kind) evaluation.Question {
	return evaluation.Question{Kind: k, Referent: c.Referent, Related: c.Related, Previous: c.Previous, Override: c.Override, Parameters: c.Parameters}
}

// Evaluate gives what follows of the case with a kind, which may be another than
// that of its folder.
func (c Case) Evaluate(ctx context.Context, machine *phase.Machine, k *kind.Kind) (evaluation.Result, error) {
	settled, err := evaluation.Of(ctx, machine, c.question(k))
	if err != nil {
		return settled, fmt.Errorf("case %s: %w", c.Name, err)
	}
	return settled, nil
}

// Base is what an object of the case was patched from; nil where it is none that
// every case begins with.
func (c Case) Base(object *unstructured.Unstructured) (name string, base *unstructured.Unstructured) {
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
