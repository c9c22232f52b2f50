package metrics_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/conformance/metrics"
)

const page = "# Metrics\n\n" +
	"| metric | type | labels | tells | do |\n| --- | --- | --- | --- | --- |\n" +
	"| `maas_lists_total` | counter | `result`: `good` `bad`, `route` | lists | look |\n" +
	"| `maas_age` | gauge | | age | look |\n"

const exposition = `# TYPE maas_lists_total counter
maas_lists_total{result="good",route="/a"} 1
maas_lists_total{result="bad",route="/b"} 1
# TYPE maas_age gauge
maas_age 3
# TYPE go_goroutines gauge
go_goroutines 3
`

func TestCompare(t *testing.T) {
	for name, test := range map[string]struct {
		page, exposition string
		want             []string
	}{
		"they agree":                 {page, exposition, nil},
		"one is new":                 {page, exposition + "# TYPE maas_new gauge\nmaas_new 1\n", []string{"maas_new is exposed and not on the page"}},
		"one is gone":                {page, strings.Replace(exposition, "# TYPE maas_age gauge\nmaas_age 3\n", "", 1), []string{"maas_age is on the page and not exposed"}},
		"another type":               {strings.Replace(page, "| gauge |", "| counter |", 1), exposition, []string{"maas_age is a gauge, and a counter by the page"}},
		"a label is not on the page": {strings.Replace(page, ", `route`", "", 1), exposition, []string{`maas_lists_total has the labels ["result" "route"], and ["result"] by the page`}},
		"a label is gone":            {strings.Replace(page, "| | age", "| `of` | age", 1), exposition, []string{`maas_age has the labels [], and ["of"] by the page`}},
		"a value is not on the page": {strings.Replace(page, " `bad`", "", 1), exposition, []string{`maas_lists_total{result="bad"} is exposed, and the page lists ["good"] alone`}},
	} {
		t.Run(name, func(t *testing.T) {
			written, err := metrics.Page(test.page)
			if err != nil {
				t.Fatal(err)
			}
			exposed, err := metrics.Exposed(strings.NewReader(test.exposition))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, metrics.Compare(written, exposed)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestPagesThatCannotBeRead(t *testing.T) {
	for name, test := range map[string]string{
		"a row with too few cells": page + "| `maas_other` | gauge | | x |\n",
		"nothing said of it":       strings.Replace(page, "| age |", "| |", 1),
		"twice":                    page + "| `maas_age` | gauge | | age | look |\n",
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := metrics.Page(test); err == nil {
				t.Errorf("it is read as %v", got)
			}
		})
	}
}
