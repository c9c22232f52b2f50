package load

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/maas-kinds/maas/conformance/figures"
)

// minProbes are those from which CPU a probe is worth telling.
const minProbes = 100

// WriteTable writes results as a table in Markdown, with what machine they are of.
func WriteTable(w io.Writer, now time.Time, results []Result) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s\n\n", now.UTC().Format("2006-01-02 15:04 MST"), figures.Machine())
	b.WriteString("| work | complete | gaps | silent gaps | 429 | 503 | failed | complete/s | p50 ms | p99 ms | longest ms | CPU µs a probe |\n")
	b.WriteString("| --- |" + strings.Repeat(" ---: |", 11) + "\n")
	for _, r := range results {
		rate := 0.0
		if r.Elapsed > 0 {
			rate = float64(r.Complete) / r.Elapsed.Seconds()
		}
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d | %d | %d | %s | %s | %s | %s | %s |\n", r.Work,
			r.Complete, r.Gaps, r.Silent, r.Throttled, r.Busy, r.Failed, figures.Short(rate),
			figures.Milliseconds(r.Percentile(.5)), figures.Milliseconds(r.Percentile(.99)), figures.Milliseconds(r.Percentile(1)), r.cpu())
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (r Result) cpu() string {
	if r.Probes < minProbes {
		return ""
	}
	return figures.Short(float64(r.CPU.Microseconds()) / float64(r.Probes))
}
