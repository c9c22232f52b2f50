package api

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"runtime/debug"
	"sync"
	"time"

	"github.com/maas-kinds/maas/api/access"
	"github.com/maas-kinds/maas/api/catalog"
	"github.com/maas-kinds/maas/api/question"
	"github.com/maas-kinds/maas/api/tracing"
)

const (
	// heartbeatEvery is how long a watch is silent at most. Proxies end connections that
	// are silent for a minute or so.
	heartbeatEvery = 15 * time.Second
	// watchLifetime is how long a watch lasts at most, and lifetimeSpread how much
	// shorter one is, so that those that began together do not end together.
	watchLifetime  = 10 * time.Minute
	lifetimeSpread = time.Minute
)

// watch answers GET /v1/models?watch=true: what changes in the caller's list, as it
// changes.
func (h *handler) watch(w *response, r *http.Request, caller *access.Caller, snapshot *catalog.Snapshot, asked question.Question) *apiError {
	place, failed := h.watches.enter(caller.Key())
	if failed != nil {
		h.refusedWatch(failed)
		return failed
	}
	defer h.watches.leave(place)
	f := &follower{handler: h, caller: caller, asked: asked, beat: beatOf(caller.Key()), place: place}
	first, summary, failed := f.first(r.Context(), snapshot)
	if failed != nil {
		return failed
	}
	h.describe(w, r, summary)
	header := w.Header()
	header["Content-Type"] = []string{contentTypeEvents}
	// nginx would keep events until it has a buffer full of them (ngx_http_proxy_module, proxy_buffering).
	header["X-Accel-Buffering"] = []string{"no"}
	if r.Method == http.MethodHead {
		return nil
	}
	w.stream()
	defer w.streamed()
	h.run(r.Context(), w, f, first)
	return nil
}

// refusedWatch counts a watch that there was no room for.
func (h *handler) refusedWatch(failed *apiError) {
	if failed.code == "overloaded" {
		h.metrics.overloaded.WithLabelValues(limitWatches).Inc()
	}
}

// run sends what the follower finds until the watch ends.
func (h *handler) run(ctx context.Context, w *response, f *follower, first report) {
	w.ended = endFault
	defer func() { h.watches.ended.WithLabelValues(string(w.ended)).Inc() }()
	control := http.NewResponseController(w)
	// What ends the reply is written after this.
	defer func() { _ = control.SetWriteDeadline(h.watches.clock.Now().Add(eventPatience)) }()

	// A watch is one request: its first list is in its trace, and not hundreds more.
	ctx, cancel := context.WithCancel(tracing.Without(ctx))
	reports := make(chan report)
	var following sync.WaitGroup
	defer following.Wait()
	defer cancel()
	out := events{w, h.watches.clock}
	w.listed = first.models
	if err := out.tell(first.news); err != nil {
		w.ended = endOf(err)
		return
	}
	faults := make(chan error, 1)
	following.Go(func() {
		defer func() {
			if fault := recover(); fault != nil {
				faults <- fmt.Errorf("%v\n%s", fault, debug.Stack())
			}
		}()
		f.follow(ctx, reports)
	})
	w.ended = h.relay(ctx, w, out, f.place, reports, faults)
}

// relay passes reports on until the watch ends, and says why it has.
func (h *handler) relay(ctx context.Context, w *response, out events, place *watchPlace, reports <-chan report, faults <-chan error) endReason {
	lifetime := h.watches.clock.NewTimer(watchLifetime - rand.N(lifetimeSpread)) //nolint:gosec // to spread load
	defer lifetime.Stop()
	silence := h.watches.clock.NewTimer(heartbeatEvery)
	defer silence.Stop()
	for {
		var err error
		ended := endReason("")
		select {
		case <-ctx.Done():
			return endClient
		case <-h.watches.closing:
			ended = endShutdown
		case <-place.displaced:
			ended = endDisplaced
		case <-lifetime.C():
			ended = endLifetime
		case found := <-reports:
			w.listed = found.models
			if ended = found.end; ended == "" {
				err = out.tell(found.news)
			}
		case fault := <-faults:
			panic(fault) // as if it were this request's own, which it is
		case <-silence.C():
			err = out.heartbeat()
		}
		if ended != "" {
			_ = out.end(ended) // who does not read it sees the stream end
			return ended
		}
		if err != nil {
			return endOf(err)
		}
		silence.Reset(heartbeatEvery)
	}
}

// endOf says why nothing could be sent.
func endOf(err error) endReason {
	if errors.Is(err, errUnread) {
		return endUnread
	}
	return endClient
}

// wantsWatch says whether a query asks for a watch, and refuses what means
// nothing where changes of a whole list are sent.
func (h *handler) wantsWatch(query url.Values) (bool, *apiError) {
	watch, failed := yesOrNo(query, "watch")
	if failed != nil || !watch {
		return false, failed
	}
	never := []string{"limit", "after", "sort", "fields", "facets", "format"}
	if h.discoverable {
		never = append(never, "locked")
	}
	for _, name := range never {
		if query.Has(name) {
			return false, invalidParameter(name, "Leave "+name+" out with watch=true: a watch is of the whole list. Filters such as kind, namespace and ready may be given.")
		}
	}
	return true, nil
}

// yesOrNo reads a parameter that is true or false, and false where it is not given.
func yesOrNo(query url.Values, name string) (bool, *apiError) {
	value, given, failed := once(query, name)
	if failed == nil && given && value != "true" && value != "false" {
		failed = invalidParameter(name, "Write "+name+"=true or "+name+"=false.")
	}
	return value == "true", failed
}
