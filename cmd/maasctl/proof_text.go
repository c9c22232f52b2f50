package main

import (
	"fmt"
	"io"
	"math"
	"strings"
	"text/tabwriter"

	"github.com/maas-kinds/maas/conformance"
	"github.com/maas-kinds/maas/conformance/check"
	"github.com/maas-kinds/maas/conformance/mutation"
)

// writeProofs shows people a table of the kinds, and then what is wrong.
func writeProofs(out io.Writer, proofs []conformance.Proof, verbose bool) error {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	if len(proofs) > 0 {
		fmt.Fprint(w, "KIND")
		for _, level := range proofs[0].Levels {
			fmt.Fprintf(w, "\t%s %s", level.ID, level.Title)
		}
		fmt.Fprintln(w, "\tMUTANTS\tRESULT")
	}
	for _, proof := range proofs {
		fmt.Fprint(w, proof.Folder.Name)
		for _, level := range proof.Levels {
			fmt.Fprintf(w, "\t%s", tally(level))
		}
		fmt.Fprintf(w, "\t%s\t%s\n", score(proof.Mutation()), strings.ToUpper(string(proof.Result())))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, proof := range proofs {
		writeChecks(&b, proof, verbose)
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// tally gives "12/14": so many of the checks that were made passed.
func tally(level conformance.LevelProof) string {
	passed, skipped := level.Count(check.Passed), level.Count(check.Skipped)
	switch made := len(level.Checks) - skipped; {
	case made == 0:
		return "skipped"
	case skipped > 0:
		return fmt.Sprintf("%d/%d, %d skipped", passed, made, skipped)
	default:
		return fmt.Sprintf("%d/%d", passed, made)
	}
}

// score gives "97% of 34, 1 waived".
func score(m *mutation.Score) string {
	if m == nil {
		return "-"
	}
	text := fmt.Sprintf("%.0f%% of %d", math.Floor(m.Percent()), m.Killed+m.Survived)
	if m.Waived > 0 {
		text += fmt.Sprintf(", %d waived", m.Waived)
	}
	return text
}

func writeChecks(out io.Writer, proof conformance.Proof, verbose bool) {
	for _, level := range proof.Levels {
		for _, result := range level.Checks {
			if result.Outcome != check.Failed && !verbose {
				continue
			}
			mark := map[check.Outcome]string{check.Passed: "✓", check.Failed: "✗", check.Skipped: "–"}[result.Outcome]
			fmt.Fprintf(out, "\n%s %s %s: %s", mark, proof.Folder.Name, level.ID, result.Name)
			if result.Message != "" {
				message := strings.ReplaceAll(result.Message, "\n", "\n    ")
				fmt.Fprintf(out, "\n    %s", message)
			}
		}
	}
	if verbose || proof.Failed() {
		fmt.Fprintln(out)
	}
}
