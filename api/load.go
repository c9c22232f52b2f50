package api

import (
	"container/list"
	"context"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

const (
	// bodyPatience is how long a client may take to send the rest of a body that
	// nobody reads, before its connection is closed.
	bodyPatience = time.Second
	// maxAbandoned is how many more requests a connection's client may have taken
	// back than waited for, before it has to connect anew.
	maxAbandoned = 100
	// overloadRetry is when a request that was turned away may come again.
	overloadRetry = time.Second
)

// clientPatience counts what the requests of one connection have come to: one
// up for each that was taken back, one down for each that was answered.
type clientPatience struct{ abandoned atomic.Int64 }

type clientPatienceKey struct{}

// withClientPatience is an http.Server.ConnContext.
func withClientPatience(ctx context.Context, _ net.Conn) context.Context {
	return context.WithValue(ctx, clientPatienceKey{}, &clientPatience{})
}

// note counts one request, which has been answered or whose client has left.
func (p *clientPatience) note(abandoned bool) {
	if abandoned {
		p.abandoned.Add(1)
	} else if p.abandoned.Add(-1) < 0 {
		p.abandoned.Add(1)
	}
}

// guardConnection serves requests so that what a client sends beside them, or
// takes back, costs little.
func (h *handler) guardConnection(w http.ResponseWriter, r *http.Request) {
	if endsConnection(r) {
		w.Header()["Connection"] = []string{"close"}
		if r.ContentLength != 0 {
			// Fails for no connection of net/http; others have no deadline to set.
			_ = http.NewResponseController(w).SetReadDeadline(h.clock.Now().Add(bodyPatience))
		}
	}
	patience, counted := r.Context().Value(clientPatienceKey{}).(*clientPatience)
	if counted && patience.abandoned.Load() >= maxAbandoned {
		w.Header()["Connection"] = []string{"close"} // in HTTP/2, a GOAWAY
	}
	// In HTTP/1 a client that sends no more may still be reading.
	if r.ProtoMajor == 2 && r.Context().Err() != nil {
		h.metrics.abandoned.Inc()
	} else {
		h.serve(w, r)
	}
	if counted {
		patience.note(r.Context().Err() != nil)
	}
}

// endsConnection says whether a request's connection is closed after the
// reply, so that nothing behind the request is taken for another. This API
// takes no bodies. net/http does not show whether a request with
// Transfer-Encoding had a Content-Length too, nor the former in HTTP/1.0, where
// RFC 9112, sections 6.1 and 6.3, want the connection closed.
func endsConnection(r *http.Request) bool {
	return r.ProtoMajor == 1 && (r.ContentLength != 0 || r.ProtoMinor == 0)
}

// turns bounds how many requests are answered at a time.
type turns chan struct{}

func (t turns) take() bool {
	select {
	case t <- struct{}{}:
		return true
	default:
		return false
	}
}

func (t turns) giveBack() { <-t }

// answering is where one request is: at work, with a turn, or at its client's to
// be read, without one. Whoever does not read keeps nobody from being answered.
type answering struct {
	*handler
	hasTurn bool
	reply   *list.Element
}

// start takes a turn, if there is one.
func (a *answering) start() bool {
	a.hasTurn = a.turns.take()
	return a.hasTurn
}

// write begins the reply.
func (a *answering) write(to http.ResponseWriter) {
	a.giveBack()
	a.reply = a.unread.enter(to, a.clock.Now())
}

// end is called when the reply was written, or there is none.
func (a *answering) end() {
	a.giveBack()
	if a.reply != nil {
		a.unread.leave(a.reply)
	}
}

func (a *answering) giveBack() {
	if a.hasTurn {
		a.turns.giveBack()
		a.hasTurn = false
	}
}

func overloaded() *apiError {
	return turnedAway(overloadRetry, "This replica is answering as many requests as it may (--max-requests). Try again in a moment.")
}

func late() *apiError {
	return turnedAway(overloadRetry, "This replica has too little CPU to hear what model backends answer in time. Try again in a moment.")
}

func busy(retryAfter time.Duration) *apiError {
	return turnedAway(retryAfter, "This replica is asking as many model backends as it may (--probes-in-flight), and others wait before you. Try again when Retry-After says.")
}

func turnedAway(retryAfter time.Duration, message string) *apiError {
	return &apiError{status: http.StatusServiceUnavailable, kind: typeServer, code: "overloaded", retryAfter: retryAfter, message: message}
}
