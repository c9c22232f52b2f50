package conformance

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

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
	if err := s.sound(f); err != nil {
		return nil, err
	}
	waived := map[string]Waiver{}
	for _, w := range f.Waivers {
		waived[w.Mutant] = w
	}
	var checks []Check
	survived := map[string]bool{}
	for _, m := range mutantsOf(f.Spec) {
		k, err := s.language.Compile(m.name, m.document)
		var refused kind.Faults
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
		survived[m.name] = !killed
		name := mutantPrefix + m.name
		waiver, isWaived := waived[m.name]
		switch {
		case killed:
			checks = append(checks, pass(name))
		case isWaived:
			checks = append(checks, skip(name, "waived: %s", waiver.Reason))
		default:
			checks = append(checks, fail(name, "%s: no case notices it. Write one that does, or, if no object can tell the two apart, waive %q with the reason in %s",
				f.File(specFile), m.name, f.File(casesFile)))
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

// sound makes sure that mutants are refused for what was changed, and not for
// how they are made: the kind-spec goes the same way unchanged.
func (s *Suite) sound(f *Folder) error {
	document, _ := deepCopy(f.Spec).(map[string]any)
	prune(field(document, "spec"))
	if _, err := s.language.Compile(f.File(specFile), document); err != nil {
		return fmt.Errorf("making mutants: the unchanged kind-spec does not compile any more: %w", err)
	}
	return nil
}

// decide gives what each case decides with a kind.
func (s *Suite) decide(ctx context.Context, f *Folder, k *kind.Kind) ([]Verdict, error) {
	var verdicts []Verdict
	for _, c := range f.Cases {
		q := c.question(f)
		q.Kind = k
		settled, err := Settle(ctx, s.machine, q)
		if err != nil {
			return nil, fmt.Errorf("case %s: %w", c.Name, err)
		}
		verdicts = append(verdicts, settled.Verdict())
	}
	return verdicts, nil
}

// kills says whether some case decides otherwise with a mutant. Which rule
// decided does not count: its number changes with the rules before it.
func (s *Suite) kills(ctx context.Context, f *Folder, mutant *kind.Kind, decided []Verdict) (bool, error) {
	for i, c := range f.Cases {
		q := c.question(f)
		q.Kind = mutant
		settled, err := Settle(ctx, s.machine, q)
		if err != nil {
			return false, fmt.Errorf("case %s: %w", c.Name, err)
		}
		if !settled.Verdict().same(decided[i]) {
			return true, nil
		}
	}
	return false, nil
}

// same compares what a decision means, not what decided.
func (v Verdict) same(w Verdict) bool {
	return v.Event == w.Event && v.Phase == w.Phase && orNull(v.Endpoint) == orNull(w.Endpoint) && maps.Equal(v.Conditions, w.Conditions)
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
