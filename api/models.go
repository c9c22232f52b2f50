package api

import (
	"context"
	"net/http"
	"slices"

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
	snapshot, failed := h.snapshot(w)
	if failed != nil {
		return failed
	}
	wanted, failed := h.parseQuestion(r.URL.RawQuery)
	if failed != nil {
		return failed
	}
	asked := h.selection(snapshot, caller, wanted.filter)
	verdicts, summary := h.check(r.Context(), caller, asked)
	if failed := h.undecided(summary); failed != nil {
		return failed
	}

	if wanted.unknownKind && !slices.Contains(verdicts[:asked.wanted], access.Allowed) {
		return unknownKind()
	}
	l := choose(snapshot, asked, verdicts, wanted.part)
	w.listed = l.listed
	h.describe(w, r, summary)
	serve(w, r, h.pages.list(l))
	return nil
}

// choose takes the models that the caller may use, of those wanted, and as many as
// the part has room for.
func choose(snapshot *catalog.Snapshot, asked selection, verdicts []access.Decision, wanted part) chosenOf {
	l := chosenOf{snapshot: snapshot, chosen: newBitmap(len(snapshot.Entries())), isPart: wanted != part{}}
	for k := asked.first(snapshot.After(wanted.after)); k < asked.wanted; k++ {
		if verdicts[k] != access.Allowed {
			continue
		}
		if l.isPart && l.listed == wanted.limit {
			l.more = true
			break
		}
		l.chosen.add(asked.place(k))
		l.listed++
	}
	return l
}

// selection is what a list asks: the wanted models first.
type selection struct {
	// places are those of the targets among the entries; nil means all of them
	// in their order.
	places  []int
	targets []*access.Target
	wanted  int
}

func (s selection) place(k int) int {
	if s.places == nil {
		return k
	}
	return s.places[k]
}

// first is the first of the wanted models that stands at the place or behind it.
func (s selection) first(place int) int {
	if s.places == nil {
		return place
	}
	first, _ := slices.BinarySearch(s.places[:s.wanted], place)
	return first
}

// selection gives the models that a filter wants. Whether there are any must
// show only to a caller whom one of them has let in. Everybody else's question
// is that of the whole list: it takes as long and has the same gaps, whatever the
// filter says.
func (h *handler) selection(snapshot *catalog.Snapshot, caller *access.Caller, wanted filter) selection {
	targets := snapshot.Targets()
	if wanted.empty() {
		return selection{targets: targets, wanted: len(targets)}
	}
	places, others := []int{}, []int{}
	for i, entry := range snapshot.Entries() {
		if wanted.matches(entry) {
			places = append(places, i)
		} else {
			others = append(others, i)
		}
	}
	chosen := selection{places: append(places, others...), wanted: len(places)}
	for _, i := range chosen.places {
		chosen.targets = append(chosen.targets, targets[i])
	}
	if h.checker.Admitted(caller, chosen.targets[:chosen.wanted]) {
		chosen.targets = chosen.targets[:chosen.wanted]
	}
	return chosen
}

// check gives the verdicts on what is asked; they must not be changed.
func (h *handler) check(ctx context.Context, caller *access.Caller, asked selection) ([]access.Decision, access.Summary) {
	if asked.places == nil {
		return h.checker.CheckAll(ctx, caller, asked.targets)
	}
	verdicts := make([]access.Decision, len(asked.targets))
	return verdicts, h.checker.Check(ctx, caller, asked.targets, verdicts)
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
	serve(w, r, pageOf(snapshot.Entries()[place]))
	return nil
}
