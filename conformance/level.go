package conformance

import (
	"context"

	"golang.org/x/sync/errgroup"

	"github.com/maas-kinds/maas/conformance/cases"
	"github.com/maas-kinds/maas/conformance/check"
	"github.com/maas-kinds/maas/conformance/mutation"
	"github.com/maas-kinds/maas/conformance/robustness"
)

// Level is one kind of proof. A level is run only when the kind-spec compiles,
// but for L0, which says that it does not.
type Level struct {
	// ID is "L0" to "L5".
	ID string
	// Title is one word for people.
	Title string
	// Core levels make a report partial when one of their checks is skipped.
	Core bool
	// Prove gives the checks. The error means that the suite itself is broken.
	Prove func(context.Context, *Suite, *cases.Folder) ([]check.Result, error)
}

// Levels are the levels that need no cluster, in the order in which they run.
func Levels() []Level {
	return []Level{
		{ID: "L0", Title: "schema", Core: true, Prove: proveSchema},
		{ID: "L1", Title: "static", Core: true, Prove: proveStatic},
		{ID: "L2", Title: "cases", Core: true, Prove: func(ctx context.Context, s *Suite, f *cases.Folder) ([]check.Result, error) {
			return cases.Prove(ctx, s.machine, f)
		}},
		{ID: robustnessID, Title: "robustness", Core: true, Prove: proveRobustness},
	}
}

const robustnessID = "L3"

func proveSchema(_ context.Context, _ *Suite, f *cases.Folder) ([]check.Result, error) {
	return f.Schema, nil
}

// proveRobustness changes the objects, then the kind-spec.
func proveRobustness(ctx context.Context, s *Suite, f *cases.Folder) ([]check.Result, error) {
	if len(f.Cases) == 0 {
		return []check.Result{check.Skip("cases", "there is no case without faults whose objects could be changed, see L0")}, nil
	}
	// Both take about as long, and neither knows of the other.
	var invariants, mutants []check.Result
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		invariants, err = robustness.Prove(ctx, s.machine, s.language, f)
		return err
	})
	group.Go(func() (err error) {
		mutants, err = mutation.Prove(ctx, s.machine, s.language, f)
		return err
	})
	err := group.Wait()
	return append(invariants, mutants...), err
}
