package engine

import (
	"cmp"
	"context"
	"fmt"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/plan"
	"github.com/maas-kinds/maas/engine/referent"
	"github.com/maas-kinds/maas/engine/registry/modelkind"
	"github.com/maas-kinds/maas/engine/resolve"
)

// heldBack are the specs of ModelKinds that are held back.
func (e *engine) heldBack() []modelkind.HeldBack {
	if e.options.ModelKinds == nil {
		return nil
	}
	return e.options.ModelKinds.HeldBack()
}

// plan says what would change if one set of kinds took the place of another, by what
// is at hand. What is not at hand yet is undecided.
func (e *engine) plan(ctx context.Context, view *referent.Reader, before, after *kind.Set) (plan.Plan, error) {
	list := &v1alpha1.MaaSModelList{}
	if err := e.manager.GetCache().List(ctx, list, client.UnsafeDisableDeepCopy); err != nil {
		return plan.Plan{}, fmt.Errorf("reading MaaSModels to plan: %w", err)
	}
	q := plan.Question{
		Before: before, After: after, Trust: e.options.Trust, Beside: e.withOwn, Now: e.options.Clock.Now(),
		Reader: func() plan.Reader { return &viewReader{view: view} },
		Served: func(t kind.Referent) plan.Resource {
			found := view.Type(t)
			return plan.Resource{Version: found.Type.Version, Plural: found.Resource}
		},
		Resolve: resolve.Options{CrossNamespace: e.options.CrossNamespace, Rules: e.options.Rules},
	}
	q.Resolve.Rules.Cluster = e.options.Inside.Load()
	for i := range list.Items {
		q.Models = append(q.Models, &list.Items[i])
	}
	return plan.Of(ctx, e.machine, q)
}

// Unknown is part of plan.Reader.
func (r *viewReader) Unknown() string {
	if r.failing == "" && !r.starting {
		return ""
	}
	return cmp.Or(r.failing, r.fault, "what the spec reads is not read yet: it is in a moment")
}
