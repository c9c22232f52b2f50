package api

import (
	"container/list"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// readPatience is how long a client may take to read a reply, whatever others
// need.
const readPatience = 200 * time.Millisecond

// unread are the replies that are written and not read yet. In HTTP/2 it costs a
// client nothing to read none: each holds a stream of its connection until the
// time to write is over. Where there are as many as may be, the newest takes the
// place of the one that has waited longest.
type unread struct {
	most int

	mu sync.Mutex
	// order has the reply that has waited longest in front.
	order     *list.List
	displaced prometheus.Counter
}

// unreadReply is an element of unread.order.
type unreadReply struct {
	to    http.ResponseWriter
	since time.Time
}

func newUnread(most int) *unread {
	return &unread{most: most, order: list.New(), displaced: prometheus.NewCounter(prometheus.CounterOpts{
		Name: "maas_api_displaced_replies_total",
		Help: "Replies cut off for newer ones, because their clients did not read them and --max-requests others waited as well.",
	})}
}

// enter takes in a reply before the first of it is written.
func (u *unread) enter(to http.ResponseWriter, now time.Time) *list.Element {
	u.mu.Lock()
	defer u.mu.Unlock()
	if front := u.order.Front(); front != nil && u.order.Len() >= u.most {
		if longest, ok := front.Value.(unreadReply); ok && now.Sub(longest.since) >= readPatience {
			u.order.Remove(front)
			u.displaced.Inc()
			// Fails for no connection of net/http; others are not kept waiting here. It
			// is called under the lock: after leave the writer must not be used.
			_ = http.NewResponseController(longest.to).SetWriteDeadline(time.Unix(1, 0))
		}
	}
	return u.order.PushBack(unreadReply{to, now})
}

// leave takes out a reply that has been read, or cut off.
func (u *unread) leave(reply *list.Element) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.order.Remove(reply)
}
