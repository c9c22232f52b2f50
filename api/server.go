package api

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"golang.org/x/sync/errgroup"
	"sigs.k8s.io/controller-runtime/pkg/certwatcher"
)

const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 10 * time.Second
	writeAfterBudget  = 5 * time.Second
	idleTimeout       = 120 * time.Second
	maxRequestHeader  = 64 << 10

	// A caller needs one stream at a time. A proxy in front opens another
	// connection when all are in use.
	maxStreams = 32
	// Bodies are not read: these are the smallest windows that HTTP/2 and
	// net/http allow.
	streamWindow, connectionWindow = 16 << 10, 64 << 10
	pingAfter, pingTimeout         = 30 * time.Second, 10 * time.Second
)

// Run listens where the options say and serves until ctx ends.
func (a *API) Run(ctx context.Context) error {
	var listening net.ListenConfig
	main, err := listening.Listen(ctx, "tcp", a.options.Listen)
	if err != nil {
		a.close()
		return fmt.Errorf("listening for requests (--listen): %w", err)
	}
	var metrics net.Listener
	if a.options.MetricsListen != "0" {
		if metrics, err = listening.Listen(ctx, "tcp", a.options.MetricsListen); err != nil {
			_ = main.Close()
			a.close()
			return fmt.Errorf("listening for metrics (--metrics-listen): %w", err)
		}
	}
	return a.Serve(ctx, main, metrics)
}

// Serve serves on the given listeners, which it closes; metrics may be nil.
// When ctx ends, readiness turns false, requests are still taken for the
// shutdown delay, those under way are finished, and Serve returns nil.
func (a *API) Serve(ctx context.Context, main, metrics net.Listener) error {
	defer a.close()
	address, err := netip.ParseAddrPort(main.Addr().String())
	if err == nil {
		err = a.handler.checker.SetSelf(address)
	}
	if err != nil {
		return errors.Join(err, main.Close())
	}
	// What serves must outlive ctx by the drain.
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	group, failed := errgroup.WithContext(serving)
	group.Go(func() error { return a.catalog.Run(failed) })
	group.Go(func() error { return a.cluster.Run(failed) })
	group.Go(func() error {
		a.roots.follow(failed, a.handler.checker.SetRoots)
		return nil
	})

	clients := newConnections(a.options.MaxConnections)
	a.options.Registry.MustRegister(clients)
	server := a.server(a.handler, clients)
	main = boundedListener{main, clients}
	if a.options.TLSCertFile != "" {
		certificates, err := certwatcher.New(a.options.TLSCertFile, a.options.TLSKeyFile)
		if err != nil {
			stop()
			return errors.Join(fmt.Errorf("reading --tls-cert-file and --tls-key-file: %w", err), main.Close(), group.Wait())
		}
		group.Go(func() error { return certificates.Start(failed) })
		main = tls.NewListener(main, &tls.Config{
			MinVersion: tls.VersionTLS12, GetCertificate: certificates.GetCertificate, NextProtos: []string{"h2", "http/1.1"},
		})
	}
	group.Go(func() error { return ignoreClosed(server.Serve(main)) })
	servers := []*http.Server{server}
	if metrics != nil {
		mux := http.NewServeMux()
		mux.Handle("GET /metrics", promhttp.HandlerFor(a.options.Registry, promhttp.HandlerOpts{}))
		scrapers := newConnections(a.options.MaxConnections)
		servers = append(servers, a.server(mux, scrapers))
		group.Go(func() error { return ignoreClosed(servers[1].Serve(boundedListener{metrics, scrapers})) })
	}
	a.options.Log.Info("serving", "address", main.Addr().String(), "tls", a.options.TLSCertFile != "")

	select {
	case <-ctx.Done():
		err = a.drain(failed, servers)
	case <-failed.Done():
		err = a.shutdown(serving, 0, servers)
	}
	stop()
	return errors.Join(group.Wait(), err)
}

func (a *API) server(handler http.Handler, clients *connections) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      a.options.Limits.Longest() + writeAfterBudget,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxRequestHeader,
		HTTP2: &http.HTTP2Config{
			MaxConcurrentStreams:          maxStreams,
			MaxReceiveBufferPerStream:     streamWindow,
			MaxReceiveBufferPerConnection: connectionWindow,
			SendPingTimeout:               pingAfter,
			PingTimeout:                   pingTimeout,
			WriteByteTimeout:              writeAfterBudget,
		},
		ConnState:   clients.follow,
		ConnContext: withClientPatience,
		// "OPTIONS *" is answered by handler as everything is, or its connection
		// would not be closed where it has to be.
		DisableGeneralOptionsHandler: true,
		ErrorLog:                     slog.NewLogLogger(a.options.Log.Handler(), slog.LevelWarn),
	}
}

// drain stops serving so that no request is lost: first nobody is sent here
// any more, then those who are here are answered.
func (a *API) drain(ctx context.Context, servers []*http.Server) error {
	a.handler.draining.Store(true)
	a.handler.watches.close()
	a.options.Log.Info("shutting down: not ready any more", "delay", a.options.ShutdownDelay, "drain", a.options.DrainTimeout)
	select {
	case <-ctx.Done():
	case <-a.options.Clock.After(a.options.ShutdownDelay):
	}
	return a.shutdown(context.WithoutCancel(ctx), a.options.DrainTimeout, servers)
}

func (a *API) shutdown(ctx context.Context, timeout time.Duration, servers []*http.Server) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	a.handler.watches.close()
	var errs []error
	for _, server := range servers {
		if err := server.Shutdown(ctx); err != nil {
			errs = append(errs, server.Close())
			a.options.Log.Warn("requests were cut off at the end of the drain", "error", err)
		}
	}
	a.close() // ends probes under way, and their spans
	if err := a.options.Tracing.Shutdown(ctx); err != nil {
		a.options.Log.Warn("traces were lost at the end of the drain", "error", err)
	}
	return errors.Join(errs...)
}

func ignoreClosed(err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("serving: %w", err)
}
