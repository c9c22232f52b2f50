package soak

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// The figures that must not grow.
const (
	goroutines  = "goroutines"
	heap        = "heap MiB"
	descriptors = "descriptors"
	watches     = "watches"
)

// sample is what a process had at rest: the least that was seen, which leaves
// garbage and what was just under way out.
type sample struct {
	process string
	// life tells processes of one name apart.
	life   time.Time
	at     time.Duration
	values map[string]float64
}

// measure reads the metrics of a process.
func measure(ctx context.Context, client *http.Client, url string) (map[string]float64, error) {
	text, err := get(ctx, client, url)
	if err != nil {
		return nil, fmt.Errorf("reading metrics: %w", err)
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("reading metrics: %w", err)
	}
	values := map[string]float64{}
	for figure, name := range map[string]string{goroutines: "go_goroutines", heap: "go_memstats_heap_alloc_bytes", descriptors: "process_open_fds"} {
		for _, m := range families[name].GetMetric() {
			values[figure] = m.GetGauge().GetValue()
		}
	}
	values[heap] /= 1 << 20
	for _, m := range families["apiserver_longrunning_requests"].GetMetric() {
		for _, label := range m.GetLabel() {
			if label.GetName() == "verb" && label.GetValue() == "WATCH" {
				values[watches] += m.GetGauge().GetValue()
			}
		}
	}
	return values, nil
}

// least keeps the smaller value of each figure.
func least(a, b map[string]float64) map[string]float64 {
	if a == nil {
		return b
	}
	for figure, value := range b {
		a[figure] = min(a[figure], value)
	}
	return a
}

// Growth is a figure of one process, at its first rest and at its last.
type Growth struct {
	Process, Figure string
	First, Last     float64
	// Apart is the time between both, and Rests how many there were.
	Apart time.Duration
	Rests int
	// Flat says whether the last is no more than the first, but for what such figures
	// differ by from one rest to the next.
	Flat bool
}

// allowed is how much more a figure may be than it was: a part of it, and so much.
func allowed(figure string) (part, more float64) {
	switch figure {
	case heap:
		return 0.5, 10
	case goroutines:
		return 0.1, 30
	default:
		return 0.1, 10
	}
}

// grown compares the rests of the longest lives.
func grown(samples []sample) []Growth {
	type life struct {
		process string
		life    time.Time
	}
	lives := map[life][]sample{}
	for _, s := range samples {
		key := life{s.process, s.life}
		lives[key] = append(lives[key], s)
	}
	longest := map[string][]sample{}
	for key, all := range lives {
		if len(all) > len(longest[key.process]) {
			longest[key.process] = all
		}
	}
	var rows []Growth
	for _, process := range slices.Sorted(maps.Keys(longest)) {
		all := longest[process]
		first, last := all[0], all[len(all)-1]
		for _, figure := range slices.Sorted(maps.Keys(first.values)) {
			part, more := allowed(figure)
			g := Growth{Process: process, Figure: figure, First: first.values[figure], Last: last.values[figure], Apart: last.at - first.at, Rests: len(all)}
			g.Flat = g.Last <= g.First*(1+part)+more
			rows = append(rows, g)
		}
	}
	return rows
}
