package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/conformance/draft"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/contract"
)

// maxBeside is how many objects of one type are looked at beside a backend.
const maxBeside = 500

// liveType is a type of objects of a cluster.
type liveType struct {
	schema.GroupVersionKind
	plural     string
	namespaced bool
}

// liveBackends are objects of one type of a cluster.
type liveBackends struct {
	config    *rest.Config
	client    client.Client
	namespace string
	of        liveType
}

// openLive finds the type that a person calls by a word. Each request ends with the
// timeout.
func (o *newOptions) openLive(ctx context.Context, word string) (*liveBackends, error) {
	config, err := cli.Cluster(o.kubeconfig, "maasctl")
	if err != nil {
		return nil, err
	}
	cli.Impatient(config)
	config.Timeout = o.timeout
	lists, err := servedBy(ctx, config)
	if err != nil {
		return nil, err
	}
	of, err := typeCalled(word, lists)
	if err != nil {
		return nil, err
	}
	c, namespace, err := connect(config, explainOptions{namespace: o.namespace, kubeconfig: o.kubeconfig})
	if err != nil {
		return nil, err
	}
	if !of.namespaced {
		namespace = ""
	}
	return &liveBackends{config, c, namespace, of}, nil
}

// servedBy are the types of a cluster, each in the version that it prefers.
func servedBy(ctx context.Context, config *rest.Config) ([]*metav1.APIResourceList, error) {
	found, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("connecting to the cluster: %w", err)
	}
	lists, err := found.ServerPreferredResourcesWithContext(ctx)
	// A group whose own API server does not answer hides no other one.
	if failed := (*discovery.ErrGroupDiscoveryFailed)(nil); err != nil && !errors.As(err, &failed) {
		return nil, fmt.Errorf("asking %s which types it serves: %w", config.Host, err)
	}
	return lists, nil
}

// typeCalled finds a type as kubectl does: by its kind, its names, or one of them with the
// group behind a dot.
func typeCalled(word string, lists []*metav1.APIResourceList) (liveType, error) {
	name, group, grouped := strings.Cut(strings.ToLower(word), ".")
	var found []liveType
	for _, list := range lists {
		gv, err := schema.ParseGroupVersion(list.GroupVersion)
		if err != nil || grouped && gv.Group != group {
			continue
		}
		for _, r := range list.APIResources {
			names := append([]string{strings.ToLower(r.Kind), r.Name, r.SingularName}, r.ShortNames...)
			if !strings.Contains(r.Name, "/") && slices.Contains(names, name) {
				found = append(found, liveType{gv.WithKind(r.Kind), r.Name, r.Namespaced})
			}
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return liveType{}, fmt.Errorf("the cluster serves no type called %q: write its kind, or its plural with the group, as in widgets.example.com", word)
	}
	var names []string
	for _, one := range found {
		names = append(names, one.plural+"."+one.Group)
	}
	return liveType{}, fmt.Errorf("%d types are called %q: write %s", len(found), word, either(names))
}

// read reads one of the objects.
func (l *liveBackends) read(ctx context.Context, name string) (*unstructured.Unstructured, error) {
	object := &unstructured.Unstructured{}
	object.SetGroupVersionKind(l.of.GroupVersionKind)
	if err := l.client.Get(ctx, client.ObjectKey{Namespace: l.namespace, Name: name}, object); err != nil {
		return nil, fmt.Errorf("reading the %s %s: %w", l.of.Kind, strings.TrimPrefix(l.namespace+"/"+name, "/"), err)
	}
	return object, nil
}

// readLive takes objects of a cluster, with their contract and what is beside them.
func (o *newOptions) readLive(ctx context.Context, in *draft.Input, word string, names []string, std ioStreams) error {
	ctx, stop := context.WithTimeout(ctx, o.timeout)
	defer stop()
	live, err := o.openLive(ctx, word)
	if err != nil {
		return err
	}
	for _, name := range names {
		object, err := live.read(ctx, name)
		if err != nil {
			return err
		}
		addState(in, draft.State{Name: name, Object: draft.Stripped(object)})
	}
	return o.readAround(ctx, in, live, std)
}

// readAround takes the contract of the type, and what may be beside its objects.
func (o *newOptions) readAround(ctx context.Context, in *draft.Input, live *liveBackends, std ioStreams) (err error) {
	if in.Contract, err = o.liveContract(ctx, live); err != nil {
		return err
	}
	in.Beside, err = live.beside(ctx, in.Kinds, std)
	return err
}

// beside are the objects of the namespace in which the backend may be reached. What may not
// be read is said, and left out.
func (l *liveBackends) beside(ctx context.Context, kinds *kind.Set, std ioStreams) ([]*unstructured.Unstructured, error) {
	var all []*unstructured.Unstructured
	for _, near := range draft.Neighbours(kinds) {
		mapping, err := l.client.RESTMapper().RESTMapping(near.GroupKind(), near.Versions...)
		if meta.IsNoMatchError(err) || near.GroupKind() == l.of.GroupKind() {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("looking for %s: %w", near.GroupKind(), err)
		}
		list := &unstructured.UnstructuredList{}
		list.SetGroupVersionKind(mapping.GroupVersionKind)
		err = l.client.List(ctx, list, client.InNamespace(l.namespace), client.Limit(maxBeside))
		switch {
		case apierrors.IsForbidden(err), apierrors.IsNotFound(err):
			fmt.Fprintf(std.err, "note: %s may not be read here, and is not looked at\n", near.GroupKind())
			continue
		case err != nil:
			return nil, fmt.Errorf("reading %s beside it: %w", near.GroupKind(), err)
		}
		for i := range list.Items {
			all = append(all, draft.Stripped(&list.Items[i]))
		}
	}
	return all, nil
}

// liveContract is what the cluster says of the type, unless --crd does.
func (o *newOptions) liveContract(ctx context.Context, live *liveBackends) (*contract.Contract, error) {
	wanted := live.of.GroupKind()
	if o.crd != "" {
		return o.contractFor(&wanted)
	}
	found, err := contract.NewCluster(live.config)
	if err != nil {
		return nil, err
	}
	all, err := found.OfKind(ctx, wanted.Kind, wanted.Group)
	if err != nil {
		return nil, err
	}
	for _, one := range all {
		if one.GroupKind() == wanted {
			return &one, nil
		}
	}
	return nil, nil //nolint:nilnil // the objects themselves are enough
}
