package engine

import (
	"context"
	"fmt"

	toolscache "k8s.io/client-go/tools/cache"

	"github.com/maas-kinds/maas/api/v1alpha1"
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
	models, err := e.manager.GetCache().GetInformer(ctx, &v1alpha1.MaaSModel{})
	switch {
	case ctx.Err() != nil:
		return nil
	case err != nil:
		return fmt.Errorf("counting MaaSModels: %w", err)
	}
	registration, err := models.AddEventHandler(toolscache.ResourceEventHandlerFuncs{
		AddFunc:    func(any) { e.report() },
		DeleteFunc: func(any) { e.report() },
		UpdateFunc: func(before, after any) {
			was, _ := before.(*v1alpha1.MaaSModel)
			is, _ := after.(*v1alpha1.MaaSModel)
			if was == nil || is == nil || was.Spec.ModelRef.Kind != is.Spec.ModelRef.Kind {
				e.report()
			}
		},
	})
	if err != nil {
		return fmt.Errorf("counting MaaSModels: %w", err)
	}
	defer func() { _ = models.RemoveEventHandler(registration) }()
	reporter := &modelkind.Reporter{
		Resources: e.options.ModelKinds, Models: e.manager.GetCache(), View: watches.View,
		Events: e.manager.GetEventRecorder(ControllerName), Woken: e.reports,
		Namespace: e.options.IDNamespace, Registerer: e.options.Registerer,
	}
	return reporter.Run(ctx)
}
