package main

import (
	"encoding/json"
	"io"

	"github.com/maas-kinds/maas/engine/plan"
)

// planReport is what -o json shows.
type planReport struct {
	APIVersion string     `json:"apiVersion"`
	Kind       string     `json:"kind"`
	Result     planResult `json:"result"`
	// Cluster is the address of the API server, and Files are the kind-specs.
	Cluster string   `json:"cluster"`
	Files   []string `json:"files"`
	plan.Plan
	Notes []string `json:"notes,omitempty"`
}

// planResult is the plan in one word.
type planResult string

const (
	planNone       planResult = "none"
	planChange     planResult = "change"
	planHarm       planResult = "harm"
	planIncomplete planResult = "incomplete"
)

// result is incomplete where something could not be read: it may hide harm.
func (r planReport) result() planResult {
	switch {
	case r.Summary.Effects[plan.EffectUndecided] > 0:
		return planIncomplete
	case r.Summary.Harmed > 0:
		return planHarm
	case len(r.Changes)+len(r.Kinds) > 0:
		return planChange
	}
	return planNone
}

// outcome is what the exit code says.
func (r planReport) outcome(failOn string) error {
	switch result := r.result(); {
	case result == planIncomplete:
		return errUnreadable
	case result == planHarm, result == planChange && failOn == "change":
		return errReported
	}
	return nil
}

func (r planReport) writeJSON(out io.Writer) error {
	r.APIVersion, r.Kind, r.Result = "maas.opendatahub.io/v1alpha1", "PlanReport", r.result()
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(r)
}
