package scale

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"k8s.io/apimachinery/pkg/util/wait"
)

// tick is the unit of times in /proc/PID/stat: USER_HZ is 100 wherever Go runs on Linux.
const tick = 10 * time.Millisecond

// Usage is what a process has used of the machine, sizes in bytes.
type Usage struct {
	CPU                  time.Duration
	Resident, MostAtOnce uint64
	// HeapInUse and HeapLive are of Go's heap: spans in use, and what a collection
	// leaves that is made for it.
	HeapInUse, HeapLive uint64
}

// work is what the controller says of itself.
type work struct {
	reconciles, queued float64
	heapInUse, live    uint64
}

// parseCPU reads user and system time from /proc/PID/stat. The name of the command
// is the second field and may hold anything, so fields are counted behind it.
func parseCPU(stat string) (time.Duration, error) {
	const user, system = 11, 12 // of the fields behind the name
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	if len(fields) <= system {
		return 0, fmt.Errorf("%d fields behind the name: %q", len(fields), stat)
	}
	var all time.Duration
	for _, field := range fields[user : system+1] {
		ticks, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, err
		}
		all += time.Duration(ticks) * tick
	}
	return all, nil
}

// parseSizes reads the resident set, now and at most, from /proc/PID/status.
func parseSizes(status string) (now, most uint64, err error) {
	sizes := map[string]uint64{}
	for line := range strings.Lines(status) {
		name, value, _ := strings.Cut(line, ":")
		if name == "VmRSS" || name == "VmHWM" {
			kilobytes, err := strconv.ParseUint(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
			if err != nil {
				return 0, 0, fmt.Errorf("%s: %w", name, err)
			}
			sizes[name] = kilobytes << 10
		}
	}
	if len(sizes) != 2 {
		return 0, 0, errors.New("no VmRSS and VmHWM")
	}
	return sizes["VmRSS"], sizes["VmHWM"], nil
}

func (c *process) file(name string) (string, error) {
	content, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", c.command.Process.Pid, name))
	if err != nil {
		return "", fmt.Errorf("reading what maas-controller has used (Linux alone tells it there): %w", err)
	}
	return string(content), nil
}

func (c *process) cpu() (time.Duration, error) {
	stat, err := c.file("stat")
	if err != nil {
		return 0, err
	}
	return parseCPU(stat)
}

// usage reads the sizes before it asks for metrics, whose page takes memory too.
func (c *process) usage(ctx context.Context) (Usage, error) {
	status, err := c.file("status")
	if err != nil {
		return Usage{}, err
	}
	var u Usage
	if u.Resident, u.MostAtOnce, err = parseSizes(status); err != nil {
		return Usage{}, err
	}
	if u.CPU, err = c.cpu(); err != nil {
		return Usage{}, err
	}
	w, err := c.work(ctx)
	if err != nil {
		return Usage{}, err
	}
	u.HeapInUse = w.heapInUse
	u.HeapLive, err = c.heapLive(ctx)
	return u, err
}

// heapLive has the controller collect its garbage, and gives what is left.
func (c *process) heapLive(ctx context.Context) (uint64, error) {
	response, err := get(ctx, "http://"+c.pprof+"/debug/pprof/heap?gc=1")
	if err != nil {
		return 0, fmt.Errorf("having maas-controller collect its garbage: %w", err)
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return 0, fmt.Errorf("having maas-controller collect its garbage: %w", err)
	}
	w, err := c.work(ctx)
	return w.live, err
}

// work reads the controller's metrics. The page has four lines a model.
func (c *process) work(ctx context.Context) (work, error) {
	response, err := get(ctx, "http://"+c.metrics+"/metrics")
	if err != nil {
		return work{}, fmt.Errorf("reading the controller's metrics: %w", err)
	}
	defer response.Body.Close()
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(response.Body)
	if err != nil {
		return work{}, fmt.Errorf("reading the controller's metrics: %w", err)
	}
	total := func(name string) float64 {
		var all float64
		for _, m := range families[name].GetMetric() {
			all += m.GetCounter().GetValue() + m.GetGauge().GetValue()
		}
		return all
	}
	return work{
		reconciles: total("controller_runtime_reconcile_total"), queued: total("workqueue_depth"),
		heapInUse: uint64(total("go_memstats_heap_inuse_bytes")), live: uint64(total("go_gc_heap_live_bytes")),
	}, nil
}

const (
	// quietFor is for how long a process that has nothing to do uses less than
	// quietCPU: it renews its lease.
	quietFor = 500 * time.Millisecond
	quietCPU = 2 * tick
)

// settle waits until the controller has decided on so many models and has nothing
// left to do. It gives when it used the processor last: the metrics, which would
// take time from what is measured, are read only then.
func (c *process) settle(ctx context.Context, models int) (work, time.Time, error) {
	var w work
	quiet := quiet{}
	err := wait.PollUntilContextCancel(ctx, 2*lookEvery, true, func(ctx context.Context) (bool, error) {
		used, err := c.cpu()
		if err != nil || !quiet.since(time.Now(), used) {
			return false, err
		}
		w, err = c.work(ctx)
		if err == nil && (w.queued > 0 || w.reconciles < float64(models)) {
			quiet.begin(time.Now(), used)
			return false, nil
		}
		return err == nil, err
	})
	if err != nil {
		return w, quiet.from, fmt.Errorf("waiting until the controller has nothing to do: %w: %.0f reconciles of %d models, %.0f queued",
			errors.Join(err, context.Cause(ctx)), w.reconciles, models, w.queued)
	}
	return w, quiet.from, nil
}

// quiet is since when a process uses next to nothing of the processor.
type quiet struct {
	from time.Time
	used time.Duration
}

func (q *quiet) begin(now time.Time, used time.Duration) { q.from, q.used = now, used }

// since says whether it has been so for long enough.
func (q *quiet) since(now time.Time, used time.Duration) bool {
	if q.from.IsZero() || used-q.used >= quietCPU {
		q.begin(now, used)
	}
	return now.Sub(q.from) >= quietFor
}
