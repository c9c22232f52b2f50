package attacks

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/utils/clock"

	"github.com/maas-kinds/maas/api"
)

// subject is what is attacked: the API, or one with a planted fault.
type subject struct {
	// address and metrics are where it listens.
	address, metrics string
	// secure is set where it speaks TLS.
	secure bool
	log    *logBuffer
	stop   func()
}

type logBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

// Write implements io.Writer.
func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

// String is all that was logged.
func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.String()
}

// start gives the subject, which runs from the first call on.
func (s *scene) start() *subject {
	s.t.Helper()
	s.starting.Do(func() {
		if s.fault.naive() {
			s.subject = s.startNaive()
		} else {
			s.subject = s.startAPI()
		}
		s.t.Cleanup(s.subject.stop)
		s.eventually("the API is ready", func() error {
			response, err := s.subject.client().Get(s.subject.url("/readyz")) //nolint:noctx // the client has a timeout
			if err != nil {
				return err
			}
			_ = response.Body.Close()
			if response.StatusCode != http.StatusOK {
				return fmt.Errorf("status %d", response.StatusCode)
			}
			return nil
		})
	})
	return s.subject
}

func (s *subject) url(path string) string {
	if s.secure {
		return "https://" + s.address + path
	}
	return "http://" + s.address + path
}

// client is one for questions that are no part of an attack.
func (*subject) client() *http.Client {
	return &http.Client{Timeout: patience, Transport: &http.Transport{
		DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
	}}
}

// optionsOf are those that the flags default to, but for the time that a
// backend has on a machine where everything is tested at once. The API sees the
// row's namespace only, so that rows do not meet.
func (s *scene) optionsOf() api.Options {
	o := api.DefaultOptions()
	o.Namespaces = []string{s.namespace}
	o.Limits.ProbeTimeout, o.Limits.Budget = 10*time.Second, 15*time.Second
	o.ShutdownDelay, o.DrainTimeout = 0, time.Second
	o.Cluster, o.Kinds = s.env.Config, s.kinds
	o.ServiceHost = apiServer
	o.Registry, o.Clock = prometheus.NewRegistry(), clock.RealClock{}
	for _, change := range s.options {
		change(&o)
	}
	s.fault.loosen(&o)
	return o
}

func (s *scene) startAPI() *subject {
	s.t.Helper()
	log := &logBuffer{}
	o := s.optionsOf()
	o.Log = slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	running, err := api.New(s.t.Context(), o)
	if err != nil {
		s.t.Fatal(err)
	}
	main, metrics := s.listen(o.Listen), s.listen("127.0.0.1:0")
	ctx, cancel := context.WithCancel(context.WithoutCancel(s.t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- running.Serve(ctx, main, metrics) }()
	return &subject{
		address: main.Addr().String(), metrics: metrics.Addr().String(), secure: o.TLSCertFile != "", log: log,
		stop: sync.OnceFunc(func() {
			cancel()
			if err := <-ended; err != nil {
				s.t.Errorf("serving ended with: %v", err)
			}
		}),
	}
}

// listen listens on loopback, unless a row wants the API elsewhere.
func (s *scene) listen(address string) net.Listener {
	s.t.Helper()
	if address == api.DefaultOptions().Listen {
		address = "127.0.0.1:0"
	}
	listener, err := new(net.ListenConfig).Listen(s.t.Context(), "tcp", address)
	if err != nil {
		s.t.Fatal(err)
	}
	return listener
}

// eventually waits for something, as long as patience has it, or until a planted
// fault has been noticed: then nothing more is asked.
func (s *scene) eventually(what string, check func() error) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	poll := time.NewTicker(10 * time.Millisecond)
	defer poll.Stop()
	for {
		err := check()
		if err == nil || s.fault != "" && s.fault != sound && len(s.failures()) > 0 {
			return
		}
		select {
		case <-poll.C:
		case <-ctx.Done():
			s.errorf("%s: %v", what, errors.Join(err, ctx.Err()))
			return
		}
	}
}
