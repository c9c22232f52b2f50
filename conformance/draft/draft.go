package draft

import (
	"errors"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/contract"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// State is one object of the backend as it was at some time, and where that was seen.
type State struct {
	Name   string
	Object *unstructured.Unstructured
}

// Input is what a draft is made from: a contract, or states, or both.
type Input struct {
	// Name of the kind; that of the Kubernetes kind when empty.
	Name     string
	Contract *contract.Contract
	// States are objects of one type.
	States []State
	// Beside are objects of other types that were seen with them.
	Beside []*unstructured.Unstructured
	// Kinds are those to which an object beside may be handed on; nil for none.
	Kinds *kind.Set
}

// ErrNothing says that there is nothing to make a draft from.
var ErrNothing = errors.New("neither an object nor a CRD was given")

// Draft is a first kind-spec.
type Draft struct {
	// Name of the kind.
	Name string
	// Spec is the text of kind.yaml.
	Spec string
	// Ready says that something was seen that says so.
	Ready bool
	// Beside are the objects of which it speaks.
	Beside []Neighbour
}

// Of makes a draft. It is the caller who strips the objects first: values that were seen
// are in the comments.
func Of(in Input) (Draft, error) {
	s, err := surveyOf(in)
	if err != nil {
		return Draft{}, err
	}
	name := in.Name
	if name == "" {
		name = s.kind
	}
	if err := s.plain(name); err != nil {
		return Draft{}, err
	}
	beside := s.besides(in.Beside, in.Kinds)
	health, endpoint := s.health(beside), s.endpoint(beside)
	d := Draft{Name: name, Ready: health.ready}
	for _, b := range beside {
		if b.used {
			d.Beside = append(d.Beside, Neighbour{b.as, b.object})
		}
	}
	var t text
	s.head(&t, name)
	s.subjects(&t, beside, health)
	t.health(health)
	t.endpoint(endpoint)
	t.line("  # A caller sees the model whom GET /v1/models answers with 2xx or 405. Where the backend has another path, write probe.")
	t.model(s.model())
	d.Spec = t.String()
	return d, nil
}

// schemaAddress is where editors read the schema of a kind-spec that may lie anywhere.
const schemaAddress = "https://raw.githubusercontent.com/maas-kinds/maas/main/schemas/kindspec.schema.json"

// head is everything before the subjects.
func (s *survey) head(t *text, name string) {
	t.line("# yaml-language-server: $schema=%s", schemaAddress)
	t.line("# A first kind-spec, made by maasctl new. Comments say what was seen; what was not seen is commented out, for you to decide.")
	t.line("apiVersion: maas.opendatahub.io/v1alpha1\nkind: ModelKind\nmetadata: {name: %s}\nspec:", strings.ToLower(name))
	if name != strings.ToLower(name) && name != s.kind || name == strings.ToLower(s.kind) {
		t.line("  name: %s", name)
	}
	t.line("  description: %s of %s", s.kind, orCore(s.group))
	t.line("  referent:\n    group: %q\n    kind: %s", s.group, s.kind)
	if len(s.versions) > 1 {
		t.line("    # Those that are served, the one that was looked at first.")
	}
	for _, version := range s.unlike {
		t.comment("    ", "Served as well: "+version+".")
	}
	t.line("    versions: [%s]", strings.Join(s.versions, ", "))
	if s.scope == kind.ScopeCluster {
		t.line("    scope: Cluster")
	}
	s.generation(t)
}

func orCore(group string) string {
	if group == "" {
		return "Kubernetes"
	}
	return group
}

// generation is a gate only where it was seen that the backend fills the field: with one
// that never does, nothing would ever be ready.
func (s *survey) generation(t *text) {
	const path = "$.status.observedGeneration"
	switch seen := s.field(path); {
	case seen != nil:
		if lacking := s.lackingWhere(path); lacking != "" {
			t.line("  # Not in %s, which says that it is ready: this would make that one not ready.\n  # generation: %s", lacking, path)
			return
		}
		t.line("  # %s\n  generation: %s", s.history(seen), path)
	case s.dated != "":
		t.line("  # Conditions have an observedGeneration of their own: %s.\n  generation: PerCondition", s.dated)
	case s.described(path) != nil:
		t.line("  # The CRD has the field, and no object that was given fills it. With a backend that never does, nothing is ever ready.")
		t.line("  # generation: %s", path)
	default:
		t.line("  # No observedGeneration was seen: a status that is older than the spec is taken for the current one.")
	}
}

// lackingWhere names a state that is ready by its own word and has no such field.
func (s *survey) lackingWhere(path string) string {
	best := s.readySigns()
	if len(best) == 0 {
		return ""
	}
	field := s.field(path)
	for i, holds := range best[0].holds {
		if holds && field.at(i) == nil {
			return s.states[i].Name
		}
	}
	return ""
}

// text is a kind-spec as it is being written.
type text struct{ strings.Builder }

func (t *text) line(format string, args ...any) {
	fmt.Fprintf(&t.Builder, format+"\n", args...)
}

// comment writes evidence above a line, at its indentation.
func (t *text) comment(indent, says string) {
	if says != "" {
		t.line("%s# %s", indent, oneLine(says))
	}
}

// maxComment is how long a line of evidence may be, in bytes.
const maxComment = 600

// oneLine makes what strangers wrote fit behind a #.
func oneLine(says string) string {
	return syntax.Message(strings.Join(strings.Fields(syntax.Visible(says)), " "), maxComment)
}

// entry is one line of a list, with the reason for it.
type entry struct {
	says string
	// line is its content; off writes it as a comment.
	line map[string]any
	off  bool
}

// entries writes those that count, and then the others as comments.
func (t *text) entries(indent string, all []entry) {
	for _, e := range all {
		if !e.off {
			t.comment(indent, e.says)
			t.line("%s- %s", indent, syntax.Flow(e.line))
		}
	}
	for _, e := range all {
		if e.off {
			t.comment(indent, e.says)
			t.line("%s# - %s", indent, syntax.Flow(e.line))
		}
	}
}
