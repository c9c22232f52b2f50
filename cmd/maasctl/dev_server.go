package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/maas-kinds/maas/api/web"
	"github.com/maas-kinds/maas/conformance/workbench"
	"github.com/maas-kinds/maas/conformance/workbench/page"
)

// devServer serves the workbench to the person at this machine, and to nobody else. A
// page of another site that a browser here has open could otherwise ask it, by a name of
// its own that leads to this machine: only the names of this machine are answered, no
// question from another origin is, and the address has a secret in it.
type devServer struct {
	bench *workbench.Bench
	files *devFiles
	// hosts are the names by which it may be called.
	hosts []string
	// base is the path that everything is under, with the secret.
	base string
}

// maxDeciding is how many questions are worked on at a time.
const maxDeciding = 2

func newDevServer(bench *workbench.Bench, files *devFiles, address, secret string) (*devServer, error) {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("reading the page's own address: %w", err)
	}
	hosts := []string{address, net.JoinHostPort("localhost", port)}
	return &devServer{bench: bench, files: files, hosts: hosts, base: "/" + secret + "/"}, nil
}

// address is what the person opens.
func (s *devServer) address() string { return "http://" + s.hosts[0] + s.base }

// serve answers until the context ends. Streams of events would never end by themselves.
func (s *devServer) serve(ctx context.Context, listener net.Listener) error {
	handler, err := s.handler()
	if err != nil {
		return err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, BaseContext: func(net.Listener) context.Context { return ctx }}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving the page: %w", err)
	}
	return nil
}

func (s *devServer) handler() (http.Handler, error) {
	files, err := page.Files(page.Server)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	for _, file := range files {
		pattern := "GET " + s.base + strings.TrimPrefix(web.AssetsPath, "/") + file.Name
		if file.Name == "" {
			pattern = "GET " + s.base + "{$}"
		}
		mux.HandleFunc(pattern, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", file.ContentType)
			_, _ = w.Write(file.Body) // the browser has gone
		})
	}
	mux.Handle("POST "+s.base+"ask/{method}", s.asking())
	mux.HandleFunc("GET "+s.base+"files", s.stream)
	return s.guarded(http.NewCrossOriginProtection().Handler(mux)), nil
}

// guarded refuses whoever calls this machine by another name, and sets what holds of
// each answer.
func (s *devServer) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		web.Secure(w.Header())
		w.Header().Set("Content-Security-Policy", page.Policy+"; frame-ancestors 'none'")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-store")
		if !slices.Contains(s.hosts, strings.ToLower(r.Host)) {
			http.Error(w, "this page answers at "+s.hosts[0]+" only", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// asking answers questions, a few at a time.
func (s *devServer) asking() http.Handler {
	turns := make(chan struct{}, maxDeciding)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked, err := io.ReadAll(http.MaxBytesReader(w, r.Body, workbench.MaxAsked))
		if err != nil {
			http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
			return
		}
		select {
		case turns <- struct{}{}:
			defer func() { <-turns }()
		case <-r.Context().Done():
			return
		}
		answer, err := s.bench.Ask(r.Context(), r.PathValue("method"), asked)
		if err != nil {
			http.Error(w, err.Error(), statusOf(err))
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(answer) //nolint:gosec // JSON that a browser takes for nothing else; one that has gone has gone
	})
}

func statusOf(err error) int {
	switch {
	case errors.Is(err, workbench.ErrUnknownMethod), errors.Is(err, workbench.ErrNotFound):
		return http.StatusNotFound
	case errors.Is(err, workbench.ErrBadQuestion):
		return http.StatusBadRequest
	}
	return http.StatusInternalServerError
}

// stream sends what the files hold, at once and when they have changed, as server-sent
// events. Where no files are followed it stays silent.
func (s *devServer) stream(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	controller := http.NewResponseController(w)
	for {
		state, changed := s.files.now()
		encoded, err := json.Marshal(state)
		if err != nil {
			return // texts always marshal
		}
		if _, err := fmt.Fprintf(w, "data: %s\n\n", encoded); err != nil || controller.Flush() != nil {
			return
		}
		select {
		case <-changed:
		case <-r.Context().Done():
			return
		}
	}
}
