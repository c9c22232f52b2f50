// Package metrics holds the pages that say how to read metrics to what the commands
// really expose.
package metrics

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// Metric is one metric, on a page or exposed.
type Metric struct {
	Type string
	// Labels have their values where the page lists them all, else none.
	Labels map[string][]string
}

// row of a page: | `name` | type | labels | what it tells | what to do |. The labels
// are names, each with its values behind a colon where there are only these.
var (
	row    = regexp.MustCompile("(?m)^\\| `(maas_[a-z_]+)` \\| ([a-z]+) \\|([^|]*)\\|([^|]*)\\|([^|]*)\\|$")
	quoted = regexp.MustCompile("`([^`]+)`")
)

// Page reads the metrics that a page describes.
func Page(text string) (map[string]Metric, error) {
	all := map[string]Metric{}
	for _, cells := range row.FindAllStringSubmatch(text, -1) {
		name, labels := cells[1], map[string][]string{}
		if _, twice := all[name]; twice {
			return nil, fmt.Errorf("%s is on the page twice", name)
		}
		for label := range strings.SplitSeq(cells[3], ",") {
			words := quoted.FindAllStringSubmatch(label, -1)
			if len(words) == 0 {
				continue
			}
			labels[words[0][1]] = nil
			for _, value := range words[1:] {
				labels[words[0][1]] = append(labels[words[0][1]], value[1])
			}
		}
		if strings.TrimSpace(cells[4]) == "" || strings.TrimSpace(cells[5]) == "" {
			return nil, fmt.Errorf("%s: the page does not say what it tells, and what to do", name)
		}
		all[name] = Metric{Type: cells[2], Labels: labels}
	}
	if mentioned := strings.Count(text, "\n| `maas_"); mentioned != len(all) {
		return nil, fmt.Errorf("the page has %d rows of metrics, of which %d can be read: write | `name` | type | `label`: `value` | … | … |", mentioned, len(all))
	}
	return all, nil
}

// Exposed reads the project's own metrics of an exposition in text format.
func Exposed(exposition io.Reader) (map[string]Metric, error) {
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(exposition)
	if err != nil {
		return nil, fmt.Errorf("reading metrics: %w", err)
	}
	all := map[string]Metric{}
	for name, family := range families {
		if !strings.HasPrefix(name, "maas_") {
			continue
		}
		labels := map[string][]string{}
		for _, series := range family.GetMetric() {
			for _, label := range series.GetLabel() {
				if value := label.GetValue(); !slices.Contains(labels[label.GetName()], value) {
					labels[label.GetName()] = append(labels[label.GetName()], value)
				}
			}
		}
		all[name] = Metric{Type: strings.ToLower(family.GetType().String()), Labels: labels}
	}
	return all, nil
}

// Compare says how a page and what is exposed differ, both ways. A label whose values
// the page lists has no others.
func Compare(page, exposed map[string]Metric) []string {
	var differences []string
	tell := func(format string, args ...any) { differences = append(differences, fmt.Sprintf(format, args...)) }
	for name, got := range exposed {
		want, ok := page[name]
		if !ok {
			tell("%s is exposed and not on the page", name)
			continue
		}
		if got.Type != want.Type {
			tell("%s is a %s, and a %s by the page", name, got.Type, want.Type)
		}
		if has, wants := slices.Sorted(maps.Keys(got.Labels)), slices.Sorted(maps.Keys(want.Labels)); !slices.Equal(has, wants) {
			tell("%s has the labels %q, and %q by the page", name, has, wants)
		}
		for label, values := range got.Labels {
			for _, value := range values {
				if listed := want.Labels[label]; len(listed) > 0 && !slices.Contains(listed, value) {
					tell("%s{%s=%q} is exposed, and the page lists %q alone", name, label, value, listed)
				}
			}
		}
	}
	for name := range page {
		if _, ok := exposed[name]; !ok {
			tell("%s is on the page and not exposed", name)
		}
	}
	slices.SortFunc(differences, cmp.Compare[string])
	return differences
}
