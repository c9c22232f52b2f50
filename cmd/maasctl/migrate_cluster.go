package main

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/tools/pager"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/cmd/internal/migrate"
)

// migratedType is a type that a migration reads of a cluster.
type migratedType struct {
	schema.GroupKind
	// elsewhere: objects of other namespaces say something about models too.
	elsewhere bool
}

func migratedTypes() []migratedType {
	const maas = "maas.opendatahub.io"
	return []migratedType{
		{GroupKind: schema.GroupKind{Group: maas, Kind: "MaaSModel"}},
		{GroupKind: schema.GroupKind{Group: maas, Kind: "MaaSAuthPolicy"}, elsewhere: true},
		{GroupKind: schema.GroupKind{Group: maas, Kind: "MaaSSubscription"}, elsewhere: true},
		{GroupKind: schema.GroupKind{Group: maas, Kind: "ExternalModel"}},
		{GroupKind: schema.GroupKind{Group: "inference.opendatahub.io", Kind: "ExternalModel"}},
		{GroupKind: schema.GroupKind{Group: "serving.kserve.io", Kind: "LLMInferenceService"}},
	}
}

// readCluster lists what a migration looks at, and writes nothing. The models have
// to be readable; what is said about them may be forbidden.
func (o *migrateOptions) readCluster(ctx context.Context) (migrate.Input, error) {
	config, err := cli.Cluster(o.kubeconfig, "maasctl")
	if err != nil {
		return migrate.Input{}, err
	}
	c, namespace, err := connect(config, explainOptions{namespace: o.namespace, kubeconfig: o.kubeconfig})
	if err != nil {
		return migrate.Input{}, err
	}
	if o.all {
		namespace = metav1.NamespaceAll
	}
	var input migrate.Input
	models := schema.GroupKind{Group: "maas.opendatahub.io", Kind: "MaaSModelRef"}
	if input.Objects, err = listPaged(ctx, c, models, namespace); err != nil {
		return input, fmt.Errorf("listing MaaSModelRefs: %w", err)
	}
	for _, t := range migratedTypes() {
		from := namespace
		if t.elsewhere {
			from = metav1.NamespaceAll
		}
		objects, err := listPaged(ctx, c, t.GroupKind, from)
		switch {
		case meta.IsNoMatchError(err): // There are none where there is no such type.
		case apierrors.IsForbidden(err):
			input.Notes = append(input.Notes, migrate.NotReadable(t.String(), err))
			continue
		case err != nil:
			return input, fmt.Errorf("listing %s: %w", t, err)
		}
		input.Objects, input.Complete = append(input.Objects, objects...), append(input.Complete, t.GroupKind)
	}
	return input, nil
}

// listPaged lists a type in parts, so that no reply is long. A list that outlives its
// first part is begun again.
func listPaged(ctx context.Context, c client.Client, of schema.GroupKind, namespace string) ([]migrate.Object, error) {
	mapping, err := c.RESTMapper().RESTMapping(of)
	if err != nil {
		return nil, err
	}
	page := func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
		list := &unstructured.UnstructuredList{}
		list.SetGroupVersionKind(mapping.GroupVersionKind)
		return list, c.List(ctx, list, client.InNamespace(namespace), &client.ListOptions{Raw: &options, Limit: options.Limit, Continue: options.Continue})
	}
	var objects []migrate.Object
	err = pager.New(page).EachListItem(ctx, metav1.ListOptions{}, func(item runtime.Object) error {
		object, ok := item.(*unstructured.Unstructured)
		if !ok {
			return fmt.Errorf("it is a %T", item)
		}
		objects = append(objects, migrate.Live(object))
		return nil
	})
	return objects, err
}
