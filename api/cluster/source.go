package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	utilnet "k8s.io/apimachinery/pkg/util/net"
	"k8s.io/apimachinery/pkg/watch"
	corev1client "k8s.io/client-go/kubernetes/typed/core/v1"
	discoveryv1client "k8s.io/client-go/kubernetes/typed/discovery/v1"
	networkingv1client "k8s.io/client-go/kubernetes/typed/networking/v1"
	"k8s.io/client-go/rest"
	toolscache "k8s.io/client-go/tools/cache"

	"github.com/maas-kinds/maas/api/endpoint"
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
	// failing is why they cannot be read now, which is logged once a reason.
	failing string
}

const (
	withoutNetworks  = "give the networks of the cluster's Services and Pods with --cluster-cidrs"
	withoutAPIServer = "until then only the client's own address of the API server is known to be one"
)

func sourcesOf(o Options) ([]*source, error) {
	config := rest.CopyConfig(o.Cluster)
	config.ContentType, config.AcceptContentTypes = runtime.ContentTypeProtobuf, runtime.ContentTypeProtobuf+","+runtime.ContentTypeJSON
	transport, httpErr := rest.HTTPClientFor(config)
	core, coreErr := corev1client.NewForConfigAndClient(config, transport)
	discovery, discoveryErr := discoveryv1client.NewForConfigAndClient(config, transport)
	networking, networkingErr := networkingv1client.NewForConfigAndClient(config, transport)
	if err := errors.Join(httpErr, coreErr, discoveryErr, networkingErr); err != nil {
		return nil, err
	}
	const service = "kubernetes" // made by the API server, in the namespace default
	sources := []*source{
		{
			what: "Service default/" + service, without: withoutAPIServer, read: readService,
			informer: informer(core.RESTClient(), "services", &corev1.Service{}, metav1.NamespaceDefault, func(list *metav1.ListOptions) {
				list.FieldSelector = metav1.ObjectNameField + "=" + service
			}),
		},
		{
			what: "endpointslices.discovery.k8s.io in the namespace default", without: withoutAPIServer, read: readSlice,
			informer: informer(discovery.RESTClient(), "endpointslices", &discoveryv1.EndpointSlice{}, metav1.NamespaceDefault, func(list *metav1.ListOptions) {
				list.LabelSelector = discoveryv1.LabelServiceName + "=" + service
			}),
		},
	}
	if len(o.Networks) > 0 {
		return sources, nil
	}
	everything := func(*metav1.ListOptions) {}
	return append(sources,
		&source{
			what: "servicecidrs.networking.k8s.io", without: withoutNetworks, read: readServiceCIDR,
			informer: informer(networking.RESTClient(), "servicecidrs", &networkingv1.ServiceCIDR{}, metav1.NamespaceAll, everything),
		},
		&source{
			what: "nodes", without: withoutNetworks, read: readNode,
			informer: informer(core.RESTClient(), "nodes", &corev1.Node{}, metav1.NamespaceAll, everything),
		},
	), nil
}

func informer(client rest.Interface, resource string, example runtime.Object, namespace string, selected func(*metav1.ListOptions)) toolscache.SharedIndexInformer {
	watched := toolscache.NewFilteredListWatchFromClient(client, resource, namespace, selected)
	begin := watched.WatchFuncWithContext
	watched.WatchFuncWithContext = func(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
		started, err := begin(ctx, options)
		if utilnet.IsConnectionRefused(err) {
			// client-go would tell nobody, and sleep for up to a minute whatever ctx says.
			return nil, errors.New(err.Error())
		}
		return started, err
	}
	return toolscache.NewSharedIndexInformerWithOptions(toolscache.ToListWatcherWithWatchListSemantics(watched, client), example, toolscache.SharedIndexInformerOptions{})
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
	err := errors.Join(handlerErr,
		s.informer.SetTransform(project),
		s.informer.SetWatchErrorHandlerWithContext(func(ctx context.Context, _ *toolscache.Reflector, err error) { f.failed(ctx, s, err) }))
	if err != nil {
		return fmt.Errorf("preparing to watch %s: %w", s.what, err)
	}
	return nil
}

func (f *Follower) answered(s *source) {
	f.mu.Lock()
	s.answered, s.failing = s.answered || s.informer.HasSynced(), ""
	f.mu.Unlock()
	f.wake()
}

func (f *Follower) failed(ctx context.Context, s *source, err error) {
	if ctx.Err() != nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || apierrors.IsResourceExpired(err) || apierrors.IsGone(err) {
		return // the ordinary end of a watch; the next one is on its way
	}
	reason, isAnswer := "unreachable", false
	if status := apierrors.APIStatus(nil); errors.As(err, &status) {
		reason, isAnswer = fmt.Sprint(status.Status().Code, status.Status().Reason), true
	}
	f.mu.Lock()
	isNew := s.failing != reason
	s.answered, s.failing = s.answered || isAnswer, reason
	f.mu.Unlock()
	if isNew {
		hint := "it is tried again; what was known stays"
		switch {
		case apierrors.IsForbidden(err):
			hint = "let this account list and watch it, as config/rbac does; " + s.without
		case apierrors.IsNotFound(err):
			hint = "this API server does not serve it (ServiceCIDR is served since Kubernetes 1.33); " + s.without
		}
		f.options.Log.WarnContext(ctx, "what is inside the cluster is not known for certain", "watching", s.what, "error", err, "hint", hint)
	}
	f.wake()
}
