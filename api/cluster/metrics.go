package cluster

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/maas-kinds/maas/api/endpoint"
)

var networksDesc = prometheus.NewDesc("maas_cluster_networks",
	"Networks known to be inside the cluster, side by side ones as one; 0 means that cluster-local names are refused there.", []string{"use"}, nil)

// gauge counts what is known when it is asked.
type gauge struct{ cluster *endpoint.LiveCluster }

// Describe is part of prometheus.Collector.
func (*gauge) Describe(to chan<- *prometheus.Desc) { to <- networksDesc }

// Collect is part of prometheus.Collector.
func (g *gauge) Collect(to chan<- prometheus.Metric) {
	known := g.cluster.Load()
	if known == nil {
		known = &endpoint.Cluster{}
	}
	for use, networks := range map[string]int{"services": len(known.Services), "pods": len(known.Pods)} {
		to <- prometheus.MustNewConstMetric(networksDesc, prometheus.GaugeValue, float64(networks), use)
	}
}
