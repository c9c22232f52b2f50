package api

import (
	"net/http"

	"github.com/maas-kinds/maas/api/access"
	"github.com/maas-kinds/maas/api/question"
)

// checkedAtFormat is that of headers and events, too.
const checkedAtFormat = question.CheckedAtFormat

// list answers GET /v1/models.
func (h *handler) list(w *response, r *http.Request) *apiError {
	caller, failed := h.admit(w, r)
	if failed != nil {
		return failed
	}
	snapshot, failed := h.snapshot(w)
	if failed != nil {
		return failed
	}
	query, failed := parseQuery(r.URL.RawQuery)
	if failed != nil {
		return failed
	}
	asked, failed := h.parseQuestion(query)
	if failed != nil {
		return failed
	}
	if watch, failed := h.wantsWatch(query); failed != nil {
		return failed
	} else if watch {
		return h.watch(w, r, caller, snapshot, asked)
	}
	showsLocked, failed := h.wantsLocked(query, asked.Filter)
	if failed != nil {
		return failed
	}
	form, failed := formOf(r, query)
	if failed != nil {
		return failed
	}
	verdicts, summary := h.checker.CheckList(r.Context(), caller, access.List{
		Targets: snapshot.Targets(), Wanted: h.wanted(snapshot, caller, asked), Selection: asked.Selection(), Timed: asked.Fields.Access,
	})
	if failed := h.undecided(summary); failed != nil {
		return failed
	}
	if form.wanted() {
		return h.listIn(w, r, form, decided{snapshot, asked, verdicts, summary})
	}
	p, err := h.pages.list(snapshot, asked, verdicts, h.told(caller, snapshot, asked, verdicts))
	if err != nil {
		return refused(err)
	}
	w.listed = p.listed
	h.describe(w, r, summary)
	if showsLocked != nil {
		p = showsLocked.add(p, snapshot, verdicts)
	}
	serve(w, r, p)
	return nil
}

// undecided says what is wrong when there is nothing to reply.
func (h *handler) undecided(summary access.Summary) *apiError {
	switch {
	case summary.Busy > 0:
		h.metrics.overloaded.WithLabelValues(limitProbes).Inc()
		return busy(summary.Busy)
	case summary.Late:
		h.metrics.overloaded.WithLabelValues(limitCPU).Inc()
		return late()
	case summary.ByPeer:
		h.metrics.overloaded.WithLabelValues(limitPeers).Inc()
		return peerThrottled(summary.RetryAfter)
	case summary.RetryAfter > 0:
		return throttled(summary.RetryAfter)
	case summary.Inconclusive > 0 && summary.Decided == 0:
		return inconclusive(h.retryAfter)
	}
	return nil
}

// describe turns the summary of a check into reply headers.
func (h *handler) describe(w http.ResponseWriter, r *http.Request, summary access.Summary) {
	if summary.Inconclusive > 0 {
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
}

// retrieve answers GET /v1/models/{id...}.
func (h *handler) retrieve(w *response, r *http.Request) *apiError {
	return h.model(w, r, r.PathValue("id"))
}

// model answers for one model. It does not tell one that is not there from one
// that the caller may not use, by no byte and by no time: see access.CheckNamed.
func (h *handler) model(w *response, r *http.Request, id string) *apiError {
	caller, failed := h.admit(w, r)
	if failed != nil {
		return failed
	}
	snapshot, failed := h.snapshot(w)
	if failed != nil {
		return failed
	}
	name := h.callers.Name(id)
	decoys := snapshot.Decoys(name)
	var target *access.Target
	place, found := snapshot.Find(id)
	retired, gone := snapshot.Retired(id)
	switch {
	case found:
		target = snapshot.Targets()[place]
	case gone:
		target = retired.Target
	}
	verdict, summary := h.checker.CheckNamed(r.Context(), caller, name, target, decoys)
	if failed := h.undecided(summary); failed != nil {
		return failed
	}
	switch {
	case verdict != access.Allowed:
		return modelNotFound()
	case !found:
		return modelRetired(retired)
	}
	w.listed = 1
	h.describe(w, r, summary)
	p, err := pageIn(r, snapshot.Entries()[place])
	if err != nil {
		h.log.ErrorContext(r.Context(), "a model cannot be written", "error", err)
		return internalError()
	}
	serve(w, r, p)
	return nil
}
