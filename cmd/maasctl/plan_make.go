package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"k8s.io/client-go/rest"

	"github.com/maas-kinds/maas/api/cluster"
	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/phase"
	"github.com/maas-kinds/maas/engine/plan"
	"github.com/maas-kinds/maas/engine/resolve"
)

// plan makes the plan. The error is of type syntax.Faults where kind-specs or
// parameters have some.
func (o *planOptions) plan(ctx context.Context) (planReport, error) {
	sources, err := o.sources(ctx)
	if err != nil {
		return planReport{}, err
	}
	proposed, err := o.proposed(sources.Parser())
	if err != nil {
		return planReport{}, err
	}
	config, err := cli.Cluster(o.kubeconfig, "maasctl")
	if err != nil {
		return planReport{}, err
	}
	config.Timeout = o.timeout
	report := newPlanReport(config.Host, proposed, o.deleted)
	kinds, err := o.kinds(ctx, config, sources, proposed)
	if err == nil {
		report.Notes = kinds.notes
		err = o.compare(ctx, config, kinds, &report)
		report.Result = report.result()
	}
	return report, unanswered(err, o.timeout)
}

// compare asks the cluster for what both sets of kinds read, and compares what they
// decide.
func (o *planOptions) compare(ctx context.Context, config *rest.Config, kinds plannedKinds, report *planReport) error {
	machine, err := phase.New()
	if err != nil {
		return err
	}
	gathering, err := newGathering(ctx, config)
	if err != nil {
		return err
	}
	o.rules.Cluster = &endpoint.Cluster{Domain: o.inside.Domain, Services: o.inside.Networks, Pods: o.inside.Networks}
	q := plan.Question{Before: kinds.before, After: kinds.after, Trust: &o.trust, Beside: o.beside, Now: time.Now(),
		Resolve: resolve.Options{CrossNamespace: o.crossNamespace, Rules: o.rules}}
	if q.Models, err = gathering.models(ctx); err != nil {
		return err
	}
	objects, err := gathering.objects(ctx, q.InUse())
	if err != nil {
		return err
	}
	q.Reader, q.Served = objects.Reader, gathering.servedOr(objects, append(kinds.before.Kinds(), kinds.after.Kinds()...))
	if report.Plan, err = plan.Of(ctx, machine, q); err != nil {
		return err
	}
	if len(o.inside.Networks) == 0 && slices.ContainsFunc(report.Changes, leadsOutside) {
		// The networks may say otherwise, and are read for nothing else.
		if q.Resolve.Rules.Cluster, err = cluster.Networks(ctx, cluster.Options{Cluster: config, Domain: o.inside.Domain}); err != nil {
			return err
		}
		report.Plan, err = plan.Of(ctx, machine, q)
	}
	report.Notes = append(report.Notes, otherwise(q)...)
	return err
}

func leadsOutside(c plan.Change) bool {
	return c.Before.Reason == v1alpha1.ReasonEndpointOutsideCluster || c.After.Reason == v1alpha1.ReasonEndpointOutsideCluster
}

// beside is what the controller reads that belongs to no kind.
func (o *planOptions) beside(kinds []*kind.Kind) []*kind.Kind {
	if slices.ContainsFunc(kinds, func(k *kind.Kind) bool { return k.NeedsGrants(o.crossNamespace) }) {
		kinds = append(kinds, kind.Grants())
	}
	if len(kinds) > 0 {
		kinds = append(kinds, kind.Destinations())
	}
	return kinds
}

// otherwise says of models that the controller has decided about them by revisions
// which are not in force here: it is told of other kinds, or parameters.
func otherwise(q plan.Question) []string {
	models := map[string]int{}
	for _, model := range q.Models {
		k, ok := q.Before.Lookup(model.Spec.ModelRef.Kind)
		if decided := model.Status.KindRevision; ok && decided != "" && decided != k.Revision() {
			models[k.Name()]++
		}
	}
	var notes []string
	for _, name := range q.Before.Names() {
		if models[name] > 0 {
			notes = append(notes, fmt.Sprintf("the controller has decided about %s by another revision of %s than is in force here: "+
				"say --kinds-dir and --parameters as it is told, and use the maasctl of its version", count(models[name], "model"), name))
		}
	}
	return notes
}

// servedOr says how types are served; what is not listed since no model needs it is
// called as the cluster says, or as the pin of the kind does.
func (g *gathering) servedOr(objects *plan.Objects, kinds []*kind.Kind) func(kind.Referent) plan.Resource {
	pinned := map[string]string{}
	for _, k := range kinds {
		read := readPin
		if isBuiltIn(k) {
			read = readBuiltInPin
		}
		// One with faults, or none at all, names nothing: lint is there to say so.
		if pin, err := read(k); err == nil && pin != nil {
			for _, c := range pin.Contracts {
				pinned[c.GroupKind().String()] = c.Plural
			}
		}
	}
	return func(t kind.Referent) plan.Resource {
		found := objects.Served(t)
		for _, offered := range g.served[t.GroupKind()] {
			if found.Plural == "" {
				found.Plural = offered.gvr.Resource
			}
		}
		if found.Plural == "" {
			found.Plural = pinned[t.GroupKind().String()]
		}
		return found
	}
}
