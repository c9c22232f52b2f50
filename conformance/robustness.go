package conformance

import (
	"context"
	"fmt"
	"strings"

	"golang.org/x/sync/errgroup"
)

const hardness = "L3"

// proveRobustness changes the objects, then the kind-spec.
func proveRobustness(ctx context.Context, s *Suite, f *Folder) ([]Check, error) {
	if len(f.Cases) == 0 {
		return []Check{skip("cases", "there is no case without faults whose objects could be changed, see L0")}, nil
	}
	// Both take about as long, and neither knows of the other.
	var invariants, mutants []Check
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		invariants, err = s.proveInvariants(ctx, f)
		return err
	})
	group.Go(func() (err error) {
		mutants, err = s.proveMutants(ctx, f)
		return err
	})
	err := group.Wait()
	return append(invariants, mutants...), err
}

// The invariants that hold of every kind, however its objects are changed.
const (
	noPanic     = "nothing panics"
	coherent    = "phase, conditions and endpoint say the same"
	safe        = "no hostile endpoint is published"
	noFailure   = "absence is no failure"
	noEvidence  = "absence is no readiness"
	nullAbsent  = "null is absent"
	strangers   = "unknown conditions change nothing"
	shuffled    = "the order of conditions changes nothing"
	maxExamples = 3
)

// findings are the violations of each invariant.
type findings map[string][]string

func (f findings) note(invariant, format string, args ...any) {
	f[invariant] = append(f[invariant], fmt.Sprintf(format, args...))
}

func (f findings) checks() []Check {
	var checks []Check
	for _, invariant := range []string{noPanic, coherent, safe, noFailure, noEvidence, nullAbsent, strangers, shuffled} {
		violations := f[invariant]
		if len(violations) == 0 {
			checks = append(checks, pass(invariant))
			continue
		}
		more := ""
		if len(violations) > maxExamples {
			more = fmt.Sprintf("\nand %d more", len(violations)-maxExamples)
			violations = violations[:maxExamples]
		}
		checks = append(checks, fail(invariant, "%s%s", strings.Join(violations, "\n"), more))
	}
	return checks
}
