package plan

import (
	"context"
	"fmt"
	"time"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/phase"
	"github.com/maas-kinds/maas/engine/resolve"
)

// Question asks what would change if one set of kinds took the place of another.
type Question struct {
	Models        []*v1alpha1.MaaSModel
	Before, After *kind.Set
	// Reader makes a reader for one look at one model.
	Reader func() Reader
	// Resolve is what the installation has decided about references and endpoints.
	Resolve resolve.Options
	// Trust says to which endpoints the API sends credentials: it shows no others.
	// Nil trusts all.
	Trust *endpoint.Trust
	// Served says how the API server serves a type.
	Served func(kind.Referent) Resource
	// Beside adds to kinds what is read for them that belongs to no kind, such as
	// grants. Nil adds nothing.
	Beside func([]*kind.Kind) []*kind.Kind
	Now    time.Time
}

// Reader reads the objects that observations are made from.
type Reader interface {
	resolve.Reader
	// Unknown says why something that was asked for is not known; empty where all is.
	// What was observed then means nothing.
	Unknown() string
}

// Plan is what would change.
type Plan struct {
	Summary Summary `json:"summary"`
	// Changes are those of models, the harmful ones first.
	Changes []Change `json:"changes"`
	// Kinds are those that would come into force, leave it, or decide by other rules.
	Kinds []KindChange `json:"kinds"`
	// Watches are the types that would be watched, or not any longer: those that the
	// kinds of some model read.
	Watches Watches `json:"watches"`
	// Roles are what the controller would have to be allowed to read, or not any
	// longer: what all kinds in force read.
	Roles Roles `json:"roles"`
}

// Of makes the plan. The error says that the program itself is broken, or is that of
// the context.
func Of(ctx context.Context, machine *phase.Machine, q Question) (Plan, error) {
	changes, err := (&comparison{Question: q, machine: machine}).changes(ctx)
	if err != nil {
		return Plan{}, fmt.Errorf("planning: %w", err)
	}
	return Plan{
		Summary: summarize(len(q.Models), changes), Changes: changes, Kinds: q.kinds(),
		Watches: q.watches(), Roles: q.roles(),
	}, nil
}
