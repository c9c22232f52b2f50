package main

import (
	"github.com/maas-kinds/maas/engine/plan"
	"github.com/maas-kinds/maas/engine/registry"
)

// planReport is what -o json and yaml show.
type planReport struct {
	APIVersion string     `json:"apiVersion"`
	Kind       string     `json:"kind"`
	Result     planResult `json:"result"`
	// Cluster is the address of the API server, Files are the kind-specs, and Deleted are
	// ModelKinds by name.
	Cluster string   `json:"cluster"`
	Files   []string `json:"files"`
	Deleted []string `json:"deleted,omitempty"`
	plan.Plan
	Notes []string `json:"notes,omitempty"`
}

func newPlanReport(cluster string, proposed []registry.SpecDocument, deleted []string) planReport {
	r := planReport{APIVersion: "maas.opendatahub.io/v1alpha1", Kind: "PlanReport", Cluster: cluster, Files: []string{}, Deleted: deleted}
	for _, doc := range proposed {
		r.Files = append(r.Files, doc.File)
	}
	return r
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
