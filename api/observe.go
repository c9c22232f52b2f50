package api

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// record is what a request leaves in the log besides its status.
type record struct {
	// listed counts the models in the reply.
	listed int
}

type recordKey struct{}

// note gives the record of a request under way.
func note(r *http.Request) *record { return r.Context().Value(recordKey{}).(*record) }

const requestIDHeader = "X-Request-Id"

var saneRequestID = regexp.MustCompile(`^[A-Za-z0-9._:/+=-]{1,128}$`)

// observed wraps a route with what holds for all of them: the reply headers,
// errors as OpenAI objects, the access log and the metrics. The log names the
// route and never the path or the query, where people put credentials.
func (h *handler) observed(route string, answer endpoint) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started := time.Now()
		h.metrics.inFlight.Inc()
		defer h.metrics.inFlight.Dec()

		id := requestID(r.Header)
		header := w.Header()
		header[requestIDHeader] = []string{id}
		header["X-Content-Type-Options"] = []string{"nosniff"}
		if strings.HasPrefix(route, modelsPath) {
			header["Cache-Control"] = []string{"private, no-cache"}
			header["Vary"] = h.vary
		}
		h.cors.allow(header, r)

		seen := &record{}
		status := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		defer func() {
			if fault := recover(); fault != nil {
				h.log.ErrorContext(r.Context(), "a request has failed in this service's own code", "request_id", id, "route", route, "fault", fault)
				if !status.wrote {
					errInternal.write(status)
				}
			}
			h.finish(r, route, id, status.status, seen, time.Since(started))
		}()
		if failed := answer(status, r.WithContext(context.WithValue(r.Context(), recordKey{}, seen))); failed != nil {
			failed.write(status)
		}
	})
}

func (h *handler) finish(r *http.Request, route, id string, status int, seen *record, took time.Duration) {
	h.metrics.duration.WithLabelValues(route, strconv.Itoa(status)).Observe(took.Seconds())
	h.log.LogAttrs(r.Context(), slog.LevelInfo, "request",
		slog.String("request_id", id), slog.String("method", knownMethod(r.Method)), slog.String("route", route),
		slog.Int("status", status), slog.Duration("duration", took), slog.Int("listed", seen.listed))
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

// statusWriter remembers the status that was sent.
type statusWriter struct {
	http.ResponseWriter
	status int
	wrote  bool
}

func (w *statusWriter) WriteHeader(status int) {
	w.status, w.wrote = status, true
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(body []byte) (int, error) {
	w.wrote = true
	return w.ResponseWriter.Write(body)
}

// Unwrap lets http.ResponseController reach the writer underneath.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
