// Package mutation changes a kind-spec in one thing after the other, and wants a
// case to notice each. What no case notices it shows an object for that would.
package mutation

import (
	"context"
	"errors"
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/cases"
	"github.com/maas-kinds/maas/conformance/check"
	"github.com/maas-kinds/maas/conformance/evaluation"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/folder"
	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/engine/phase"
)

const mutantPrefix = "mutant "

// prover holds the cases of one folder against mutants.
type prover struct {
	machine  *phase.Machine
	language *kind.Language
	folder   *cases.Folder
	// decided is what the cases decide without any change.
	decided []evaluation.Decision
	// waived are the reasons of waivers, by the mutant's name.
	waived   map[string]string
	survived map[string]bool
	checks   []check.Result
}

// holding is how the cases notice mutants of one sort, and what to do about one
// that they do not.
type holding struct {
	kills  func(context.Context, *kind.Kind) (bool, error)
	advice func(context.Context, mutant, *kind.Kind) (string, error)
}

// Prove has a check for each mutant that the language accepts: passed
// when a case tells it from the kind-spec, skipped when it is waived.
func Prove(ctx context.Context, machine *phase.Machine, language *kind.Language, f *cases.Folder) ([]check.Result, error) {
	decided, err := f.Decide(ctx, machine, f.Kind)
	if err != nil {
		return nil, err
	}
	p := &prover{machine: machine, language: language, folder: f, decided: decided, waived: map[string]string{}, survived: map[string]bool{}}
	for _, w := range f.Waivers {
		p.waived[w.Mutant] = w.Reason
	}
	// Mutants are refused for what was changed, and not for how they are made:
	// the unchanged kind-spec goes the same way.
	spec := withoutUnread(f)
	if _, err := p.compile(mutant{name: folder.SpecFile, spec: deciding(spec)}); err != nil {
		return nil, fmt.Errorf("making mutants: the unchanged kind-spec does not compile any more: %w", err)
	}
	search := &variations{machine: machine, folder: f, missing: cases.FirstMissing(f, decided)}
	if err := p.hold(ctx, mutantsOf(spec), holding{p.kills, search.advice}); err != nil {
		return nil, err
	}
	if err := p.hold(ctx, mutantsOfModel(spec), holding{p.killsModel, p.adviceOnModel}); err != nil {
		return nil, err
	}
	for _, w := range f.Waivers {
		if !p.survived[w.Mutant] {
			p.checks = append(p.checks, check.Fail("waiver "+w.Mutant, "%s: waives %q, which a case kills or which does not exist: remove the waiver",
				f.File(folder.CasesFile), w.Mutant))
		}
	}
	return p.checks, nil
}

// hold has a check for each of some mutants.
func (p *prover) hold(ctx context.Context, mutants []mutant, by holding) error {
	for _, m := range mutants {
		k, err := p.compile(m)
		var refused syntax.Faults
		if errors.As(err, &refused) {
			continue
		}
		if err != nil {
			return err
		}
		killed, err := by.kills(ctx, k)
		if err != nil {
			return fmt.Errorf("mutant %s: %w", m.name, err)
		}
		name := mutantPrefix + m.name
		p.survived[m.name] = !killed
		reason, isWaived := p.waived[m.name]
		switch {
		case killed:
			p.checks = append(p.checks, check.Pass(name))
		case isWaived:
			p.checks = append(p.checks, check.Skip(name, "waived: %s", reason))
		default:
			advice, err := by.advice(ctx, m, k)
			if err != nil {
				return fmt.Errorf("mutant %s: %w", m.name, err)
			}
			p.checks = append(p.checks, check.Fail(name, "%s: no case notices it. %s", p.folder.File(folder.SpecFile), advice))
		}
	}
	return nil
}

// compile makes a kind of a mutant, which hands on to the same kinds.
func (p *prover) compile(m mutant) (*kind.Kind, error) {
	mk := &v1alpha1.ModelKind{ObjectMeta: metav1.ObjectMeta{Name: strings.ToLower(p.folder.Kind.Name())}, Spec: *m.spec}
	mk.Spec.Name = p.folder.Kind.Name()
	k, err := p.language.CompileVariant(m.name, mk)
	if err != nil {
		return nil, err
	}
	return k.LinkLike(p.folder.Kind), nil
}

// kills says whether some case decides otherwise with a mutant.
func (p *prover) kills(ctx context.Context, mutant *kind.Kind) (bool, error) {
	for i, c := range p.folder.Cases {
		settled, err := c.Evaluate(ctx, p.machine, mutant)
		if err != nil {
			return false, err
		}
		if !settled.Decision().Same(p.decided[i]) {
			return true, nil
		}
	}
	return false, nil
}

// Score of a kind's cases.
type Score struct {
	Killed, Survived int
	// Waived are the survivors that have a waiver.
	Waived int
}

// Percent is killed of those that count; 100 when none does.
func (s Score) Percent() float64 {
	if counted := s.Killed + s.Survived; counted > 0 {
		return 100 * float64(s.Killed) / float64(counted)
	}
	return 100
}

// ScoreOf counts the mutants among checks.
func ScoreOf(checks []check.Result) *Score {
	s := &Score{}
	for _, c := range checks {
		if !strings.HasPrefix(c.Name, mutantPrefix) {
			continue
		}
		switch c.Outcome {
		case check.Passed:
			s.Killed++
		case check.Failed:
			s.Survived++
		case check.Skipped:
			s.Waived++
		}
	}
	return s
}
