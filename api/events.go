package api

import (
	"bufio"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"

	"k8s.io/utils/clock"

	"github.com/maas-kinds/maas/api/catalog"
)

const (
	contentTypeEvents = "text/event-stream"
	// eventPatience is how long a client may take to read one event, beyond what is
	// buffered on the way.
	eventPatience = 10 * time.Second
)

// events writes server-sent events to one client (HTML Living Standard, section 9.2).
// What it writes has no line break but its own: JSON has none where it is not indented.
type events struct {
	to    http.ResponseWriter
	clock clock.PassiveClock
}

// news is one event: what has changed, and how far that can be believed.
type news struct {
	changes
	// all are the models there are now, of the first event of a watch; nil in others.
	all []*catalog.Entry
	condition
}

// condition says how true a list is.
type condition struct {
	// gaps: some backends could not be asked.
	gaps bool
	// asOf is until when the catalog is known to have been true, as checkedAtFormat;
	// empty while it is.
	asOf string
}

// tell sends an event.
func (e events) tell(n news) error {
	return e.send(func(w *bufio.Writer) {
		if n.all != nil {
			_, _ = w.WriteString("event: sync\ndata: {")
			writeEach(w, "ids", n.all, func(m *catalog.Entry) { _, _ = w.WriteString(idOf(m)) })
			_, _ = w.WriteString(",")
		} else {
			_, _ = w.WriteString("event: changed\ndata: {")
		}
		writeEach(w, "changed", n.changed, func(m *catalog.Entry) { _, _ = w.Write(m.JSON) })
		if n.all == nil {
			_, _ = w.WriteString(",")
			writeEach(w, "removed", n.removed, func(id string) { _, _ = w.WriteString(`"` + id + `"`) })
		}
		if n.gaps {
			_, _ = w.WriteString(`,"incomplete":true`)
		}
		if n.asOf != "" {
			_, _ = fmt.Fprintf(w, `,"as_of":%q`, n.asOf)
		}
		_, _ = w.WriteString("}\n\n")
	})
}

// writeEach writes a member of an object that is an array.
func writeEach[T any](w *bufio.Writer, name string, items []T, write func(T)) {
	_, _ = w.WriteString(`"` + name + `":[`)
	for i, item := range items {
		if i > 0 {
			_ = w.WriteByte(',')
		}
		write(item)
	}
	_ = w.WriteByte(']')
}

// heartbeat keeps what is between here and the client from ending a silent connection.
func (e events) heartbeat() error {
	return e.send(func(w *bufio.Writer) { _, _ = w.WriteString(": heartbeat\n\n") })
}

// end says why nothing more comes.
func (e events) end(reason endReason) error {
	return e.send(func(w *bufio.Writer) { _, _ = fmt.Fprintf(w, "event: end\ndata: {\"reason\":%q}\n\n", reason) })
}

// send gives the client its time to read what is written. In HTTP/2 a deadline that
// passes ends the stream whatever it waits for, so there is none between two events.
func (e events) send(write func(*bufio.Writer)) error {
	control, begun := http.NewResponseController(e.to), e.clock.Now()
	// Fails for no connection of net/http; others have no deadline to set.
	_ = control.SetWriteDeadline(begun.Add(eventPatience))
	buffered := bufio.NewWriterSize(e.to, chunk)
	write(buffered) // a bufio.Writer remembers what has failed
	if err := buffered.Flush(); err != nil {
		return e.failure(err, begun)
	}
	if err := control.Flush(); err != nil {
		return e.failure(err, begun)
	}
	_ = control.SetWriteDeadline(time.Time{})
	return nil
}

// errUnread means that the client did not read an event in its time.
var errUnread = errors.New("the client did not read it in time")

// failure tells a client that does not read from one that has left. In HTTP/2 a stream
// whose time is over is a closed one.
func (e events) failure(err error, begun time.Time) error {
	if errors.Is(err, os.ErrDeadlineExceeded) || e.clock.Since(begun) >= eventPatience {
		err = fmt.Errorf("%w: %w", errUnread, err)
	}
	return fmt.Errorf("sending an event: %w", err)
}
