package conformance

import (
	"fmt"
	"math"
	"time"

	"github.com/maas-kinds/maas/conformance/check"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// Report sums up proofs in the manner of Gateway API's ConformanceReport; its
// schema is schemas.Report.
type Report struct {
	APIVersion string       `json:"apiVersion"`
	Kind       string       `json:"kind"`
	Date       string       `json:"date"`
	Version    string       `json:"version"`
	Result     Result       `json:"result"`
	Partial    bool         `json:"partial"`
	Kinds      []KindReport `json:"kinds"`
}

// Result of a kind, or of a level.
type Result string

// The results. A partial one has no failure, but a core level was skipped; a
// level has ResultSkipped where no check of it could be made.
const (
	ResultSuccess Result = "success"
	ResultFailure Result = "failure"
	ResultPartial Result = "partial"
	ResultSkipped Result = "skipped"
)

// KindReport is what was found about one kind.
type KindReport struct {
	Name              string          `json:"name"`
	Revision          string          `json:"revision,omitempty"`
	Result            Result          `json:"result"`
	Partial           bool            `json:"partial"`
	SupportedFeatures []string        `json:"supportedFeatures"`
	Levels            []LevelReport   `json:"levels"`
	Mutation          *MutationReport `json:"mutation,omitempty"`
}

// LevelReport is one level of proof.
type LevelReport struct {
	Level         string        `json:"level"`
	Title         string        `json:"title"`
	Core          bool          `json:"core"`
	Result        Result        `json:"result"`
	Statistics    Statistics    `json:"statistics"`
	FailedChecks  []CheckReport `json:"failedChecks,omitempty"`
	SkippedChecks []CheckReport `json:"skippedChecks,omitempty"`
}

// Statistics count checks by their outcome.
type Statistics struct {
	Passed  int `json:"passed"`
	Failed  int `json:"failed"`
	Skipped int `json:"skipped"`
}

// CheckReport is a check that did not pass.
type CheckReport struct {
	Name    string `json:"name"`
	Message string `json:"message"`
}

// MutationReport is a Mutation with its score in per cent, to one decimal place.
type MutationReport struct {
	Killed   int     `json:"killed"`
	Survived int     `json:"survived"`
	Waived   int     `json:"waived"`
	Score    float64 `json:"score"`
}

// NewReport sums proofs up. Version is that of the suite.
func NewReport(proofs []Proof, version string, date time.Time) Report {
	r := Report{
		APIVersion: "maas.opendatahub.io/v1alpha1", Kind: "ConformanceReport",
		Date: date.UTC().Format(time.RFC3339), Version: version, Result: ResultSuccess, Kinds: []KindReport{},
	}
	for _, proof := range proofs {
		k := reportOf(proof)
		r.Kinds = append(r.Kinds, k)
		r.Partial = r.Partial || k.Partial
		if k.Result == ResultFailure || r.Result == ResultSuccess {
			r.Result = k.Result
		}
	}
	return r
}

// YAML is the report as a document.
func (r Report) YAML() ([]byte, error) {
	content, err := syntax.YAML(r)
	if err != nil {
		return nil, fmt.Errorf("writing the report: %w", err)
	}
	return content, nil
}

func reportOf(proof Proof) KindReport {
	k := KindReport{Name: proof.Folder.Name, Result: proof.Result(), Partial: proof.Partial(), SupportedFeatures: proof.Folder.Features()}
	if proof.Folder.Kind != nil {
		k.Revision = proof.Folder.Kind.Revision()
	}
	for _, level := range proof.Levels {
		k.Levels = append(k.Levels, reportOfLevel(level))
	}
	if m := proof.Mutation(); m != nil {
		// Rounded down, lest a survivor vanish in 100.
		k.Mutation = &MutationReport{m.Killed, m.Survived, m.Waived, math.Floor(10*m.Percent()) / 10}
	}
	return k
}

func reportOfLevel(level LevelProof) LevelReport {
	l := LevelReport{
		Level: level.ID, Title: level.Title, Core: level.Core, Result: level.Result(),
		Statistics: Statistics{level.Count(check.Passed), level.Count(check.Failed), level.Count(check.Skipped)},
	}
	for _, result := range level.Checks {
		switch result.Outcome {
		case check.Failed:
			l.FailedChecks = append(l.FailedChecks, CheckReport{result.Name, result.Message})
		case check.Skipped:
			l.SkippedChecks = append(l.SkippedChecks, CheckReport{result.Name, result.Message})
		case check.Passed:
		}
	}
	return l
}
