package modelkind

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/utils/clock"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/plan"
)

// planAgain is how long a plan stands: models and backends change all the time, and
// nobody waits for what may be the same.
const planAgain = 30 * time.Second

// planner plans what is held back. Only the goroutine of the Reporter uses it, but for
// held.
type planner struct {
	plan       func(ctx context.Context, before, after *kind.Set) (plan.Plan, error)
	reconsider func()
	clock      clock.Clock
	// known has the last plan of each ModelKind, by name.
	known map[string]planned
	// held is how many there are.
	held atomic.Int64
}

// planned is a plan, and of what and when it was made.
type planned struct {
	*Held

	before *kind.Set
	of     string
	at     time.Time
}

func newPlanner(of func(context.Context, *kind.Set, *kind.Set) (plan.Plan, error), reconsider func(), clock clock.Clock) *planner {
	return &planner{plan: of, reconsider: reconsider, clock: clock, known: map[string]planned{}}
}

// look plans what is held back, where that or what is in force has changed, where
// something was not known yet, and else once in a while.
func (p *planner) look(ctx context.Context, all []HeldBack, now *kind.Set) (map[string]*Held, error) {
	next, found, news := map[string]planned{}, map[string]*Held{}, len(all) != len(p.known)
	for _, h := range all {
		known, ok := p.known[h.Name]
		if !ok || known.of != revisionsOf(h) {
			news = true
		}
		if !ok || known.before != now || known.of != revisionsOf(h) || p.clock.Since(known.at) >= planAgain || known.Plan.Summary.Effects[plan.EffectUndecided] > 0 {
			known = planned{Held: &Held{Refused: h.Refused}, before: now, of: revisionsOf(h), at: p.clock.Now()}
			if len(h.Refused) == 0 {
				var err error
				if known.Plan, err = p.plan(ctx, now, h.Kinds); err != nil {
					return nil, err
				}
			}
		}
		next[h.Name], found[h.Name] = known, known.Held
	}
	p.known = next
	p.held.Store(int64(len(next)))
	if news {
		p.reconsider()
	}
	return found, nil
}

// revisionsOf is the same for what changes the same.
func revisionsOf(h HeldBack) string {
	var all []string
	for _, k := range h.Changed {
		all = append(all, k.Name()+" "+k.Revision())
	}
	return strings.Join(append(all, h.Refused.Error()), "\n")
}

// again has a value when a plan is to be made again, never where nothing is held.
func (p *planner) again() <-chan time.Time {
	if len(p.known) == 0 {
		return nil
	}
	return p.clock.After(planAgain)
}

// register has a metric say how many specs are held back, until the function that it
// gives is called.
func (p *planner) register(registerer prometheus.Registerer) (func(), error) {
	if registerer == nil {
		return func() {}, nil
	}
	gauge := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "maas_modelkinds_held",
		Help: "ModelKinds whose spec is held back by the annotation maas.opendatahub.io/hold. More than 0 for long: the condition Held says what it would change, and the annotation is to be removed, or the change given up.",
	}, func() float64 { return float64(p.held.Load()) })
	if err := registerer.Register(gauge); err != nil {
		return nil, fmt.Errorf("registering the metric of what is held back: %w", err)
	}
	return func() { registerer.Unregister(gauge) }, nil
}
