package load

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"time"
)

// minProbes are those from which CPU a probe is worth telling.
const minProbes = 100

// WriteTable writes results as a table in Markdown, with what machine they are of.
func WriteTable(w io.Writer, now time.Time, results []Result) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s\n\n", now.UTC().Format("2006-01-02 15:04 MST"), machine())
	b.WriteString("| work | complete | gaps | silent gaps | 429 | 503 | failed | complete/s | p50 ms | p99 ms | longest ms | CPU µs a probe |\n")
	b.WriteString("| --- |" + strings.Repeat(" ---: |", 11) + "\n")
	for _, r := range results {
		rate := 0.0
		if r.Elapsed > 0 {
			rate = float64(r.Complete) / r.Elapsed.Seconds()
		}
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d | %d | %d | %s | %s | %s | %s | %s |\n", r.Work,
			r.Complete, r.Gaps, r.Silent, r.Throttled, r.Busy, r.Failed, short(rate),
			ms(r.Percentile(.5)), ms(r.Percentile(.99)), ms(r.Percentile(1)), r.cpu())
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (r Result) cpu() string {
	if r.Probes < minProbes {
		return ""
	}
	return short(float64(r.CPU.Microseconds()) / float64(r.Probes))
}

func ms(d time.Duration) string { return short(float64(d) / float64(time.Millisecond)) }

// short has three digits, or all before the point.
func short(f float64) string {
	if f >= 100 {
		return fmt.Sprintf("%.0f", f)
	}
	return fmt.Sprintf("%.3g", f)
}

// machine says what the figures depend on.
func machine() string {
	facts := []string{fmt.Sprintf("%d cores", runtime.NumCPU())}
	cpuinfo, _ := os.ReadFile("/proc/cpuinfo") // not on every system
	for line := range strings.Lines(string(cpuinfo)) {
		if name, value, _ := strings.Cut(line, ":"); strings.TrimSpace(name) == "model name" {
			facts = append(facts, strings.TrimSpace(value))
			break
		}
	}
	facts = append(facts, runtime.Version(), runtime.GOOS+"/"+runtime.GOARCH)
	if load, err := os.ReadFile("/proc/loadavg"); err == nil {
		facts = append(facts, "load average at the end "+strings.Join(strings.Fields(string(load))[:3], " "))
	}
	return strings.Join(facts, ", ")
}
