package scale

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

	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/maas-kinds/maas/conformance/command"
	"github.com/maas-kinds/maas/conformance/install"
)

const (
	// stopWithin is how long maas-controller may take to end, as its Deployment says.
	stopWithin = 40 * time.Second
	// startWithin is how long it may take to be ready.
	startWithin = 2 * time.Minute
	lookEvery   = 20 * time.Millisecond
)

// process is a running maas-controller.
type process struct {
	health, metrics, pprof string
	command                *exec.Cmd
	log                    string
	ended                  chan struct{}
	err                    error
	started                time.Time
	// readyAfter is when /readyz was answered with 200 for the first time.
	readyAfter time.Duration
}

// start runs the controller as its Deployment does, on loopback, and returns when
// it is ready. The context that it gives ends with the process.
func (s *session) start(ctx context.Context, p *plane) (*process, context.Context, error) {
	c := &process{log: filepath.Join(s.dir, "maas-controller.log"), ended: make(chan struct{})}
	addresses, err := command.FreeAddresses(ctx, 3)
	if err != nil {
		return nil, nil, err
	}
	c.health, c.metrics, c.pprof = addresses[0], addresses[1], addresses[2]
	log, err := os.Create(c.log)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = log.Close() }() // the process has its own
	args := install.Arguments(p.deployment, s.dir, "--kubeconfig="+p.kubeconfig,
		"--health-probe-bind-address="+c.health, "--metrics-bind-address="+c.metrics, "--pprof-bind-address="+c.pprof,
		// What the condition Unlisted would ask for, so that models are as in use.
		"--trusted-hosts="+backendHost, "--allow-http")
	// It ends by stop and not with ctx, so that a last word is heard of it.
	c.command = exec.CommandContext(context.WithoutCancel(ctx), s.Controller, append(args, s.Flags...)...)
	c.command.Stdout, c.command.Stderr, c.command.Env = log, log, asDeployed(os.Environ())
	c.started = time.Now()
	if err := c.command.Start(); err != nil {
		return nil, nil, fmt.Errorf("starting maas-controller: %w", err)
	}
	running, cancel := context.WithCancelCause(ctx)
	go func() {
		defer close(c.ended)
		c.err = c.command.Wait()
		cancel(errors.New("maas-controller has ended"))
	}()
	if err := c.awaitReady(running); err != nil {
		return nil, nil, errors.Join(err, c.stop())
	}
	return c, running, nil
}

// asDeployed leaves out what is set for the Go programs of this shell.
func asDeployed(environment []string) []string {
	var all []string
	for _, entry := range environment {
		name, _, _ := strings.Cut(entry, "=")
		switch name {
		case "GOGC", "GOMEMLIMIT", "GODEBUG", "GOMAXPROCS":
		default:
			all = append(all, entry)
		}
	}
	return all
}

func (c *process) awaitReady(ctx context.Context) error {
	err := wait.PollUntilContextTimeout(ctx, lookEvery, startWithin, true, func(ctx context.Context) (bool, error) {
		response, err := get(ctx, "http://"+c.health+"/readyz")
		if err != nil {
			return false, nil //nolint:nilerr // it does not listen yet
		}
		return response.StatusCode == http.StatusOK, response.Body.Close()
	})
	c.readyAfter = time.Since(c.started)
	if err != nil {
		return fmt.Errorf("waiting until maas-controller is ready: %w", errors.Join(err, context.Cause(ctx)))
	}
	return nil
}

// get leaves nothing open that would keep the process from its end.
func get(ctx context.Context, url string) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return nil, err
	}
	return (&http.Transport{DisableKeepAlives: true}).RoundTrip(request)
}

// stop ends the process by SIGTERM, as a Pod is ended, and returns when it has
// ended. What it wrote is in the error where it ended otherwise.
func (c *process) stop() error {
	_ = c.command.Process.Signal(syscall.SIGTERM) // it may have ended
	select {
	case <-c.ended:
	case <-time.After(stopWithin):
		_ = c.command.Process.Kill()
		<-c.ended
	}
	if c.err != nil {
		return fmt.Errorf("maas-controller: %w\n%s", c.err, command.Tail(c.log))
	}
	return nil
}
