package load

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/maas-kinds/maas/conformance/command"
)

// stopWithin is how long maas-api may take to end.
const stopWithin = 20 * time.Second

// subject is the API that is measured.
type subject struct {
	address, metrics string
	stop             func() error
}

// startAPI runs maas-api as a process of its own, on loopback. Its log, with a line
// for each request, goes to a file in dir.
func startAPI(ctx context.Context, program, dir, kubeconfig string, more []string) (*subject, error) {
	addresses, err := command.FreeAddresses(ctx, 2)
	if err != nil {
		return nil, err
	}
	s := &subject{address: addresses[0], metrics: addresses[1]}
	log, err := os.Create(filepath.Join(dir, "maas-api.log"))
	if err != nil {
		return nil, err
	}
	process := exec.CommandContext(ctx, program, append([]string{
		"--kubeconfig=" + kubeconfig, "--namespaces=" + strings.Join(namespaces(), ","),
		"--listen=" + s.address, "--metrics-listen=" + s.metrics, "--shutdown-delay=0", "--drain-timeout=1s",
		"--trusted-hosts=127.0.0.1", "--allow-http", "--allow-cidr=127.0.0.0/8",
	}, more...)...)
	process.Stdout, process.Stderr = log, log
	process.Cancel = func() error { return process.Process.Signal(syscall.SIGTERM) }
	process.WaitDelay = stopWithin
	if err := process.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("starting maas-api: %w", err), log.Close())
	}
	s.stop = func() error {
		err := process.Cancel()
		if errors.Is(err, os.ErrProcessDone) {
			err = nil
		}
		if err := errors.Join(err, process.Wait(), log.Close()); err != nil {
			return fmt.Errorf("maas-api: %w\n%s", err, command.Tail(log.Name()))
		}
		return nil
	}
	return s, nil
}

// usage is what an API has spent so far.
type usage struct {
	cpu    time.Duration
	probes uint64
}

// usage reads the API's own metrics.
func (s *subject) usage(ctx context.Context) (usage, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.metrics+"/metrics", http.NoBody)
	if err != nil {
		return usage{}, err
	}
	response, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(request)
	if err != nil {
		return usage{}, fmt.Errorf("reading the API's metrics: %w", err)
	}
	defer response.Body.Close()
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(response.Body)
	if err != nil {
		return usage{}, fmt.Errorf("reading the API's metrics: %w", err)
	}
	var u usage
	for _, m := range families["process_cpu_seconds_total"].GetMetric() {
		u.cpu = time.Duration(m.GetCounter().GetValue() * float64(time.Second))
	}
	for _, m := range families["maas_api_probe_duration_seconds"].GetMetric() {
		u.probes += m.GetHistogram().GetSampleCount()
	}
	return u, nil
}
