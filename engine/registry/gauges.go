package registry

import (
	"github.com/prometheus/client_golang/prometheus"
)

// gauges are read from the registry at scrape time, so that a kind that is gone
// leaves no series behind.
type gauges struct{ sources *Sources }

func successDesc() *prometheus.Desc {
	return prometheus.NewDesc("maas_kind_reload_success",
		"1 while the newest revision of every kind-spec of the source is good, or all that a file of parameters sets; 0 while one is refused.", []string{"source"}, nil)
}

func revisionDesc() *prometheus.Desc {
	return prometheus.NewDesc("maas_kind_revision_info",
		"1 for the revision of each kind that is in force, and where it comes from.", []string{"kind", "revision", "source"}, nil)
}

func replacedDesc() *prometheus.Desc {
	return prometheus.NewDesc("maas_kinds_replaced",
		"How many kinds of the source are replaced by those of the same name of a later one.", []string{"source"}, nil)
}

// Describe is part of prometheus.Collector.
func (g *gauges) Describe(descs chan<- *prometheus.Desc) {
	descs <- successDesc()
	descs <- revisionDesc()
	descs <- replacedDesc()
}

// Collect is part of prometheus.Collector.
func (g *gauges) Collect(metrics chan<- prometheus.Metric) {
	entries, failing := g.sources.state()
	success, revision, replaced := successDesc(), revisionDesc(), replacedDesc()
	overridden := map[string]int{}
	for source, fails := range failing {
		value := 1.0
		if fails {
			value = 0
		}
		metrics <- prometheus.MustNewConstMetric(success, prometheus.GaugeValue, value, source)
	}
	for _, entry := range entries {
		if entry.OverriddenBy != "" {
			overridden[entry.Source]++
		}
		if k := entry.InForce; k != nil {
			metrics <- prometheus.MustNewConstMetric(revision, prometheus.GaugeValue, 1, k.Name(), k.Revision(), entry.Source)
		}
	}
	for source := range failing {
		metrics <- prometheus.MustNewConstMetric(replaced, prometheus.GaugeValue, float64(overridden[source]), source)
	}
}

// state gives the entries, and for each source whether something in it is refused.
func (s *Sources) state() ([]Entry, map[string]bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	failing := map[string]bool{}
	for source, faults := range s.loose {
		failing[source] = len(faults) > 0
	}
	entries := s.registry.Entries()
	if file := s.options.Parameters; file != "" {
		failing[file] = failing[file] || len(s.registry.InVain()) > 0
	}
	for _, entry := range entries {
		failing[entry.Source] = failing[entry.Source] || len(entry.Refused) > 0
	}
	return entries, failing
}
