package conformance

import (
	"context"
	"fmt"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/maas-kinds/maas/conformance/cases"
	"github.com/maas-kinds/maas/conformance/check"
	"github.com/maas-kinds/maas/conformance/mutation"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/phase"
	"github.com/maas-kinds/maas/engine/registry"
)

// Suite holds what every kind is proved with. It is safe for concurrent use.
type Suite struct {
	machine  *phase.Machine
	language *kind.Language
	reader   *cases.Reader
}

// New makes a suite. The error means that the program itself is broken.
func New() (*Suite, error) {
	machine, err := phase.New()
	if err != nil {
		return nil, fmt.Errorf("making the state machine: %w", err)
	}
	language, err := kind.NewLanguage()
	if err != nil {
		return nil, err
	}
	reader, err := cases.NewReader(machine)
	if err != nil {
		return nil, err
	}
	return &Suite{machine: machine, language: language, reader: reader}, nil
}

// Load reads the kinds of sources.
func (s *Suite) Load(sources ...registry.Source) ([]*cases.Folder, error) {
	return s.reader.Load(sources...)
}

// Complete is the content of cases.yaml with what is decided now where a case
// does not say yet what has to follow, and those cases.
func (s *Suite) Complete(ctx context.Context, f *cases.Folder, content []byte) ([]byte, []cases.Case, error) {
	return s.reader.Complete(ctx, f, content)
}

// Proof is what a kind was held against, level by level.
type Proof struct {
	Folder *cases.Folder
	Levels []LevelProof
}

// LevelProof is the checks of one level.
type LevelProof struct {
	Level
	Checks []check.Result
}

// Count says how many of the checks ended so.
func (l LevelProof) Count(outcome check.Outcome) int {
	n := 0
	for _, c := range l.Checks {
		if c.Outcome == outcome {
			n++
		}
	}
	return n
}

// Prove runs the levels on one kind. A kind-spec that does not compile is
// skipped by every level but L0. The error means that the suite itself is broken.
func (s *Suite) Prove(ctx context.Context, f *cases.Folder, levels []Level) (Proof, error) {
	proof := Proof{Folder: f}
	for _, level := range levels {
		var checks []check.Result
		if f.Kind == nil && level.ID != "L0" {
			checks = []check.Result{check.Skip(level.Title, "the kind-spec has faults, see L0")}
		} else {
			var err error
			if checks, err = level.Prove(ctx, s, f); err != nil {
				return proof, fmt.Errorf("%s of the kind %s: %w", level.ID, f.Name, err)
			}
		}
		proof.Levels = append(proof.Levels, LevelProof{Level: level, Checks: checks})
	}
	return proof, nil
}

// ProveAll proves kinds side by side, in the order of the folders. After each it calls
// proved, which is for several goroutines.
func (s *Suite) ProveAll(ctx context.Context, folders []*cases.Folder, levels []Level, proved func()) ([]Proof, error) {
	proofs := make([]Proof, len(folders))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, f := range folders {
		group.Go(func() (err error) {
			proofs[i], err = s.Prove(ctx, f, levels)
			proved()
			return err
		})
	}
	return proofs, group.Wait()
}

// Mutation is the score of the mutants; nil when none were made.
func (p Proof) Mutation() *mutation.Score {
	i := slices.IndexFunc(p.Levels, func(l LevelProof) bool { return l.ID == robustnessID })
	if i < 0 || p.Folder.Kind == nil {
		return nil
	}
	return mutation.ScoreOf(p.Levels[i].Checks)
}

// Failed says whether any check failed.
func (p Proof) Failed() bool {
	for _, l := range p.Levels {
		if l.Count(check.Failed) > 0 {
			return true
		}
	}
	return false
}

// Partial says whether a core level was skipped as a whole.
func (p Proof) Partial() bool {
	for _, l := range p.Levels {
		if l.Core && l.Result() == ResultSkipped {
			return true
		}
	}
	return false
}

// Result is failure where any check failed, partial where a core level was skipped.
func (p Proof) Result() Result {
	switch {
	case p.Failed():
		return ResultFailure
	case p.Partial():
		return ResultPartial
	}
	return ResultSuccess
}

// Result is skipped where no check of the level could be made.
func (l LevelProof) Result() Result {
	switch {
	case l.Count(check.Failed) > 0:
		return ResultFailure
	case l.Count(check.Skipped) == len(l.Checks):
		return ResultSkipped
	}
	return ResultSuccess
}
