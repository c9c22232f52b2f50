package api

import (
	"net/http"
	"time"

	"github.com/maas-kinds/maas/api/catalog"
)

const (
	// staleHeader says until when the list is known to have been true. It is one of
	// our own: Warning is obsolete (RFC 9111, 5.5), and Age is a cache's, which proxies
	// add to. A moment, and not an age, so that equal lists have equal replies.
	staleHeader = "X-Models-As-Of"
	// staleAfter is how long the watch may be away before that is said: one that
	// ends, and begins again at once, is no news.
	staleAfter = 5 * time.Second
	// staleRetry is when a request may come again that was refused because of it.
	staleRetry = 5 * time.Second
)

// snapshot is the catalog. The reply says if it may be out of date, and why there
// is none.
func (h *handler) snapshot(w http.ResponseWriter) (*catalog.Snapshot, *apiError) {
	snapshot := h.catalog.Snapshot()
	if snapshot == nil {
		return nil, notSynced()
	}
	asOf, isOver := h.staleness()
	if asOf != "" {
		w.Header()[staleHeader] = []string{asOf}
	}
	if isOver {
		return nil, outOfDate()
	}
	return snapshot, nil
}

// staleness is until when the catalog is known to have been true, empty while it is;
// over says that this is too long ago for lists to be given.
func (h *handler) staleness() (asOf string, over bool) {
	since := h.catalog.DisconnectedSince()
	if since.IsZero() {
		return "", false
	}
	away := h.clock.Since(since)
	if away > staleAfter {
		asOf = since.UTC().Format(checkedAtFormat)
	}
	return asOf, h.maxStale > 0 && away > h.maxStale
}

func outOfDate() *apiError {
	return &apiError{status: http.StatusServiceUnavailable, kind: typeServer, code: "models_out_of_date", retryAfter: staleRetry,
		message: "This replica has not heard from the cluster which models there are for longer than it may (--max-stale). Try again when Retry-After says."}
}
