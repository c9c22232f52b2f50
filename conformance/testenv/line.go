package testenv

import (
	"context"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
	"time"
)

// Line is a TCP connection to a server that a test can cut, mend, slow down and
// silence.
type Line struct {
	// Address is the host and port to connect to instead of the server's.
	Address string
	target  string
	// ended is closed at the test's end.
	ended <-chan struct{}

	mu       sync.Mutex
	listener net.Listener
	open     []net.Conn
	calls    []*call
	down     bool
	silent   bool
	delay    time.Duration
}

// call is one connection; one that is silent stays so. Line.mu guards it.
type call struct{ silent bool }

// NewLine makes a line to a server, which is given as a URL or as host:port and
// need not be there yet. It is cut at the test's end.
func NewLine(t testing.TB, target string) *Line {
	t.Helper()
	if u, err := url.Parse(target); err == nil && u.Host != "" {
		target = u.Host
	}
	l := &Line{Address: "127.0.0.1:0", target: target, ended: t.Context().Done()}
	l.Mend(t)
	t.Cleanup(l.Cut)
	return l
}

// Mend takes connections again, at the same address.
func (l *Line) Mend(t testing.TB) {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", l.Address)
	if err != nil {
		t.Fatalf("mending the line to %s: %v", l.target, err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down = false
	l.listener, l.Address = listener, listener.Addr().String()
	ctx := context.WithoutCancel(t.Context()) // The last stretch of a test is over the line as well.
	go func() {
		for {
			from, err := listener.Accept()
			if err != nil {
				return
			}
			l.join(ctx, from)
		}
	}()
}

// Cut closes every connection, and takes no further ones until Mend.
func (l *Line) Cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down = true
	_ = l.listener.Close()
	for _, connection := range l.open {
		_ = connection.Close()
	}
	l.open, l.calls = nil, nil
}

// Silence loses whatever is sent from now on, and closes nothing, as a network
// does that drops packets. Connections are taken, and are as silent.
func (l *Line) Silence() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.silent = true
	for _, c := range l.calls {
		c.silent = true
	}
}

// Hear ends the silence for connections that are made from now on.
func (l *Line) Hear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.silent = false
}

// Slow makes everything that is sent from now on arrive later, each way; 0
// makes the line as fast as it was.
func (l *Line) Slow(delay time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.delay = delay
}

func (l *Line) join(ctx context.Context, from net.Conn) {
	to, err := new(net.Dialer).DialContext(ctx, "tcp", l.target)
	if err != nil {
		_ = from.Close()
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.down { // Since it was accepted.
		_, _ = from.Close(), to.Close()
		return
	}
	c := &call{silent: l.silent}
	l.open, l.calls = append(l.open, from, to), append(l.calls, c)
	go l.carry(to, from, c)
	go l.carry(from, to, c)
}

// parcel is what was read at once, and when it is to arrive.
type parcel struct {
	content []byte
	due     time.Time
}

// carry keeps reading while what it has read is on its way: a slow line is late,
// not narrow.
func (l *Line) carry(to io.WriteCloser, from io.Reader, c *call) {
	const parcels = 1024
	way := make(chan parcel, parcels)
	go l.deliver(to, way, c)
	defer close(way)
	for {
		content := make([]byte, 32<<10)
		n, err := from.Read(content)
		l.mu.Lock()
		due := time.Now().Add(l.delay)
		l.mu.Unlock()
		way <- parcel{content[:n], due}
		if err != nil {
			return
		}
	}
}

// deliver takes parcels until there are no more, those that nobody wants too.
func (l *Line) deliver(to io.WriteCloser, way <-chan parcel, c *call) {
	for p := range way {
		select {
		case <-time.After(time.Until(p.due)):
		case <-l.ended:
		}
		if !l.isSilent(c) {
			_, _ = to.Write(p.content)
		}
	}
	if !l.isSilent(c) { // Cut closes the others.
		_ = to.Close()
	}
}

func (l *Line) isSilent(c *call) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return c.silent
}
