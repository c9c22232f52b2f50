package engine

import (
	"context"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/plan"
	"github.com/maas-kinds/maas/engine/referent"
	"github.com/maas-kinds/maas/engine/registry/modelkind"
)

// awaitKinds returns when the ModelKinds of the start are in force: their models
// would be called unknown before. The error is the context's.
func (e *engine) awaitKinds(ctx context.Context) error {
	if e.options.ModelKinds == nil {
		return nil
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-e.options.ModelKinds.Settled():
		return nil
	}
}

// report asks for another look at the statuses of ModelKinds.
func (e *engine) report() {
	select {
	case e.reports <- struct{}{}:
	default:
	}
}

// reportKinds writes the statuses of ModelKinds until the context ends.
func (e *engine) reportKinds(ctx context.Context, watches *referent.Watches) error {
	reporter := &modelkind.Reporter{
		Resources: e.options.ModelKinds, Models: e.manager.GetCache(), View: watches.View,
		Plan: func(ctx context.Context, before, after *kind.Set) (plan.Plan, error) {
			return e.plan(ctx, watches.View(), before, after)
		},
		Reconsider: watches.Reconsider,
		Events:     e.manager.GetEventRecorder(ControllerName), Woken: e.reports,
		Namespace: e.options.IDNamespace, Registerer: e.options.Registerer,
	}
	return reporter.Run(ctx)
}
