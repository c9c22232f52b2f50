package cluster

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	corev1client "k8s.io/client-go/kubernetes/typed/core/v1"
	discoveryv1client "k8s.io/client-go/kubernetes/typed/discovery/v1"
	networkingv1client "k8s.io/client-go/kubernetes/typed/networking/v1"
	"k8s.io/client-go/rest"
	toolscache "k8s.io/client-go/tools/cache"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/engine/reflector"
)

// source are objects of the cluster that say something about it.
type source struct {
	// what it is, as a log names it.
	what     string
	informer toolscache.SharedIndexInformer
	// read is what one object says.
	read func(object any) endpoint.Cluster
	// without is what a log says of being without it.
	without string
	// answered is set when the API server has given the objects, or a refusal.
	answered bool
}

const (
	withoutNetworks  = "give the networks of the cluster's Services and Pods with --cluster-cidrs"
	withoutAPIServer = "until then only the client's own address of the API server is known to be one"
)

func (f *Follower) newSources() error {
	config := rest.CopyConfig(f.options.Cluster)
	config.ContentType, config.AcceptContentTypes = runtime.ContentTypeProtobuf, runtime.ContentTypeProtobuf+","+runtime.ContentTypeJSON
	transport, httpErr := rest.HTTPClientFor(config)
	core, coreErr := corev1client.NewForConfigAndClient(config, transport)
	discovery, discoveryErr := discoveryv1client.NewForConfigAndClient(config, transport)
	networking, networkingErr := networkingv1client.NewForConfigAndClient(config, transport)
	if err := errors.Join(httpErr, coreErr, discoveryErr, networkingErr); err != nil {
		return err
	}
	const service = "kubernetes" // made by the API server, in the namespace default
	f.follows(core.RESTClient(), "services", &corev1.Service{}, metav1.ListOptions{FieldSelector: metav1.ObjectNameField + "=" + service},
		&source{what: "Service default/" + service, without: withoutAPIServer, read: readService})
	f.follows(discovery.RESTClient(), "endpointslices", &discoveryv1.EndpointSlice{}, metav1.ListOptions{LabelSelector: discoveryv1.LabelServiceName + "=" + service},
		&source{what: "endpointslices.discovery.k8s.io in the namespace default", without: withoutAPIServer, read: readSlice})
	if len(f.options.Networks) > 0 {
		return nil
	}
	f.follows(networking.RESTClient(), "servicecidrs", &networkingv1.ServiceCIDR{}, metav1.ListOptions{},
		&source{what: "servicecidrs.networking.k8s.io", without: withoutNetworks, read: readServiceCIDR})
	f.follows(core.RESTClient(), "nodes", &corev1.Node{}, metav1.ListOptions{},
		&source{what: "nodes", without: withoutNetworks, read: readNode})
	return nil
}

// follows adds a source. What is chosen of a type is in the namespace default.
func (f *Follower) follows(client rest.Interface, resource string, example runtime.Object, chosen metav1.ListOptions, s *source) {
	namespace := metav1.NamespaceAll
	if chosen != (metav1.ListOptions{}) {
		namespace = metav1.NamespaceDefault
	}
	watched := toolscache.NewFilteredListWatchFromClient(client, resource, namespace, func(options *metav1.ListOptions) {
		options.FieldSelector, options.LabelSelector = chosen.FieldSelector, chosen.LabelSelector
	})
	informers := reflector.Informers{Clock: f.options.Clock, Log: f.options.Log, Failed: func(ctx context.Context, err error) { f.failed(ctx, s, err) }}
	s.informer = informers.New(watched, example, 0, toolscache.Indexers{})
	f.sources = append(f.sources, s)
}

// listen is told of every change of what the objects say, and of failures.
func (f *Follower) listen(s *source) error {
	_, handlerErr := s.informer.AddEventHandler(toolscache.ResourceEventHandlerFuncs{
		AddFunc: func(any) { f.answered(s) },
		UpdateFunc: func(old, now any) {
			if !reflect.DeepEqual(s.read(old), s.read(now)) {
				f.answered(s)
			}
		},
		DeleteFunc: func(any) { f.answered(s) },
	})
	if err := errors.Join(handlerErr, s.informer.SetTransform(project)); err != nil {
		return fmt.Errorf("preparing to watch %s: %w", s.what, err)
	}
	return nil
}

func (f *Follower) answered(s *source) {
	f.mu.Lock()
	s.answered = s.answered || s.informer.HasSynced()
	f.mu.Unlock()
	f.wake()
}

// failed is told once a reason.
func (f *Follower) failed(ctx context.Context, s *source, err error) {
	hint := "it is tried again; what was known stays"
	switch {
	case apierrors.IsForbidden(err):
		hint = "let this account list and watch it, as config/rbac does; " + s.without
	case apierrors.IsNotFound(err):
		hint = "this API server does not serve it (ServiceCIDR is served since Kubernetes 1.33); " + s.without
	}
	f.options.Log.WarnContext(ctx, "what is inside the cluster is not known for certain", "watching", s.what, "error", err, "hint", hint)
	status := apierrors.APIStatus(nil)
	f.mu.Lock()
	s.answered = s.answered || errors.As(err, &status)
	f.mu.Unlock()
	f.wake()
}
