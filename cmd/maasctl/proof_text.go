package main

import (
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/maas-kinds/maas/cmd/internal/screen"
	"github.com/maas-kinds/maas/conformance"
	"github.com/maas-kinds/maas/conformance/check"
	"github.com/maas-kinds/maas/conformance/mutation"
)

// writeProofs shows people a table of the kinds, and then what is wrong.
func writeProofs(std ioStreams, proofs []conformance.Proof, verbose bool) error {
	var table screen.Table
	if len(proofs) > 0 {
		heading := []string{"KIND"}
		for _, level := range proofs[0].Levels {
			heading = append(heading, level.ID+" "+level.Title)
		}
		table.Add(append(heading, "MUTANTS", "RESULT")...)
	}
	for _, proof := range proofs {
		row := []string{proof.Folder.Name}
		for _, level := range proof.Levels {
			row = append(row, tally(level))
		}
		table.Add(append(row, score(proof.Mutation()), strings.ToUpper(string(proof.Result())))...)
	}
	if err := table.Write(std.out, std.screen.Width); err != nil {
		return err
	}
	var b strings.Builder
	for _, proof := range proofs {
		writeChecks(&b, proof, verbose)
	}
	_, err := io.WriteString(std.out, std.wrapped(b.String()))
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
