package cli

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/client-go/rest"
	"k8s.io/utils/clock"

	"github.com/maas-kinds/maas/api/cluster"
	"github.com/maas-kinds/maas/api/endpoint"
)

// resolvConf is where a Pod finds the search path that the kubelet gave it.
const resolvConf = "/etc/resolv.conf"

// Inside is what a command is told of the inside of its cluster.
type Inside struct {
	// Networks of Services and Pods; empty means that they are followed.
	Networks []netip.Prefix
	// Domain of the cluster's DNS.
	Domain string
}

// Flags declares --cluster-cidrs and --cluster-domain. What is wrong is added
// to faults.
func (i *Inside) Flags(flags *flag.FlagSet, faults *error) {
	cidrs(flags, "cluster-cidrs", "`NETWORKS` of the cluster's Services and Pods: a cluster-local name has to lead there; default those of its\nServiceCIDRs and Nodes, as they are; takes commas, may be repeated", &i.Networks, faults)
	file, _ := os.ReadFile(resolvConf) // without one there is no search path
	i.Domain = cmp.Or(domainOf(string(file)), endpoint.DefaultClusterDomain)
	flags.Func("cluster-domain", "`DOMAIN` of the cluster's DNS; default what "+resolvConf+" says in a Pod, and "+endpoint.DefaultClusterDomain+" elsewhere", func(value string) error {
		i.Domain = strings.ToLower(strings.TrimSuffix(value, "."))
		if len(validation.IsDNS1123Subdomain(i.Domain)) > 0 {
			*faults = errors.Join(*faults, fmt.Errorf("--cluster-domain: %q is no DNS domain, write for example %s", value, endpoint.DefaultClusterDomain))
		}
		return nil
	})
}

// domainOf is the cluster's domain by a Pod's resolv.conf, whose search path is
// NAMESPACE.svc.DOMAIN svc.DOMAIN DOMAIN; empty where there is none.
// Source: "DNS for Services and Pods", kubernetes.io.
func domainOf(resolvConf string) string {
	for line := range strings.Lines(resolvConf) {
		fields := strings.Fields(line)
		if len(fields) == 0 || fields[0] != "search" {
			continue
		}
		for _, suffix := range fields[1:] {
			if domain, ok := strings.CutPrefix(strings.ToLower(strings.TrimSuffix(suffix, ".")), "svc."); ok {
				return domain
			}
		}
	}
	return ""
}

// Follow makes what follows the inside of a cluster.
func (i *Inside) Follow(config *rest.Config, log *slog.Logger, registerer prometheus.Registerer) (*cluster.Follower, error) {
	return cluster.New(cluster.Options{
		Cluster: config, ServiceHost: ServiceHost(), Domain: i.Domain, Networks: i.Networks,
		Registerer: registerer, Clock: clock.RealClock{}, Log: log,
	})
}

// ServiceHost is the API server's address inside the cluster; empty outside.
func ServiceHost() string { return os.Getenv("KUBERNETES_SERVICE_HOST") }
