package access

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"k8s.io/utils/clock"
)

const (
	maxResponseHeader = 16 << 10
	maxResponseBody   = 64 << 10
	idleConnTimeout   = 60 * time.Second
	// A target is asked once a caller at a time, so that few connections to it
	// are under way together, and fewer are worth keeping.
	maxIdleConns          = 2048
	maxIdleConnsPerTarget = 16
)

// transport is the only way out of this process for credentials. It knows no
// proxy, follows nothing, and speaks HTTP/1.1: a connection a probe, kept for
// the next one of the same target.
//
// It is not an http.Transport because that one shares connections among all
// paths of a host, where an answer that was left over from one model's probe
// could be taken for another's, reuses a connection whose answer had two
// lengths, and logs what it finds left over, in which a backend may have put
// the token.
type transport struct {
	guard  *guard
	dialer *net.Dialer
	// tls is replaced as a whole when the roots are, which rootsChanged counts.
	tls          atomic.Pointer[tls.Config]
	rootsChanged atomic.Int64
	// distrusts is told why a handshake has failed.
	distrusts func(target *Target, err error, rootsChanged int64)
	idle      *idleConnections
	clock     clock.WithTicker
}

func newTransport(g *guard, config Config) *transport {
	t := &transport{
		guard:  g,
		dialer: &net.Dialer{Resolver: config.Resolver, ControlContext: g.control},
		idle:   newIdleConnections(maxIdleConns, maxIdleConnsPerTarget),
		clock:  config.Clock,
	}
	t.tls.Store(&tls.Config{RootCAs: config.Roots, MinVersion: tls.VersionTLS12})
	return t
}

var (
	errNoTarget = errors.New("a probe without a target")
	// errNotConnected is wrapped by what keeps a request from being sent.
	errNotConnected = errors.New("connecting")
)

// RoundTrip implements http.RoundTripper for requests whose context has a
// target. A connection that was kept may have been closed at the other end
// meanwhile: then nothing comes back, and the request goes out on another.
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx := r.Context()
	p := probingOf(ctx)
	if p == nil {
		return nil, errNoTarget
	}
	request, err := p.request(r)
	if err != nil {
		return nil, err
	}
	for {
		c, kept := t.kept(p.target.id)
		if !kept {
			var err error
			if c, err = t.dial(ctx, p.target); err != nil {
				return nil, fmt.Errorf("%w: %w", errNotConnected, err)
			}
		}
		response, err := c.exchange(ctx, r, request, p.patience)
		if err == nil || !kept || c.answered() || ctx.Err() != nil || !repeatable(r.Method) {
			return response, err
		}
		p.patience.connecting()
	}
}

// kept gives an idle connection of the target that is still trusted, and on which
// nothing has arrived.
func (t *transport) kept(key targetKey) (*connection, bool) {
	for {
		c := t.idle.take(key)
		if c == nil {
			return nil, false
		}
		if t.trusted(c) && c.silent() {
			return c, true
		}
		_ = c.Close()
	}
}

func (t *transport) dial(ctx context.Context, target *Target) (*connection, error) {
	host, port := t.guard.policy.dialled(target.url)
	raw, err := t.dialer.DialContext(ctx, "tcp", net.JoinHostPort(t.guard.policy.resolvedAs(host), port))
	if err != nil {
		return nil, err
	}
	if target.url.Scheme != "https" {
		return newConnection(raw, raw, target.id, t.release), nil
	}
	changed, under := t.rootsChanged.Load(), t.tls.Load()
	config := under.Clone()
	config.ServerName = target.url.Hostname()
	conn := tls.Client(raw, config)
	if err := conn.HandshakeContext(ctx); err != nil {
		_ = raw.Close()
		t.distrusts(target, err, changed)
		return nil, err
	}
	c := newConnection(conn, raw, target.id, t.release)
	c.under = under
	return c, nil
}

// release keeps a connection whose answer has been read to its end.
func (t *transport) release(c *connection) {
	for _, displaced := range t.idle.put(c, t.clock.Now()) {
		_ = displaced.Close()
	}
}

// expire closes connections that have been idle for long, until ctx ends, and
// then all of them.
func (t *transport) expire(ctx context.Context) {
	ticker := t.clock.NewTicker(idleConnTimeout / 2)
	defer ticker.Stop()
	for {
		select {
		case now := <-ticker.C():
			closeAll(t.idle.expire(now.Add(-idleConnTimeout)))
		case <-ctx.Done():
			closeAll(t.idle.close())
			return
		}
	}
}

func closeAll(connections []*connection) {
	for _, c := range connections {
		_ = c.Close()
	}
}

// repeatable says whether a request may be sent a second time when nobody
// knows whether the first was read (RFC 9110, section 9.2.2).
func repeatable(method string) bool {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return true
	}
	return false
}
