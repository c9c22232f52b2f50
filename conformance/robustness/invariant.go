// Package robustness changes the objects of a kind's cases in every way there is,
// and wants what always holds to hold.
package robustness

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/cases"
	"github.com/maas-kinds/maas/conformance/check"
	"github.com/maas-kinds/maas/conformance/evaluation"
	"github.com/maas-kinds/maas/conformance/jsontree"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/phase"
)

// prober changes the objects of one case and notes what does not hold.
type prober struct {
	ctx  context.Context //nolint:containedctx // one walk over one case, and every step of it settles something
	base cases.Fixture
	// published is a kind that reads what the endpoint is made of.
	published *kind.Kind
	name      string
	findings  findings
	// seen are the changes that were made in an earlier case already.
	seen map[string]bool
	err  error
}

// Prove changes the objects of the cases in every way there is: each
// field once for each decision that the cases come to.
func Prove(ctx context.Context, machine *phase.Machine, language *kind.Language, f *cases.Folder) ([]check.Result, error) {
	found, seen := findings{}, map[string]bool{}
	published, err := publishing(language, f)
	if err != nil {
		return nil, err
	}
	for _, c := range f.Cases {
		base, err := cases.FixtureOf(ctx, machine, f, c)
		if err != nil {
			return nil, err
		}
		p := &prober{ctx: ctx, base: base, published: published, name: c.Name, findings: found, seen: seen}
		p.change()
		if p.err != nil {
			return nil, p.err
		}
	}
	return found.checks(), nil
}

// change makes every change of the case's objects that no earlier case has made.
func (p *prober) change() {
	d := p.base.Decided
	p.try(p.base, "as it is")
	for i, object := range p.base.Objects {
		p.dropStatus(i)
		if (i > 0 || p.base.Question.Referent == nil) && p.base.Alone(i) {
			p.lacking(p.base.Without(i), fmt.Sprintf("without %s %s", object.GetKind(), object.GetName()))
		}
		own, published := p.nodes(i, p.base.Question.Kind.Alone()), p.nodes(i, p.published)
		for _, at := range cases.ReadNodes(object.Object) {
			rule, candidate := evaluation.OrNull(d.Decided.Health), evaluation.OrNull(d.Decided.Endpoint)
			if p.first("absent", object, at, string(d.Event), rule, candidate) {
				p.absent(i, at)
			}
			if own[at.String()] && p.first("type", object, at, candidate) {
				p.wrongType(i, at)
			}
			if published[at.String()] && p.first("text", object, at, candidate) {
				p.adversarial(i, at)
			}
		}
		for _, at := range cases.ReadNodes(p.base.Whole[i].Object) {
			p.conditions(i, at)
		}
	}
}

// nodes are the places in an object that a kind itself reads. What only those read
// that it hands objects on to is changed in every way in their own cases.
func (p *prober) nodes(i int, k *kind.Kind) map[string]bool {
	read := map[string]bool{}
	for _, at := range cases.ReadNodes(kind.Project(p.base.Objects[i], k).Object) {
		read[at.String()] = true
	}
	return read
}

// first says whether a field is changed for the first time in cases that come
// to the same decision. The entries of a list are one field.
func (p *prober) first(what string, object *unstructured.Unstructured, at jsontree.Location, decision ...string) bool {
	key := strings.Join(append([]string{what, object.GetAPIVersion(), object.GetKind(), at.Field()}, decision...), "\x00")
	known := p.seen[key]
	p.seen[key] = true
	return !known
}

// try settles a changed fixture and holds what always holds. ok is false when
// there is nothing to compare.
func (p *prober) try(changed cases.Fixture, what string) (evaluation.Result, bool) {
	settled, panicked, err := changed.Evaluate(p.ctx)
	switch {
	case err != nil:
		p.err = err
		return settled, false
	case panicked != "":
		p.findings.note(noPanic, "case %s, %s: panic: %s", p.name, what, panicked)
		return settled, false
	}
	if fault := incoherent(settled); fault != "" {
		p.findings.note(coherent, "case %s, %s: %s", p.name, what, fault)
	}
	if endpoint := settled.Settled.Status.Endpoint; endpoint != "" {
		if fault := adversarialEndpoint(endpoint); fault != "" {
			p.findings.note(safe, "case %s, %s: publishes %q, which %s", p.name, what, endpoint, fault)
		}
	}
	return settled, true
}

// dropStatus takes the status away from an object, as if nothing had looked at
// it yet.
func (p *prober) dropStatus(i int) {
	object, _ := jsontree.Copy(p.base.Objects[i].Object).(map[string]any)
	if object["status"] == nil {
		return
	}
	delete(object, "status")
	what := fmt.Sprintf("%s %s without status", p.base.Objects[i].GetKind(), p.base.Objects[i].GetName())
	p.lacking(p.base.With(i, object), what)
}

// lacking tries a fixture in which something is not there.
func (p *prober) lacking(changed cases.Fixture, what string) {
	settled, ok := p.try(changed, what)
	if !ok {
		return
	}
	v := settled.Decision()
	if fails(v) && !fails(p.base.Decided) {
		p.findings.note(noFailure, "case %s, %s: %s says Failed, and nothing did before", p.name, what, evaluation.OrNull(v.Decided.Health))
	}
	if v.Conditions[v1alpha1.ConditionBackendReady].Status != string(metav1.ConditionTrue) {
		return
	}
	changed.Question.Traced = true
	if settled, ok = p.try(changed, what); ok && !positive(settled.Observation) {
		p.findings.note(noEvidence, "case %s, %s: %s says Ready, although it found nothing: let it also want something that is there",
			p.name, what, evaluation.OrNull(v.Decided.Health))
	}
}

func fails(v evaluation.Decision) bool {
	return v.Conditions[v1alpha1.ConditionBackendReady].Reason == v1alpha1.ReasonBackendFailed
}

// positive says whether the rule that decided found anything at all. One of
// another kind is called OUTER/INNER, and in a trace SUBJECT/INNER.
func positive(o kind.Observation) bool {
	rule := o.Health.Rule
	return rule == "" || slices.ContainsFunc(o.Trace, func(step kind.Step) bool {
		return step.Matched && step.Found != nil && strings.HasPrefix(path.Base(step.Rule), path.Base(rule)+".")
	})
}

// absent takes a field away, and makes it null: both are absence.
func (p *prober) absent(i int, at jsontree.Location) {
	if _, isMember := at[len(at)-1].(string); !isMember {
		return
	}
	object := p.base.Objects[i].Object
	gone, ok := p.try(p.base.With(i, jsontree.Without(object, at)), "without "+at.String())
	null, okNull := p.try(p.base.With(i, jsontree.With(object, at, nil)), at.String()+" null")
	if !ok || !okNull {
		return
	}
	if differences := gone.Decision().Differences(null.Decision()); len(differences) > 0 {
		p.findings.note(nullAbsent, "case %s, %s: absent and null are decided differently (absent, then null):\n%s",
			p.name, at, evaluation.InLines(differences))
	}
	if p.base.Decided.Phase == v1alpha1.PhaseReady && fails(gone.Decision()) {
		p.findings.note(noFailure, "case %s, without %s: %s says Failed, and the model was Ready", p.name, at, evaluation.OrNull(gone.Decision().Decided.Health))
	}
}

// wrongType puts values of every other type where something is read.
func (p *prober) wrongType(i int, at jsontree.Location) {
	object := p.base.Objects[i].Object
	current := fmt.Sprintf("%T", at.In(object))
	for _, wrong := range []any{"wrong", int64(7), 0.5, true, map[string]any{"wrong": "wrong"}, []any{"wrong"}} {
		if fmt.Sprintf("%T", wrong) == current {
			continue
		}
		p.try(p.base.With(i, jsontree.With(object, at, wrong)), at.String()+" of another type")
	}
}

// conditions adds conditions that no backend has, and turns the order round,
// where a list of conditions is read.
func (p *prober) conditions(i int, at jsontree.Location) {
	object := p.base.Whole[i].Object
	entries, ok := at.In(object).([]any)
	if !ok || !areConditions(at, entries) {
		return
	}
	for _, status := range []string{"True", "False", "Unknown"} {
		stranger := map[string]any{"type": "ConformanceStranger", "status": status, "reason": "Unheard", "message": "unheard of"}
		more := append([]any{stranger}, entries...)
		p.unchanged(strangers, p.base.With(i, jsontree.With(object, at, more)), at.String()+" with a condition of an unknown type")
	}
	turned := make([]any, 0, len(entries))
	for j := range entries {
		turned = append(turned, entries[len(entries)-1-j])
	}
	p.unchanged(shuffled, p.base.With(i, jsontree.With(object, at, turned)), at.String()+" in reverse")
}

func (p *prober) unchanged(invariant string, changed cases.Fixture, what string) {
	settled, ok := p.try(changed, what)
	if !ok {
		return
	}
	if differences := p.base.Decided.Differences(settled.Decision()); len(differences) > 0 {
		p.findings.note(invariant, "case %s, %s: is decided differently:\n%s", p.name, what, evaluation.InLines(differences))
	}
}

// areConditions: a list called conditions, each of another type.
func areConditions(at jsontree.Location, entries []any) bool {
	types := map[string]bool{}
	for _, entry := range entries {
		types[jsontree.Text(entry, "type")] = true
	}
	return at[len(at)-1] == "conditions" && len(types) == len(entries) && !types[""]
}
