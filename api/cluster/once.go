package cluster

import (
	"context"
	"errors"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	corev1client "k8s.io/client-go/kubernetes/typed/core/v1"
	networkingv1client "k8s.io/client-go/kubernetes/typed/networking/v1"

	"github.com/maas-kinds/maas/api/endpoint"
)

// Networks lists once what a Follower follows of the networks of Services and Pods.
// What may not be read, or is not served, is not known.
func Networks(ctx context.Context, o Options) (*endpoint.Cluster, error) {
	known := &endpoint.Cluster{Domain: o.Domain, Services: o.Networks, Pods: o.Networks}
	if len(o.Networks) > 0 {
		return known, nil
	}
	core, coreErr := corev1client.NewForConfig(o.Cluster)
	networking, networkingErr := networkingv1client.NewForConfig(o.Cluster)
	if err := errors.Join(coreErr, networkingErr); err != nil {
		return nil, fmt.Errorf("preparing to read the cluster's networks: %w", err)
	}
	services, err := networking.ServiceCIDRs().List(ctx, metav1.ListOptions{})
	if unknown := apierrors.IsForbidden(err) || apierrors.IsNotFound(err); err != nil && !unknown {
		return nil, fmt.Errorf("listing ServiceCIDRs: %w", err)
	} else if err == nil {
		for i := range services.Items {
			known.Services = append(known.Services, readServiceCIDR(&services.Items[i]).Services...)
		}
	}
	nodes, err := core.Nodes().List(ctx, metav1.ListOptions{})
	if unknown := apierrors.IsForbidden(err) || apierrors.IsNotFound(err); err != nil && !unknown {
		return nil, fmt.Errorf("listing Nodes: %w", err)
	} else if err == nil {
		for i := range nodes.Items {
			known.Pods = append(known.Pods, readNode(&nodes.Items[i]).Pods...)
		}
	}
	known.Services, known.Pods = aggregate(known.Services), aggregate(known.Pods)
	return known, nil
}
