package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/conformance/evaluation"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/phase"
	"github.com/maas-kinds/maas/engine/resolve"
)

// explainModel explains a MaaSModel of a cluster: what follows now from its
// stored status and from what its kind reads.
func explainModel(ctx context.Context, set *kind.Set, name string, o explainOptions) (explanation, error) {
	config, err := cli.Cluster(o.kubeconfig, "maasctl")
	if err != nil {
		return explanation{}, err
	}
	c, namespace, err := connect(config, o)
	if err != nil {
		return explanation{}, err
	}
	model := &v1alpha1.MaaSModel{}
	if err := c.Get(ctx, client.ObjectKey{Namespace: namespace, Name: name}, model); err != nil {
		return explanation{}, fmt.Errorf("reading the MaaSModel %s/%s: %w", namespace, name, err)
	}
	if model.Unreadable != "" {
		return explanation{}, fmt.Errorf("the MaaSModel %s/%s cannot be read: %s", namespace, name, model.Unreadable)
	}
	k, ok := set.Lookup(model.Spec.ModelRef.Kind)
	if !ok {
		return explanation{}, unknownKind(set, model.Spec.ModelRef.Kind)
	}
	reader := &liveReader{ctx: ctx, client: c}
	observation := reader.observe(set, model, o)
	if observation.Endpoint.Reason == v1alpha1.ReasonEndpointOutsideCluster && len(o.inside.Networks) == 0 {
		// The networks may say otherwise, and are read for nothing else.
		if o.rules.Cluster, err = networksOf(ctx, config, o.inside); err != nil {
			return explanation{}, err
		}
		observation = reader.observe(set, model, o)
	}
	if reader.err != nil {
		return explanation{}, reader.err
	}
	machine, err := phase.New()
	if err != nil {
		return explanation{}, err
	}
	settled := evaluation.Result{Model: model, Observation: observation}
	settled.First, settled.Settled, err = machine.Evaluate(ctx, model, observation, time.Now())
	if err != nil {
		return explanation{}, err
	}
	return newExplanation(k, "MaaSModel "+namespace+"/"+name, settled)
}

func connect(config *rest.Config, o explainOptions) (client.Client, string, error) {
	scheme := runtime.NewScheme()
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		return nil, "", err
	}
	c, err := client.New(config, client.Options{Scheme: scheme})
	if err != nil {
		return nil, "", fmt.Errorf("connecting to the cluster: %w", err)
	}
	namespace, err := namespaceOf(o.kubeconfig, o.namespace)
	return c, namespace, err
}

// namespaceOf is the one that was given, or that of the kubeconfig's context.
func namespaceOf(kubeconfig, given string) (string, error) {
	if given != "" {
		return given, nil
	}
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = kubeconfig
	namespace, _, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, nil).Namespace()
	if err != nil {
		return "", fmt.Errorf("finding the namespace: %w", err)
	}
	return namespace, nil
}

// liveReader is a resolve.Reader that reads a cluster, for one observation.
type liveReader struct {
	ctx    context.Context //nolint:containedctx // kind.Reader takes none, and this one lives for one call.
	client client.Client
	// err is the first thing that kept an answer from being known.
	err error
}

func (r *liveReader) observe(set *kind.Set, model *v1alpha1.MaaSModel, o explainOptions) kind.Observation {
	return resolve.Model(set, model, r, resolve.Options{CrossNamespace: o.crossNamespace, Rules: o.rules, Traced: true})
}

// Referent is part of resolve.Reader. Of several types the first that has the
// object counts, and where none has, the first that is served says so.
func (r *liveReader) Referent(k *kind.Kind, namespace, name string) resolve.Referent {
	var missing kind.Reference
	for _, t := range k.Referents() {
		query := kind.Query{Group: t.Group, Kind: t.Kind, Versions: t.Versions, Namespace: namespace, Name: name}
		answer := r.Read(query)
		served := answer.State != kind.AnswerNotServed
		switch {
		case len(answer.Objects) > 0:
			return resolve.Referent{Object: answer.Objects[0]}
		case served && missing.Reason != v1alpha1.ReasonReferentNotFound:
			missing = resolve.Absent(t.GroupKind().String(), strings.TrimPrefix(namespace+"/"+name, "/"))
		case !served && missing.Reason == "":
			missing = kind.Reference{State: kind.ReferenceLost, Reason: r.whyNotServed(query), Message: answer.Message}
		}
	}
	return resolve.Referent{Missing: missing}
}

// whyNotServed tells a type that is not there from one in other versions.
func (r *liveReader) whyNotServed(query kind.Query) string {
	_, err := r.client.RESTMapper().RESTMapping(query.GroupKind())
	switch {
	case err == nil:
		return v1alpha1.ReasonVersionNotServed
	case !meta.IsNoMatchError(err):
		r.failed(query, err)
	}
	return v1alpha1.ReasonCRDNotInstalled
}

// Read is part of kind.Reader.
func (r *liveReader) Read(query kind.Query) kind.Answer {
	mapping, err := r.client.RESTMapper().RESTMapping(query.GroupKind(), query.Versions...)
	if meta.IsNoMatchError(err) {
		return kind.Answer{State: kind.AnswerNotServed,
			Message: fmt.Sprintf("the API server does not serve %s as %s", query.GroupKind(), either(query.Versions))}
	}
	if err != nil {
		return r.failed(query, err)
	}
	list := &unstructured.UnstructuredList{}
	list.SetGroupVersionKind(mapping.GroupVersionKind)
	options := []client.ListOption{client.InNamespace(query.Namespace)}
	if query.Name == "" {
		options = append(options, client.MatchingLabels(query.Labels))
	} else {
		options = append(options, client.MatchingFields{"metadata.name": query.Name})
	}
	if err := r.client.List(r.ctx, list, options...); err != nil && !apierrors.IsNotFound(err) {
		return r.failed(query, err)
	}
	answer := kind.Answer{State: kind.AnswerRead}
	for i := range list.Items {
		// A list of a type that is in namespaces, asked for as if it were not, is of all of them.
		if query.Matches(&list.Items[i]) {
			answer.Objects = append(answer.Objects, &list.Items[i])
		}
	}
	return answer
}

// failed keeps the error: what is not known must not be explained as absent.
func (r *liveReader) failed(query kind.Query, err error) kind.Answer {
	r.err = cmp.Or(r.err, fmt.Errorf("reading %s: %w", query, err))
	return kind.Answer{State: kind.AnswerForbidden}
}
