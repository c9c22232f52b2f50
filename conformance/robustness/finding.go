package robustness

import (
	"fmt"
	"strings"

	"github.com/maas-kinds/maas/conformance/check"
)

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

func (f findings) checks() []check.Result {
	var checks []check.Result
	for _, invariant := range []string{noPanic, coherent, safe, noFailure, noEvidence, nullAbsent, strangers, shuffled} {
		violations := f[invariant]
		if len(violations) == 0 {
			checks = append(checks, check.Pass(invariant))
			continue
		}
		more := ""
		if len(violations) > maxExamples {
			more = fmt.Sprintf("\nand %d more", len(violations)-maxExamples)
			violations = violations[:maxExamples]
		}
		checks = append(checks, check.Fail(invariant, "%s%s", strings.Join(violations, "\n"), more))
	}
	return checks
}
