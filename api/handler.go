package api

import (
	"log/slog"
	"net/http"
	"path"
	"strings"
	"sync/atomic"
	"time"

	"k8s.io/utils/clock"

	"github.com/maas-kinds/maas/api/access"
	"github.com/maas-kinds/maas/api/catalog"
	"github.com/maas-kinds/maas/api/tracing"
	"github.com/maas-kinds/maas/engine/kind"
)

// handler answers requests. Its fields do not change once it serves.
type handler struct {
	catalog    snapshots
	checker    *access.Checker
	callers    *access.Callers
	proxies    *proxies
	kinds      func(name string) (*kind.Kind, bool)
	namespaces []string
	// retryAfter is when endpoints that are at fault are tried again.
	retryAfter time.Duration
	// maxStale is how long a list is given that may be out of date; 0 is for ever.
	maxStale time.Duration
	cors     cors
	pages    *pages
	metrics  *metrics
	// tracing is nil where nothing is traced; forwards is set where probes carry the
	// trace context of requests all the same.
	tracing  *tracing.Tracing
	forwards bool
	log      *slog.Logger
	clock    clock.PassiveClock
	draining atomic.Bool
	turns    turns
	unread   *unread
	watches  *watches
	// discoverable: callers may ask for the ids of models that turn them away.
	discoverable bool

	mux *http.ServeMux
	// unclean and unknown answer what the mux is not asked.
	unclean, unknown http.Handler
	vary             []string
}

// snapshots is where the catalog is read.
type snapshots interface {
	// Snapshot is nil before the catalog has synced.
	Snapshot() *catalog.Snapshot
	// DisconnectedSince is since when the snapshot may be out of date; zero while it
	// is not.
	DisconnectedSince() time.Time
}

// endpoint answers one route, or says what is wrong.
type endpoint func(*response, *http.Request) *apiError

const (
	modelsPath = "/v1/models"
	healthPath = "/healthz"
	readyPath  = "/readyz"
	allowed    = "GET, HEAD, OPTIONS"
	// unknownRoute is how the log and the metrics call every other path.
	unknownRoute = "unknown"
)

func newHandler(o Options, source snapshots, checker *access.Checker) (*handler, error) {
	h := &handler{proxies: &proxies{trusted: o.TrustedProxies, log: o.Log}, catalog: source, checker: checker, kinds: o.Kinds.Lookup, namespaces: o.Namespaces, log: o.Log, clock: o.Clock, retryAfter: o.Limits.BreakerOpen, maxStale: o.MaxStale, turns: make(turns, o.MaxRequests), unread: newUnread(o.MaxRequests), discoverable: o.Discoverable, watches: newWatches(o.MaxWatches, o.MaxConnections, o.Clock), tracing: o.Tracing, forwards: o.ForwardTraceContext}
	var err error
	if h.callers, err = access.NewCallers(o.ForwardHeaders, o.Anonymous, o.CredentialHeaders...); err != nil {
		return nil, err
	}
	if h.cors, err = newCORS(o.CORSOrigins, h.callers.Forwarded()); err != nil {
		return nil, err
	}
	if h.pages, err = newPages(maxPages); err != nil {
		return nil, err
	}
	if err := h.route(o.Page); err != nil {
		h.pages.close()
		return nil, err
	}
	h.metrics = newMetrics(o.Registry, source, o.Clock)
	o.Registry.MustRegister(h.unread.displaced, h.watches)
	return h, nil
}

// route builds the route table. Every path has a fallback for methods it does
// not know, so that the mux never answers in plain text.
func (h *handler) route(withPage bool) error {
	description, err := openAPI()
	if err != nil {
		return err
	}
	h.vary = []string{strings.Join(append([]string{"Authorization", "Origin", "Accept-Encoding", anthropicVersion}, h.callers.Forwarded()...), ", ")}
	h.mux = http.NewServeMux()
	for pattern, answer := range map[string]endpoint{
		modelsPath:              h.list,
		modelsPath + "/{id...}": h.retrieve,
		tagsPath:                h.list,
		"/openapi.json":         description,
		healthPath:              healthz,
		readyPath:               h.readyz,
	} {
		h.answer(pattern, pattern, answer)
	}
	if withPage {
		if err := h.routePage(); err != nil {
			return err
		}
	}
	h.unclean = h.observed(modelsPath+"/{id...}", h.retrieveUnclean)
	h.unknown = h.observed(unknownRoute, h.nothingHere)
	h.mux.Handle("/", h.unknown)
	return nil
}

// answer adds a pattern to the route table, and the route that it is in the log and
// the metrics.
func (h *handler) answer(pattern, route string, answer endpoint) {
	h.mux.Handle("GET "+pattern, h.observed(route, answer))
	h.mux.Handle("OPTIONS "+pattern, h.observed(route, h.options))
	h.mux.Handle(pattern, h.observed(route, func(*response, *http.Request) *apiError {
		return methodNotAllowed(allowed)
	}))
}

// ServeHTTP implements http.Handler.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.guardConnection(w, r) }

func (h *handler) serve(w http.ResponseWriter, r *http.Request) {
	r = unslashed(r)
	escaped := r.URL.EscapedPath()
	switch {
	case isClean(escaped):
		h.mux.ServeHTTP(w, r)
	case strings.HasPrefix(escaped, modelsPath+"/"):
		// The mux would redirect to a path without the dots and slashes, which
		// names another model or none. No model has such an id.
		h.unclean.ServeHTTP(w, r)
	default:
		h.unknown.ServeHTTP(w, r)
	}
}

// isClean says whether the mux takes a path as it is.
func isClean(escaped string) bool {
	if !strings.HasPrefix(escaped, "/") {
		return false
	}
	cleaned := path.Clean(escaped)
	return escaped == cleaned || escaped == cleaned+"/"
}

// retrieveUnclean answers for what is no id of any model as it does for an id:
// as slowly, too.
func (h *handler) retrieveUnclean(w *response, r *http.Request) *apiError {
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		// No model is found by a path that begins with a slash.
		return h.model(w, r, r.URL.Path)
	case http.MethodOptions:
		return h.options(w, r)
	}
	return methodNotAllowed(allowed)
}

// nothingHere lets pages ask all the same: one whose preflight is not answered
// cannot read the 404.
func (h *handler) nothingHere(w *response, r *http.Request) *apiError {
	if r.Method == http.MethodOptions && h.cors.preflight(w.Header(), r) {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	return routeNotFound()
}

// options answers without credentials: browsers send none when they ask first.
func (h *handler) options(w *response, r *http.Request) *apiError {
	w.Header().Set("Allow", allowed)
	h.cors.preflight(w.Header(), r)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// healthz says that the process runs.
func healthz(w *response, _ *http.Request) *apiError {
	return plain(w, "ok\n")
}

// readyz says whether requests should be sent here. The health of model
// backends plays no part.
func (h *handler) readyz(w *response, _ *http.Request) *apiError {
	if h.draining.Load() {
		return draining()
	}
	if _, failed := h.snapshot(w); failed != nil {
		return failed
	}
	return plain(w, "ok\n")
}

func plain(w http.ResponseWriter, text string) *apiError {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte(text)) // a client that has left has left
	return nil
}
