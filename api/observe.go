package api

import (
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"net/http"
	"regexp"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/maas-kinds/maas/api/tracing"
)

// response is a reply under way, and what of it goes into the log.
type response struct {
	http.ResponseWriter
	status int
	wrote  bool
	// listed counts the models in the reply.
	listed int
	// dialect is that of errors.
	dialect dialect
	// ended is why a watch has; empty in other replies.
	ended endReason
	at    answering
}

// WriteHeader implements http.ResponseWriter.
func (w *response) WriteHeader(status int) {
	w.status = status
	w.beginOnce()
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *response) Write(body []byte) (int, error) {
	w.beginOnce()
	return w.ResponseWriter.Write(body)
}

func (w *response) beginOnce() {
	if !w.wrote {
		w.wrote = true
		w.at.write(w.ResponseWriter)
	}
}

// stream begins a reply that lasts: it holds no turn, is no request that waits for its
// answer, and is not among those that wait to be read.
func (w *response) stream() {
	w.wrote = true
	w.at.giveBack()
	w.at.metrics.inFlight.Dec()
}

// streamed is called at the end of such a reply.
func (w *response) streamed() { w.at.metrics.inFlight.Inc() }

// Unwrap lets http.ResponseController reach the writer underneath.
func (w *response) Unwrap() http.ResponseWriter { return w.ResponseWriter }

const requestIDHeader = "X-Request-Id"

var saneRequestID = regexp.MustCompile(`^[A-Za-z0-9._:/+=-]{1,128}$`)

// observed wraps a route with what holds for all of them: the reply headers,
// errors as their clients know them, the access log and the metrics. The log names the
// route and never the path or the query, where people put credentials.
func (h *handler) observed(route string, answer endpoint) http.Handler {
	constant := http.Header{"X-Content-Type-Options": {"nosniff"}, "Vary": {"Origin, Accept-Encoding"}}
	if hasModels(route) {
		constant["Cache-Control"] = []string{"private, no-cache"}
		constant["Vary"] = h.vary
	}
	// Whoever asks after this replica's health learns nothing from being turned away.
	bounded := route != healthPath && route != readyPath
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started := h.clock.Now()
		h.metrics.inFlight.Inc()
		defer h.metrics.inFlight.Dec()

		id := requestID(r.Header)
		header := w.Header()
		header[requestIDHeader] = []string{id}
		for name, value := range constant {
			header[name] = value
		}
		if ofAnthropic(r) {
			header["Request-Id"] = []string{id} // where Anthropic's clients look for it
		}
		h.cors.allow(header, r)

		reply := &response{ResponseWriter: w, status: http.StatusOK, dialect: dialectOf(route, r), at: answering{handler: h}}
		defer reply.at.end()
		var span tracing.Span
		if bounded {
			r, span = h.traced(r, route) //nolint:contextcheck // the request brings its own
		}
		defer h.finish(r, reply, span, route, id, started)
		// Nor from a preflight, after which a page could not read why.
		if bounded && r.Method != http.MethodOptions && !reply.at.start() {
			h.metrics.overloaded.WithLabelValues(limitRequests).Inc()
			overloaded().write(reply)
		} else if failed := answer(reply, r); failed != nil {
			failed.write(reply)
		}
		if r.ProtoMajor == 2 {
			// Else net/http would wait for the client after this handler.
			_ = http.NewResponseController(w).Flush() // a client that has gone wants no reply
		}
	})
}

// finish is deferred: it answers where a fault has kept the route from it, and
// writes the request down.
func (h *handler) finish(r *http.Request, reply *response, span tracing.Span, route, id string, started time.Time) {
	if fault := recover(); fault != nil {
		h.log.ErrorContext(r.Context(), "a request has failed in this service's own code",
			"request_id", id, "route", route, "fault", fault, "stack", string(debug.Stack()))
		if !reply.wrote {
			internalError().write(reply)
		}
	}
	took := h.clock.Since(started)
	span.End(reply.status, reply.listed)
	log := h.log
	if id := span.ID(); id != "" {
		log = log.With("trace_id", id)
	}
	attributes := []slog.Attr{
		slog.String("request_id", id), slog.String("method", knownMethod(r.Method)), slog.String("route", route),
		slog.Int("status", reply.status), slog.Duration("duration", took), slog.Int("listed", reply.listed),
	}
	if reply.ended != "" {
		attributes = append(attributes, slog.String("watch", string(reply.ended)))
	} else { // how long somebody watches is no time to answer
		h.metrics.duration.WithLabelValues(route, strconv.Itoa(reply.status)).Observe(took.Seconds())
	}
	log.LogAttrs(r.Context(), slog.LevelInfo, "request", attributes...)
}

// traced begins the span of a request. Where nothing is traced, a caller's trace
// context is read only to be forwarded.
func (h *handler) traced(r *http.Request, route string) (*http.Request, tracing.Span) {
	switch {
	case h.tracing != nil:
		return h.tracing.Request(r, route, knownMethod(r.Method))
	case h.forwards:
		return tracing.Extract(r), tracing.Span{}
	}
	return r, tracing.Span{}
}

// knownMethod keeps what a client invents out of the log.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete:
		return method
	}
	return "other"
}

// requestID takes over the client's id if it is a sane one.
func requestID(header http.Header) string {
	if given := header[requestIDHeader]; len(given) == 1 && saneRequestID.MatchString(given[0]) {
		return given[0]
	}
	var random [16]byte
	rand.Read(random[:]) // never fails, see crypto/rand
	return hex.EncodeToString(random[:])
}
