package live

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance"
	"github.com/maas-kinds/maas/conformance/cases"
	"github.com/maas-kinds/maas/conformance/check"
	"github.com/maas-kinds/maas/engine/kind"
)

// referenceKind is what the listing of every kind is compared with.
const referenceKind = `apiVersion: maas.opendatahub.io/v1alpha1
kind: ModelKind
metadata: {name: ListingReference}
spec:
  description: What the listing of every kind is compared with
  noReferent: the endpoint is the model's own
  noEndpoint: set spec.endpointOverride
`

// What the names of the models begin with, and of their backends.
const (
	ownModel       = "kind-"
	referenceModel = "reference-"
)

// listing is the proof of one kind under way: for each way in which a backend
// can answer there is a model of the kind, and one of the reference kind.
type listing struct {
	*stage
	folder   *cases.Folder
	kinds    *kind.Set
	backends *backends
	// enriched are the fields of the list that the kind itself has filled in.
	enriched bool
}

// proveListing leaves the cluster as it was.
func (c *Cluster) proveListing(ctx context.Context, _ *conformance.Suite, f *cases.Folder) (checks []check.Result, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	types, err := c.definitionsOf(ctx, f)
	if err != nil {
		return nil, err
	}
	if foreign := c.foreign(types); foreign != "" {
		return []check.Result{check.Skip("listing", "%s", foreign)}, nil
	}
	l := &listing{stage: c.newStage(f, types), folder: f}
	if l.kinds, err = alone(f, inline(referenceKind)); err != nil {
		return nil, err
	}
	if err := errors.Join(l.make(ctx), c.installAll(ctx, types)); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.uninstallAll(ctx, types)) }()
	p, err := l.readyPlay(ctx, f)
	if err != nil || p == nil {
		return []check.Result{check.Skip("listing", "%s", noReadyCase)}, err
	}
	if l.backends, err = startBackends(ctx); err != nil {
		return nil, err
	}
	defer l.backends.close()
	models, err := l.models(ctx, p)
	if err == nil {
		checks, err = l.hold(ctx, models)
	}
	for _, model := range models {
		err = errors.Join(err, l.deleteModel(ctx, model))
	}
	return checks, errors.Join(err, l.clear(ctx, p))
}

// readyPlay leaves the first case in the cluster that is Ready there with an
// override; nil when there is none.
func (l *listing) readyPlay(ctx context.Context, f *cases.Folder) (*play, error) {
	for _, c := range f.Cases {
		if deleting(c) || c.OwnParameters {
			continue
		}
		c.Override = "http://models.example.com"
		p, err := l.put(ctx, c, nil)
		if refused(err) { // a fault that L4 names
			if err := l.clear(ctx, p); err != nil {
				return nil, err
			}
			continue
		}
		if err != nil {
			return nil, err
		}
		settled, err := l.evaluate(ctx, p, "")
		if err != nil {
			return nil, err
		}
		if settled.Settled.Status.Phase == v1alpha1.PhaseReady {
			return p, nil
		}
		if err := l.clear(ctx, p); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// models makes them all.
func (l *listing) models(ctx context.Context, p *play) ([]*v1alpha1.MaaSModel, error) {
	namespace, referent := l.namespaces[namespaceOfModels], "outside"
	if p.referent != nil {
		referent = p.referent.GetName()
		if own := p.referent.GetNamespace(); own != "" {
			namespace = own
		}
	}
	var all []*v1alpha1.MaaSModel
	for _, b := range behaviours() {
		for prefix, kindName := range map[string]string{ownModel: l.kind.Name(), referenceModel: "ListingReference"} {
			model := &v1alpha1.MaaSModel{
				ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: prefix + b.name},
				Spec: v1alpha1.MaaSModelSpec{
					ModelRef: v1alpha1.ModelReference{Kind: kindName, Name: referent}, EndpointOverride: l.backends.url(prefix + b.name),
				},
			}
			if err := l.client.Create(ctx, model); err != nil {
				return all, fmt.Errorf("creating the MaaSModel %s: %w", model.Name, err)
			}
			all = append(all, model)
		}
	}
	return all, nil
}

// hold runs the controller and the API, and looks at what they list.
func (l *listing) hold(ctx context.Context, models []*v1alpha1.MaaSModel) ([]check.Result, error) {
	user := l.prefix + ":" + l.kind.Name() + "-listing"
	rules, err := l.options.Role(l.folder, resources(l.types))
	if err != nil {
		return []check.Result{check.Of("role", err.Error())}, nil
	}
	if err := l.grant(ctx, user, rules); err != nil {
		return nil, err
	}
	namespaces := slices.Collect(maps.Values(l.namespaces))
	controller, err := l.run(ctx, user, l.kinds, endpoint.Rules{AllowCIDRs: loopback()}, namespaces)
	if err != nil {
		return nil, err
	}
	checks, err := l.ask(ctx, models, namespaces)
	return checks, errors.Join(err, controller.stop())
}

func (l *listing) ask(ctx context.Context, models []*v1alpha1.MaaSModel, namespaces []string) ([]check.Result, error) {
	for _, model := range models {
		fault, err := l.await(ctx, model, reason(v1alpha1.ReasonReady))
		if err != nil {
			return nil, err
		}
		if fault != "" {
			return []check.Result{check.Of("listing", model.Name+": "+fault)}, nil
		}
		l.enriched = l.enriched || model.Status.Model != nil
	}
	service, err := l.serve(ctx, namespaces)
	if err != nil {
		return nil, err
	}
	wanted := l.wanted()
	var found map[string]map[string]any
	var asking error
	err = wait.PollUntilContextTimeout(ctx, pollEvery, l.options.Patience, true, func(context.Context) (bool, error) {
		// Not within the patience: an answer that is under way at its end counts.
		found, asking = service.list(ctx)
		return asking == nil && slices.Equal(slices.Sorted(maps.Keys(found)), wanted), nil
	})
	if err != nil && (ctx.Err() != nil || asking != nil) {
		return nil, errors.Join(err, asking, service.stop())
	}
	return l.checks(found), service.stop()
}
