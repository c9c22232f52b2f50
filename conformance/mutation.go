package conformance

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/engine/kind/syntax"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
)

const mutantPrefix = "mutant "

// proveMutants has a check for each mutant that the language accepts: passed
// when a case tells it from the kind-spec, skipped when it is waived.
func (s *Suite) proveMutants(ctx context.Context, f *Folder) ([]Check, error) {
	decided, err := s.decide(ctx, f, f.Kind)
	if err != nil {
		return nil, err
	}
	// Mutants are refused for what was changed, and not for how they are made:
	// the unchanged kind-spec goes the same way.
	spec := f.withoutUnread()
	if _, err := s.compile(f, mutant{name: specFile, spec: deciding(spec)}); err != nil {
		return nil, fmt.Errorf("making mutants: the unchanged kind-spec does not compile any more: %w", err)
	}
	waived := map[string]string{}
	for _, w := range f.Waivers {
		waived[w.Mutant] = w.Reason
	}
	var checks []Check
	survived := map[string]bool{}
	scenes := &variations{suite: s, folder: f, missing: firstMissing(f, decided)}
	for _, m := range mutantsOf(spec) {
		k, err := s.compile(f, m)
		var refused syntax.Faults
		if errors.As(err, &refused) {
			continue
		}
		if err != nil {
			return nil, err
		}
		killed, err := s.kills(ctx, f, k, decided)
		if err != nil {
			return nil, fmt.Errorf("mutant %s: %w", m.name, err)
		}
		name := mutantPrefix + m.name
		survived[m.name] = !killed
		reason, isWaived := waived[m.name]
		switch {
		case killed:
			checks = append(checks, pass(name))
		case isWaived:
			checks = append(checks, skip(name, "waived: %s", reason))
		default:
			advice, err := scenes.advice(ctx, m, k)
			if err != nil {
				return nil, fmt.Errorf("mutant %s: %w", m.name, err)
			}
			checks = append(checks, fail(name, "%s: no case notices it. %s", f.File(specFile), advice))
		}
	}
	for _, w := range f.Waivers {
		if !survived[w.Mutant] {
			checks = append(checks, fail("waiver "+w.Mutant, "%s: waives %q, which a case kills or which does not exist: remove the waiver",
				f.File(casesFile), w.Mutant))
		}
	}
	return checks, nil
}

// compile makes a kind of a mutant, which hands on to the same kinds.
func (s *Suite) compile(f *Folder, m mutant) (*kind.Kind, error) {
	mk := &v1alpha1.ModelKind{ObjectMeta: metav1.ObjectMeta{Name: strings.ToLower(f.Kind.Name())}, Spec: *m.spec}
	mk.Spec.Name = f.Kind.Name()
	k, err := s.language.CompileSpec(m.name, mk)
	if err != nil {
		return nil, err
	}
	return k.LinkLike(f.Kind), nil
}

// decide gives what each case decides with a kind.
func (s *Suite) decide(ctx context.Context, f *Folder, k *kind.Kind) ([]Decision, error) {
	var verdicts []Decision
	for _, c := range f.Cases {
		q := c.question(f)
		q.Kind = k
		settled, err := Evaluate(ctx, s.machine, q)
		if err != nil {
			return nil, fmt.Errorf("case %s: %w", c.Name, err)
		}
		verdicts = append(verdicts, settled.Decision())
	}
	return verdicts, nil
}

// kills says whether some case decides otherwise with a mutant.
func (s *Suite) kills(ctx context.Context, f *Folder, mutant *kind.Kind, decided []Decision) (bool, error) {
	for i, c := range f.Cases {
		q := c.question(f)
		q.Kind = mutant
		settled, err := Evaluate(ctx, s.machine, q)
		if err != nil {
			return false, fmt.Errorf("case %s: %w", c.Name, err)
		}
		if !settled.Decision().same(decided[i]) {
			return true, nil
		}
	}
	return false, nil
}

// same compares what a decision says, and which rule and candidate made it: they
// have names, which a mutant keeps. Messages do not count: they quote the
// kind-spec, and differ wherever that does.
func (v Decision) same(w Decision) bool {
	return v.Event == w.Event && v.Phase == w.Phase && maps.Equal(v.Conditions, w.Conditions) && orNull(v.Endpoint) == orNull(w.Endpoint) &&
		orNull(v.Decided.Health) == orNull(w.Decided.Health) && orNull(v.Decided.Endpoint) == orNull(w.Decided.Endpoint)
}

// Mutation is the score of a kind's cases.
type Mutation struct {
	Killed, Survived int
	// Waived are the survivors that have a waiver.
	Waived int
}

// Score is killed of those that count, in per cent; 100 when none does.
func (m Mutation) Score() float64 {
	if counted := m.Killed + m.Survived; counted > 0 {
		return 100 * float64(m.Killed) / float64(counted)
	}
	return 100
}

// Mutation counts the mutants of the proof; nil when none were made.
func (p Proof) Mutation() *Mutation {
	i := slices.IndexFunc(p.Levels, func(l LevelProof) bool { return l.ID == hardness })
	if i < 0 || p.Folder.Kind == nil {
		return nil
	}
	m := &Mutation{}
	for _, c := range p.Levels[i].Checks {
		if !strings.HasPrefix(c.Name, mutantPrefix) {
			continue
		}
		switch c.Outcome {
		case Passed:
			m.Killed++
		case Failed:
			m.Survived++
		case Skipped:
			m.Waived++
		}
	}
	return m
}
