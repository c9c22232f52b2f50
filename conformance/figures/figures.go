// Package figures has what the tables of measurements have in common: what machine
// they are of, and how numbers are written.
package figures

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

// Machine says what figures depend on.
func Machine() string {
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

// Milliseconds writes a duration in them.
func Milliseconds(d time.Duration) string { return Short(float64(d) / float64(time.Millisecond)) }

// Short has three digits, or all before the point.
func Short(f float64) string {
	if f >= 100 {
		return fmt.Sprintf("%.0f", f)
	}
	return fmt.Sprintf("%.3g", f)
}
