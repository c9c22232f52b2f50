package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/pager"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/plan"
)

// listsAtOnce is how many types are listed at one time.
const listsAtOnce = 4

// gathering lists what a plan is made from.
type gathering struct {
	client dynamic.Interface
	// served has how types are served, and failed the groups that say nothing.
	served map[schema.GroupKind][]servedType
	failed map[string]error
}

// servedType is a type in one version.
type servedType struct {
	gvr        schema.GroupVersionResource
	namespaced bool
}

func newGathering(ctx context.Context, config *rest.Config) (*gathering, error) {
	client, dynamicErr := dynamic.NewForConfig(config)
	asked, discoveryErr := discovery.NewDiscoveryClientForConfig(config)
	if err := errors.Join(dynamicErr, discoveryErr); err != nil {
		return nil, fmt.Errorf("connecting to the cluster: %w", err)
	}
	g := &gathering{client: client, served: map[schema.GroupKind][]servedType{}, failed: map[string]error{}}
	_, lists, err := asked.ServerGroupsAndResourcesWithContext(ctx)
	failed, partly := discovery.GroupDiscoveryFailedErrorGroups(err)
	if err != nil && !partly {
		return nil, fmt.Errorf("asking what the cluster serves: %w", err)
	}
	for version, err := range failed {
		g.failed[version.Group] = err
	}
	for _, list := range lists {
		version, err := schema.ParseGroupVersion(list.GroupVersion)
		if err != nil {
			return nil, fmt.Errorf("asking what the cluster serves: %w", err)
		}
		for _, r := range list.APIResources {
			if !strings.Contains(r.Name, "/") && slices.Contains(r.Verbs, "watch") { // as the controller has to
				gk := version.WithKind(r.Kind).GroupKind()
				g.served[gk] = append(g.served[gk], servedType{version.WithResource(r.Name), r.Namespaced})
			}
		}
	}
	return g, nil
}

// models are all MaaSModels, with what cannot be read of one said in it.
func (g *gathering) models(ctx context.Context) ([]*v1alpha1.MaaSModel, error) {
	var models []*v1alpha1.MaaSModel
	err := g.each(ctx, v1alpha1.GroupVersion.WithResource("maasmodels"), func(object *unstructured.Unstructured) error {
		content, err := object.MarshalJSON()
		if err != nil {
			return err
		}
		model := &v1alpha1.MaaSModel{}
		if err := model.UnmarshalJSON(content); err != nil {
			return err
		}
		models = append(models, model)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing MaaSModels: %w", err)
	}
	return models, nil
}

// objects lists each type that the kinds read, in the version that they read. What
// may not be listed is not known; that the cluster does not answer is an error.
func (g *gathering) objects(ctx context.Context, kinds []*kind.Kind) (*plan.Objects, error) {
	types := plan.TypesOf(kinds)
	listings := make([]plan.Listing, len(types))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(listsAtOnce)
	for i, t := range types {
		group.Go(func() (err error) {
			listings[i], err = g.list(ctx, t, kind.ProjectionOf(t.GroupKind(), kinds...))
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	objects := plan.NewObjects()
	for i, t := range types {
		objects.Put(t, listings[i])
	}
	return objects, nil
}

// list keeps of the objects of a type what is read.
func (g *gathering) list(ctx context.Context, t kind.Referent, wanted kind.Projection) (plan.Listing, error) {
	name := t.GroupKind().String()
	offered := g.served[t.GroupKind()]
	at := -1
	for _, version := range t.Versions {
		if at = slices.IndexFunc(offered, func(s servedType) bool { return s.gvr.Version == version }); at >= 0 {
			break
		}
	}
	switch failed := g.failed[t.Group]; {
	case at >= 0:
	case failed != nil:
		return plan.Listing{Unknown: fmt.Sprintf("the cluster does not say whether it serves %s: %v", name, failed)}, nil
	case len(offered) > 0:
		return plan.Listing{Plural: offered[0].gvr.Resource, Reason: v1alpha1.ReasonVersionNotServed,
			Message: fmt.Sprintf("%s is not served as %s", name, either(t.Versions))}, nil
	default:
		return plan.Listing{Reason: v1alpha1.ReasonCRDNotInstalled,
			Message: fmt.Sprintf("the API server does not serve %s: install the backend, or its CustomResourceDefinition", name)}, nil
	}
	read := offered[at]
	l := plan.Listing{Type: t.GroupKind().WithVersion(read.gvr.Version), Namespaced: read.namespaced, Plural: read.gvr.Resource}
	err := g.each(ctx, read.gvr, func(object *unstructured.Unstructured) error {
		l.Objects = append(l.Objects, wanted.Of(object))
		return nil
	})
	var answered apierrors.APIStatus
	switch {
	case err == nil:
		return l, nil
	case errors.As(err, &answered):
		l.Unknown = fmt.Sprintf("%s cannot be listed, with the permissions of whoever plans: %v", cmp.Or(name, t.Kind), err)
		return l, nil
	}
	return l, fmt.Errorf("listing %s: %w", name, err)
}

// each lists in pages, so that what is not kept is not held all at once.
func (g *gathering) each(ctx context.Context, resource schema.GroupVersionResource, take func(*unstructured.Unstructured) error) error {
	lists := pager.New(func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
		return g.client.Resource(resource).List(ctx, options)
	})
	return lists.EachListItem(ctx, metav1.ListOptions{}, func(item runtime.Object) error {
		object, ok := item.(*unstructured.Unstructured)
		if !ok {
			return fmt.Errorf("got a %T", item)
		}
		return take(object)
	})
}
