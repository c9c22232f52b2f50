package api

import (
	"net/http"

	"github.com/maas-kinds/maas/api/access"
	"github.com/maas-kinds/maas/api/catalog"
)

// checkedAtFormat is RFC 3339 with milliseconds.
const checkedAtFormat = "2006-01-02T15:04:05.000Z07:00"

// list answers GET /v1/models.
func (h *handler) list(w *response, r *http.Request) *apiError {
	caller, failed := h.admit(w, r)
	if failed != nil {
		return failed
	}
	snapshot := h.catalog.Snapshot()
	if snapshot == nil {
		return notSynced()
	}
	wanted, failed := h.parseFilter(r.URL.RawQuery, snapshot)
	if failed != nil {
		return failed
	}
	places, targets := selection(snapshot, wanted)
	verdicts := make([]access.Verdict, len(targets))
	summary := h.checker.Check(r.Context(), caller, targets, verdicts)
	if failed := h.conclude(w, r, summary); failed != nil {
		return failed
	}

	chosen, listed := newBitmap(len(snapshot.Entries())), 0
	for k, verdict := range verdicts {
		if verdict != access.Allowed {
			continue
		}
		listed++
		if places == nil {
			chosen.add(k)
		} else {
			chosen.add(places[k])
		}
	}
	w.listed = listed
	serve(w, r, h.pages.list(snapshot, chosen))
	return nil
}

// selection gives the targets to ask and their places among the entries; nil
// places mean all of them.
func selection(snapshot *catalog.Snapshot, wanted filter) (places []int, targets []*access.Target) {
	if wanted.empty() {
		return nil, snapshot.Targets()
	}
	places = []int{}
	for i, entry := range snapshot.Entries() {
		if wanted.matches(entry) {
			places = append(places, i)
			targets = append(targets, snapshot.Targets()[i])
		}
	}
	return places, targets
}

// conclude turns the summary of a check into reply headers, or an error where
// there is nothing to reply.
func (h *handler) conclude(w http.ResponseWriter, r *http.Request, summary access.Summary) *apiError {
	if summary.RetryAfter > 0 {
		return throttled(summary.RetryAfter)
	}
	if summary.Inconclusive > 0 {
		if summary.Decided == 0 {
			return inconclusive(h.retryAfter)
		}
		w.Header()["X-Models-Incomplete"] = []string{"true"}
		if r.Context().Err() == nil { // else the client has left, and gets no list at all
			h.metrics.incomplete.Inc()
		}
	}
	checked := summary.CheckedAt
	if checked.IsZero() {
		checked = h.clock.Now()
	}
	w.Header()["X-Access-Checked-At"] = []string{checked.UTC().Format(checkedAtFormat)}
	return nil
}

// retrieve answers GET /v1/models/{id...}. It asks one endpoint, and does not
// tell a model that is not there from one that the caller may not use. Only
// the time a denied probe takes, at most once a second, is not hidden.
func (h *handler) retrieve(w *response, r *http.Request) *apiError {
	caller, failed := h.admit(w, r)
	if failed != nil {
		return failed
	}
	snapshot := h.catalog.Snapshot()
	if snapshot == nil {
		return notSynced()
	}
	place, found := snapshot.Find(r.PathValue("id"))
	if !found {
		return modelNotFound()
	}
	var verdict [1]access.Verdict
	summary := h.checker.Check(r.Context(), caller, snapshot.Targets()[place:place+1], verdict[:])
	if verdict[0] == access.Denied || verdict[0] == access.Refused {
		return modelNotFound()
	}
	if failed := h.conclude(w, r, summary); failed != nil {
		return failed
	}
	w.listed = 1
	serve(w, r, pageOf(snapshot.Entries()[place]))
	return nil
}
