package cluster

import (
	"net/netip"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/utils/ptr"

	"github.com/maas-kinds/maas/api/endpoint"
)

// project leaves of an object what is read of it: Nodes are large.
func project(object any) (any, error) {
	node, ok := object.(*corev1.Node)
	if !ok {
		return object, nil
	}
	kept := &corev1.Node{Spec: corev1.NodeSpec{PodCIDR: node.Spec.PodCIDR, PodCIDRs: node.Spec.PodCIDRs}}
	kept.Name, kept.UID, kept.ResourceVersion = node.Name, node.UID, node.ResourceVersion
	return kept, nil
}

func readServiceCIDR(object any) (said endpoint.Cluster) {
	if services, ok := object.(*networkingv1.ServiceCIDR); ok {
		said.Services = prefixes(services.Spec.CIDRs)
	}
	return said
}

func readNode(object any) (said endpoint.Cluster) {
	if node, ok := object.(*corev1.Node); ok {
		said.Pods = prefixes(append([]string{node.Spec.PodCIDR}, node.Spec.PodCIDRs...))
	}
	return said
}

// readService gives the addresses of the API server's Service, with every port.
func readService(object any) (said endpoint.Cluster) {
	if service, ok := object.(*corev1.Service); ok {
		for _, ip := range append([]string{service.Spec.ClusterIP}, service.Spec.ClusterIPs...) {
			if addr, err := netip.ParseAddr(ip); err == nil { // "None" is none
				said.APIServer = append(said.APIServer, netip.AddrPortFrom(addr, 0))
			}
		}
	}
	return said
}

// readSlice gives addresses of the API server itself, with its ports.
func readSlice(object any) (said endpoint.Cluster) {
	slice, ok := object.(*discoveryv1.EndpointSlice)
	if !ok {
		return said
	}
	ports := []uint16{}
	for _, port := range slice.Ports {
		// A port that is not named is every port.
		ports = append(ports, uint16(ptr.Deref(port.Port, 0))) //nolint:gosec // a port, by the API server's validation
	}
	if len(ports) == 0 {
		ports = append(ports, 0)
	}
	for _, backend := range slice.Endpoints {
		for _, ip := range backend.Addresses {
			addr, err := netip.ParseAddr(ip)
			if err != nil { // a name
				continue
			}
			for _, port := range ports {
				said.APIServer = append(said.APIServer, netip.AddrPortFrom(addr, port))
			}
		}
	}
	return said
}

func prefixes(cidrs []string) []netip.Prefix {
	var parsed []netip.Prefix
	for _, cidr := range cidrs {
		if prefix, err := netip.ParsePrefix(cidr); err == nil { // one may be empty
			parsed = append(parsed, prefix)
		}
	}
	return parsed
}
