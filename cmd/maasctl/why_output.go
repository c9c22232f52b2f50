package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/evaluation"
	"github.com/maas-kinds/maas/engine/kind"
)

// reasons are all that reads an object, as -o json shows them.
type reasons struct {
	Object string     `json:"object"`
	Kinds  []kindRow  `json:"kinds"`
	Models []modelRow `json:"models"`
	// Imagined says that there are no models, and what is shown is what one would decide.
	Imagined bool `json:"imagined,omitempty"`
}

// kindRow is a kind that reads objects of the type.
type kindRow struct {
	Kind  string   `json:"kind"`
	File  string   `json:"file"`
	Roles []string `json:"roles"`
}

// modelRow is a model that looks at the object.
type modelRow struct {
	// Model is empty for one that is imagined.
	Model    string         `json:"model,omitempty"`
	Kind     string         `json:"kind"`
	As       string         `json:"as"`
	Phase    v1alpha1.Phase `json:"phase,omitempty"`
	Reason   string         `json:"reason,omitempty"`
	Message  string         `json:"message,omitempty"`
	Endpoint string         `json:"endpoint,omitempty"`
	// Rule and Candidate decided on health and endpoint.
	Rule      string `json:"rule,omitempty"`
	Candidate string `json:"candidate,omitempty"`
	Error     string `json:"error,omitempty"`
}

func (r *modelRow) take(result evaluation.Result) {
	decision := result.Decision()
	r.Phase, r.Reason, r.Message = decision.Phase, result.Settled.Reason, result.Settled.Message
	r.Endpoint, r.Rule, r.Candidate = deref(decision.Endpoint), deref(decision.Decided.Health), deref(decision.Decided.Endpoint)
}

func deref(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

// reasonsOf are the kinds in force that read objects of the type.
func reasonsOf(set *kind.Set, subject *unstructured.Unstructured) reasons {
	found := reasons{Object: strings.TrimSpace(subject.GroupVersionKind().GroupKind().String() + " " + qualifiedName(subject)), Kinds: []kindRow{}, Models: []modelRow{}}
	of := subject.GroupVersionKind().GroupKind()
	for _, k := range set.Kinds() {
		if roles := rolesIn(k, of); len(roles) > 0 {
			found.Kinds = append(found.Kinds, kindRow{k.Name(), k.File(), roles})
		}
	}
	return found
}

func rolesIn(k *kind.Kind, of schema.GroupKind) []string {
	var roles []string
	if k.Refers(of) {
		roles = append(roles, "the backend")
	}
	for _, r := range k.Related() {
		if r.GroupKind() == of {
			roles = append(roles, "beside it, as "+r.As)
		}
	}
	if len(roles) > 0 {
		return roles
	}
	for _, t := range k.Types() {
		if t.GroupKind() == of {
			return []string{"by a kind that it hands objects on to"}
		}
	}
	return nil
}

// writeText cuts no value: each has a line of its own.
func (r reasons) writeText(out io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\nKinds that read it\n", printable(r.Object))
	for _, k := range r.Kinds {
		fmt.Fprintf(&b, "  %-20s %s (%s)\n", k.Kind, strings.Join(k.Roles, "; "), k.File)
	}
	if len(r.Kinds) == 0 {
		b.WriteString("  none\n")
	}
	if r.Imagined {
		b.WriteString("\nNo MaaSModel was given. One that points at it would be\n")
	} else {
		b.WriteString("\nMaaSModels that look at it\n")
	}
	for _, m := range r.Models {
		fmt.Fprintf(&b, "  %s (%s) has it as %s\n", printable(cmp.Or(m.Model, "a MaaSModel")), printable(m.Kind), printable(m.As))
		if m.Error != "" {
			fmt.Fprintf(&b, "    not known: %s\n", printable(m.Error))
			continue
		}
		fmt.Fprintf(&b, "    %s by %s: %s: %s\n", m.Phase, cmp.Or(m.Rule, "no rule"), m.Reason, printable(m.Message))
		fmt.Fprintf(&b, "    endpoint %s by %s\n", printable(cmp.Or(m.Endpoint, "none")), cmp.Or(m.Candidate, "no candidate"))
	}
	if len(r.Models) == 0 {
		b.WriteString("  none\n")
	}
	_, err := io.WriteString(out, b.String())
	return err
}
