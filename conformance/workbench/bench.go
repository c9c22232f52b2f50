// Package workbench decides about texts as they are typed: a kind-spec and objects
// come in, and the decision with its trace, or the faults with their lines, go out. It
// does no I/O, so that maasctl dev and a page by itself, in WebAssembly, decide alike.
package workbench

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/cases"
	"github.com/maas-kinds/maas/conformance/evaluation"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/folder"
	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/engine/phase"
	"github.com/maas-kinds/maas/engine/registry"
)

// Lint finds what only a schema of the backend's types can tell of a kind.
type Lint func(*kind.Kind) syntax.Faults

// Known gives the kinds that one may hand objects on to. It is asked where one does: to
// compile them all takes longer than all else.
type Known func() (*kind.Set, error)

// Bench decides about texts. It is safe for concurrent use.
type Bench struct {
	parser  *registry.Parser
	machine *phase.Machine
	reader  *cases.Reader
	known   Known
	lint    Lint
}

// New makes a bench. Lint may be nil. The error means that the program itself is broken.
func New(known Known, lint Lint) (*Bench, error) {
	parser, err := registry.NewParser()
	if err != nil {
		return nil, err
	}
	machine, err := phase.New()
	if err != nil {
		return nil, fmt.Errorf("making the state machine: %w", err)
	}
	reader, err := cases.NewReader(machine)
	if err != nil {
		return nil, err
	}
	return &Bench{parser, machine, reader, sync.OnceValues(known), lint}, nil
}

// Question is what somebody has typed.
type Question struct {
	// Kind is a kind-spec in YAML.
	Kind string `json:"kind"`
	// Objects are in YAML: the referent, and then what the kind may read beside it.
	Objects string `json:"objects"`
	// Parameters are what is set of those of the kind, as a YAML mapping; may be empty.
	Parameters string `json:"parameters"`
	// Previous phase of the model; Pending when empty.
	Previous v1alpha1.Phase `json:"previous"`
	// Override is spec.endpointOverride of the model; may be empty.
	Override string `json:"override"`
}

// The texts that faults are in.
const (
	inKind       = "kind"
	inObjects    = "objects"
	inParameters = "parameters"
	inModel      = "model"
)

// Fault is one thing wrong with one of the texts.
type Fault struct {
	// In is the text: kind, objects, parameters or model.
	In string `json:"in"`
	// Line counts from 1; 0 where none is known.
	Line    int    `json:"line"`
	Field   string `json:"field"`
	Message string `json:"message"`
	Rule    string `json:"rule"`
	// Warning: it is decided all the same.
	Warning bool `json:"warning"`
}

// Answer is what follows of a question.
type Answer struct {
	// Name of the kind as far as it can be read.
	Name   string  `json:"name"`
	Faults []Fault `json:"faults"`
	// Notes say what was not looked at.
	Notes []string `json:"notes"`
	// Decision is nil where faults, or the lack of an object, keep it from being made.
	Decision *Decision `json:"decision"`
}

// Decide answers a question. The error means that the program itself is broken; what
// is wrong with the question is in the answer.
func (b *Bench) Decide(ctx context.Context, q Question) (Answer, error) {
	answer := Answer{Faults: []Fault{}, Notes: []string{}}
	k, err := b.kindOf(q.Kind, &answer)
	if err != nil {
		return answer, err
	}
	objects := objectsIn(q.Objects, &answer)
	parameters := parametersIn(q.Parameters, k, &answer)
	answer.refuseModel(q)
	answer.noteHidden(inKind, q.Kind)
	answer.noteHidden(inObjects, q.Objects)
	if k == nil || answer.isRefused() {
		return answer, nil
	}
	asked := evaluation.Question{Kind: k, Related: objects, Parameters: parameters, Previous: q.Previous, Override: q.Override, Traced: true}
	if k.NoReferent() == "" {
		if len(objects) == 0 {
			return answer, nil
		}
		asked.Referent, asked.Related = objects[0], objects[1:]
		if !answer.takeReferent(k, asked.Referent) {
			return answer, nil
		}
	}
	result, err := evaluation.Of(ctx, b.machine, asked)
	if err != nil {
		return answer, fmt.Errorf("deciding: %w", err)
	}
	answer.noteUnread(k, result.Unread(asked.Related))
	answer.Decision, err = decisionOf(k, result)
	return answer, err
}

// kindOf compiles a kind-spec with what it hands on to; nil where it has faults.
func (b *Bench) kindOf(text string, answer *Answer) (*kind.Kind, error) {
	if isBlank(text) || answer.tooLong(inKind, text, folder.SpecLimit()) {
		return nil, nil
	}
	parsed, err := b.parser.Document("", folder.SpecFile, []byte(text))
	if err != nil {
		return nil, fmt.Errorf("reading the kind-spec: %w", err)
	}
	answer.Name = parsed.Name
	answer.add(inKind, parsed.Faults)
	if parsed.Kind == nil {
		return nil, nil
	}
	k, missing, err := b.link(parsed.Kind)
	if err != nil {
		return nil, err
	}
	answer.add(inKind, missing)
	if b.lint != nil {
		answer.add(inKind, b.lint(parsed.Kind))
	}
	answer.add(inKind, parsed.Kind.Warnings())
	return k, nil
}

// link gives a kind those that it hands objects on to; nil where one is missing.
func (b *Bench) link(k *kind.Kind) (*kind.Kind, syntax.Faults, error) {
	if k.MissingKind() == "" {
		return k, nil, nil
	}
	known, err := b.known()
	if err != nil {
		return nil, nil, fmt.Errorf("loading the kinds that are known: %w", err)
	}
	set, missing := kind.Together([]*kind.Kind{k}, known.Kinds())
	if len(missing) > 0 {
		return nil, missing, nil
	}
	return set.Kinds()[0], nil, nil
}

func objectsIn(text string, answer *Answer) []*unstructured.Unstructured {
	if answer.tooLong(inObjects, text, ObjectsLimit()) {
		return nil
	}
	objects, err := Objects([]byte(text))
	if err != nil {
		answer.addError(inObjects, err)
	}
	return objects
}

// parametersIn reads what is set of the parameters of a kind, which may be nil.
func parametersIn(text string, k *kind.Kind, answer *Answer) map[string]any {
	if answer.tooLong(inParameters, text, folder.SpecLimit()) {
		return nil
	}
	doc := syntax.NewDocument(inParameters, map[string]any{})
	if !isBlank(text) {
		doc = syntax.Parse(inParameters, []byte(text))
	}
	values, isMapping := doc.Value().(map[string]any)
	if !isMapping && len(doc.Faults()) == 0 {
		doc.FaultAt("", "parameters are names with values, such as domain: example.com")
	}
	if k != nil && len(doc.Faults()) == 0 {
		kind.CheckParameters(doc, "", k, values, true)
	}
	answer.add(inParameters, doc.Faults())
	return values
}

// isBlank says whether nothing is written yet.
func isBlank(text string) bool { return strings.TrimSpace(text) == "" }
