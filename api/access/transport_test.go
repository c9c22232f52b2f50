package access

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/semaphore"
	"k8s.io/utils/clock"

	"github.com/maas-kinds/maas/conformance/testenv"
	"github.com/maas-kinds/maas/engine/kind"
)

// newWireChecker probes over real connections to this machine, and remembers
// nothing, so that every check asks.
func newWireChecker(t *testing.T, roots *x509.CertPool) *Checker {
	t.Helper()
	policy, err := NewPolicy([]string{"127.0.0.1", "localhost"}, true, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")})
	if err != nil {
		t.Fatal(err)
	}
	limits := DefaultLimits()
	limits.VerdictTTL, limits.Budget, limits.ProbeTimeout, limits.BreakerFaults = 0, 30*time.Second, 30*time.Second, 1000
	c, err := NewChecker(t.Context(), Config{
		Limits: limits, Policy: policy, Roots: roots, Log: slog.New(slog.DiscardHandler), Registry: prometheus.NewRegistry(), Clock: clock.RealClock{},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func wireTarget(t *testing.T, c *Checker, endpoint string) *Target {
	t.Helper()
	made := c.guard.policy.Target("ns/model", endpoint, "llmisvc", kind.DefaultProbe())
	if made.Refused() != nil {
		t.Fatal(made.Refused())
	}
	return made
}

// idleConns are the connections that would be used again.
func (c *Checker) idleConns(t *testing.T) int {
	t.Helper()
	wire := c.wire(t)
	wire.idle.mu.Lock()
	defer wire.idle.mu.Unlock()
	return wire.idle.order.Len()
}

func (c *Checker) wire(t *testing.T) *transport {
	t.Helper()
	wire, ok := c.transport.(tracedTransport)
	if !ok {
		t.Fatal("not the real transport")
	}
	return wire.transport
}

// arrived waits until something has come over the connection that would be used
// next: a busy kernel takes its time on loopback too.
func (c *Checker) arrived(t *testing.T) {
	t.Helper()
	wire := c.wire(t)
	wire.idle.mu.Lock()
	idle, _ := wire.idle.order.Back().Value.(*connection)
	wire.idle.mu.Unlock()
	testenv.Eventually(t, 30*time.Second, func() error {
		if newPeeker(idle.raw).nothingArrived() {
			return errors.New("nothing has arrived")
		}
		return nil
	})
}

// settled waits until no probe holds its connection any more.
func (c *Checker) settled(t *testing.T) {
	t.Helper()
	for _, held := range []*semaphore.Weighted{c.turns.all, c.rests} {
		if err := held.Acquire(t.Context(), int64(c.limits.InFlight)); err != nil {
			t.Fatal(err)
		}
		held.Release(int64(c.limits.InFlight))
	}
}

// rawBackend speaks as its test says, a connection at a time.
type rawBackend struct {
	net.Listener
	connections atomic.Int64
}

// startRaw starts a backend. answer is called for the n-th request on a
// connection, both counted from 0; false closes the connection.
func startRaw(t *testing.T, answer func(w io.Writer, head string, connection, n int) bool) *rawBackend {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := &rawBackend{Listener: listener}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			number := int(b.connections.Add(1)) - 1
			serving.Go(func() {
				defer func() { _ = connection.Close() }()
				defer context.AfterFunc(t.Context(), func() { _ = connection.Close() })()
				buffer := make([]byte, 1<<16)
				for n := 0; ; n++ {
					size, err := connection.Read(buffer) // a probe is one packet
					if err != nil || !answer(connection, string(buffer[:size]), number, n) {
						return
					}
				}
			})
		}
	})
	t.Cleanup(serving.Wait)
	t.Cleanup(func() { _ = listener.Close() })
	return b
}

func (b *rawBackend) url() string { return "http://" + b.Addr().String() }

const (
	denies = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno"
	admits = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
)

// A backend denies whoever asks first, and leaves an answer over that would
// let the next one in.
func TestWhatIsLeftOverIsNobodysAnswer(t *testing.T) {
	for name, test := range map[string]struct {
		first string
		// connections is how many two checks need: one where the first answer was
		// clean, so that the table cannot pass by using no connection twice.
		connections int64
	}{
		"a clean answer":                            {denies, 1},
		"a clean answer in chunks":                  {"HTTP/1.1 401 Unauthorized\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n", 1},
		"chunks with a trailer":                     {"HTTP/1.1 401 Unauthorized\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\nX-Sum: 1\r\n\r\n", 1},
		"no body":                                   {"HTTP/1.1 304 Not Modified\r\n\r\n", 1},
		"an interim answer before the one":          {"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + denies, 1},
		"one after a length":                        {denies + admits, 2},
		"one after the last chunk":                  {"HTTP/1.1 401 Unauthorized\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n" + admits, 2},
		"one after a trailer":                       {"HTTP/1.1 401 Unauthorized\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Sum: 1\r\n\r\n" + admits, 2},
		"one after an answer that has no body":      {"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n" + admits, 2},
		"one after a 204":                           {"HTTP/1.1 204 No Content\r\n\r\n" + strings.Replace(denies, "401", "200", 1), 2},
		"one byte too many":                         {denies + "H", 2},
		"empty lines":                               {denies + "\r\n\r\n", 2},
		"Transfer-Encoding and Content-Length":      {"HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 2},
		"the same the other way round, in capitals": {"HTTP/1.1 401 Unauthorized\r\nTRANSFER-ENCODING: chunked\r\nCONTENT-LENGTH: 2\r\n\r\n0\r\n\r\n", 2},
		"one length twice":                          {"HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nno", 2},
		"chunks in HTTP/1.0":                        {"HTTP/1.0 401 Unauthorized\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\nno", 2},
		"HTTP/1.0 that is kept":                     {"HTTP/1.0 401 Unauthorized\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nno", 1},
		"HTTP/1.0":                                  {"HTTP/1.0 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno", 2},
		"a connection that shall be closed":         {"HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno", 2},
		"another protocol":                          {"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n" + admits, 2},
		"more than bodies are read of":              {"HTTP/1.1 401 Unauthorized\r\nContent-Length: 70000\r\n\r\n" + strings.Repeat("x", 70000), 2},
	} {
		t.Run(name, func(t *testing.T) {
			c := newWireChecker(t, nil)
			backend := startRaw(t, func(w io.Writer, _ string, connection, n int) bool {
				answer := denies
				if connection == 0 && n == 0 {
					answer = test.first
				}
				_, err := io.WriteString(w, answer)
				return err == nil
			})
			a := wireTarget(t, c, backend.url())
			first := c.checkOne(t.Context(), caller(t, "alice"), a)
			if strings.Contains(test.first, " 204 ") { // which lets alice in
				first = Denied
			}
			c.settled(t)
			if next := c.checkOne(t.Context(), caller(t, "eve"), a); first != Denied || next != Denied {
				t.Errorf("verdicts %d and %d, want both denied", first, next)
			}
			if got := backend.connections.Load(); got != test.connections {
				t.Errorf("%d connections, want %d", got, test.connections)
			}
		})
	}
}

// What arrives while a connection is idle is no answer either, also when it
// arrives in a record of TLS.
func TestWhatArrivesUnaskedIsNobodysAnswer(t *testing.T) {
	for _, scheme := range []string{"http", "https"} {
		t.Run(scheme, func(t *testing.T) {
			unasked, sent := make(chan struct{}), make(chan struct{})
			var connections atomic.Int64
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				hijacked, _, err := w.(http.Hijacker).Hijack()
				if err != nil {
					t.Error(err)
					return
				}
				defer func() { _ = hijacked.Close() }()
				number := connections.Add(1) // before the answer, which the test does not wait on
				_, _ = io.WriteString(hijacked, denies)
				if number == 1 {
					<-unasked
					_, _ = io.WriteString(hijacked, admits)
					close(sent)
				}
				_, _ = io.Copy(io.Discard, hijacked)
			}))
			roots := x509.NewCertPool()
			if scheme == "https" {
				server.StartTLS()
				roots.AddCert(server.Certificate())
			} else {
				server.Start()
			}
			defer server.Close()
			c := newWireChecker(t, roots)
			a := wireTarget(t, c, server.URL)
			if got := c.checkOne(t.Context(), caller(t, "alice"), a); got != Denied {
				t.Fatalf("verdict %d for alice", got)
			}
			c.settled(t)
			if got := c.idleConns(t); got != 1 {
				t.Fatalf("%d connections are kept, want the clean one", got)
			}
			close(unasked)
			<-sent
			c.arrived(t)
			if got := c.checkOne(t.Context(), caller(t, "eve"), a); got != Denied || connections.Load() != 2 {
				t.Errorf("verdict %d for eve over %d connections", got, connections.Load())
			}
			c.Close() // before the server, which waits for its connections
		})
	}
}

// TLS gives a record at a time, of which the answer's reader may have taken a
// part only.
func TestTheRestOfARecordIsNobodysAnswer(t *testing.T) {
	var connections atomic.Int64
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		hijacked, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = hijacked.Close() }()
		answer := denies
		if connections.Add(1) == 1 {
			// The answer fills the reader's buffer to the last byte.
			head := "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nX-Fill: "
			answer = head + strings.Repeat("x", 4096-len(head)-4) + "\r\n\r\n" + admits
		}
		_, _ = io.WriteString(hijacked, answer)
		_, _ = io.Copy(io.Discard, hijacked)
	}))
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	c := newWireChecker(t, roots)
	a := wireTarget(t, c, server.URL)
	for _, who := range []string{"alice", "eve"} {
		if got := c.checkOne(t.Context(), caller(t, who), a); got != Denied {
			t.Errorf("verdict %d for %s", got, who)
		}
		c.settled(t)
	}
	if got := connections.Load(); got != 2 {
		t.Errorf("%d connections, want 2", got)
	}
	c.Close()
}

// Two models behind one gateway share its host, and no connection: what one of
// them leaves over does not let anybody into the other.
func TestTargetsShareNoConnection(t *testing.T) {
	var mu sync.Mutex
	paths := map[int][]string{} // by connection
	backend := startRaw(t, func(w io.Writer, head string, connection, _ int) bool {
		path, _, _ := strings.Cut(strings.TrimPrefix(head, "GET "), " ")
		mu.Lock()
		paths[connection] = append(paths[connection], path)
		mu.Unlock()
		_, err := io.WriteString(w, denies)
		return err == nil
	})
	c := newWireChecker(t, nil)
	a, b := wireTarget(t, c, backend.url()+"/a"), wireTarget(t, c, backend.url()+"/b")
	for _, target := range []*Target{a, b, a, b} {
		c.checkOne(t.Context(), caller(t, "alice"), target)
		c.settled(t)
	}
	want := map[int][]string{0: {"/a/v1/models", "/a/v1/models"}, 1: {"/b/v1/models", "/b/v1/models"}}
	mu.Lock()
	defer mu.Unlock()
	if diff := cmp.Diff(want, paths); diff != "" {
		t.Errorf("requests by connection (-want +got):\n%s", diff)
	}
}

// net/http's Transport logs what it finds left over.
func TestWhatIsLeftOverIsNotLogged(t *testing.T) {
	logged := &bytes.Buffer{}
	before := slog.Default()
	defer slog.SetDefault(before)
	slog.SetDefault(slog.New(slog.NewTextHandler(logged, nil)))
	backend := startRaw(t, func(w io.Writer, head string, _, _ int) bool {
		_, err := io.WriteString(w, denies+"HTTP/1.1 200 OK\r\nX-Echo: "+head)
		return err == nil
	})
	c := newWireChecker(t, nil)
	for range 3 {
		c.checkOne(t.Context(), caller(t, "must-not-leak"), wireTarget(t, c, backend.url()))
		c.settled(t)
	}
	c.Close()
	if logged.Len() > 0 {
		t.Errorf("the log has:\n%s", logged)
	}
}

// A connection that the other end has closed while it was idle is no fault.
func TestAClosedConnectionIsReplaced(t *testing.T) {
	closed := make(chan struct{}, 1)
	backend := startRaw(t, func(w io.Writer, _ string, connection, n int) bool {
		if connection == 0 && n == 1 { // read, and not answered
			closed <- struct{}{}
			return false
		}
		_, err := io.WriteString(w, admits)
		return err == nil
	})
	c := newWireChecker(t, nil)
	a := wireTarget(t, c, backend.url())
	for i := range 3 {
		if got := c.checkOne(t.Context(), caller(t, "alice"), a); got != Allowed {
			t.Errorf("check %d: verdict %d", i, got)
		}
		c.settled(t)
	}
	<-closed
	if got := backend.connections.Load(); got != 2 {
		t.Errorf("%d connections, want 2", got)
	}
}

func TestOutcomesOfTheWire(t *testing.T) {
	says := func(text string) func(*testing.T) (string, *x509.CertPool) {
		return func(t *testing.T) (string, *x509.CertPool) {
			return startRaw(t, func(w io.Writer, _ string, _, _ int) bool {
				_, _ = io.WriteString(w, text)
				return false
			}).url(), nil
		}
	}
	for name, test := range map[string]struct {
		backend func(*testing.T) (string, *x509.CertPool)
		want    outcome
	}{
		"an answer":                    {says(admits), outcomeAllowed},
		"an answer without a length":   {says("HTTP/1.1 200 OK\r\n\r\nto the end"), outcomeAllowed},
		"no answer":                    {says(""), outcomeProtocol},
		"no HTTP":                      {says("SSH-2.0-OpenSSH_9.9\r\n"), outcomeProtocol},
		"half a header":                {says("HTTP/1.1 200 OK\r\nContent-Le"), outcomeProtocol},
		"two lengths":                  {says("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx"), outcomeProtocol},
		"a coding that there is not":   {says("HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\n"), outcomeProtocol},
		"a header of more than 16 KiB": {says("HTTP/1.1 200 OK\r\n" + strings.Repeat("X-Fill: "+strings.Repeat("x", 100)+"\r\n", 300) + "\r\n"), outcomeProtocol},
		"a header of one endless line": {says("HTTP/1.1 200 OK\r\nX-Fill: " + strings.Repeat("x", 1<<20)), outcomeProtocol},
		"nothing but interim answers":  {says(strings.Repeat("HTTP/1.1 102 Processing\r\n\r\n", 10_000)), outcomeProtocol},
		"an answer that is too long":   {says("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n"), outcomeAllowed},
		"plain http where https is said": {func(t *testing.T) (string, *x509.CertPool) {
			url, _ := says(admits)(t)
			return strings.Replace(url, "http:", "https:", 1), nil
		}, outcomeTLS},
		"a certificate that nobody trusts": {func(t *testing.T) (string, *x509.CertPool) {
			server := httptest.NewTLSServer(http.NotFoundHandler())
			server.Config.ErrorLog = nil
			t.Cleanup(server.Close)
			return server.URL, x509.NewCertPool()
		}, outcomeTLS},
		"a certificate of another name": {func(t *testing.T) (string, *x509.CertPool) {
			server := httptest.NewTLSServer(http.NotFoundHandler())
			t.Cleanup(server.Close)
			roots := x509.NewCertPool()
			roots.AddCert(server.Certificate())
			return strings.Replace(server.URL, "127.0.0.1", "localhost", 1), roots
		}, outcomeTLS},
		"nobody there": {func(t *testing.T) (string, *x509.CertPool) {
			listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = listener.Close() }()
			return "http://" + listener.Addr().String(), nil
		}, outcomeDial},
	} {
		t.Run(name, func(t *testing.T) {
			url, roots := test.backend(t)
			c := newWireChecker(t, roots)
			target := wireTarget(t, c, url)
			if err := c.turns.take(t.Context(), target.owner(), time.Second); err != nil {
				t.Fatal(err)
			}
			if got, _ := c.probe(t.Context(), caller(t, "alice"), target); got != test.want {
				t.Errorf("outcome %s, want %s", got, test.want)
			}
		})
	}
}

// What a server sees of a probe: the names in TLS and in Host.
func TestNamesOnTheWire(t *testing.T) {
	type seen struct{ SNI, Host string }
	got := make(chan seen, 1)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got <- seen{r.TLS.ServerName, r.Host}
	}))
	certificate := certify(t, "localhost", "127.0.0.1")
	server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	server.StartTLS()
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(certificate.Leaf)
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	for host, want := range map[string]seen{
		"localhost": {"localhost", "localhost:" + port},
		"127.0.0.1": {"", "127.0.0.1:" + port}, // RFC 6066: no address
	} {
		c := newWireChecker(t, roots)
		if verdict := c.checkOne(t.Context(), caller(t, "alice"), wireTarget(t, c, fmt.Sprintf("https://%s:%s", host, port))); verdict != Allowed {
			t.Errorf("%s: verdict %d", host, verdict)
			continue
		}
		if diff := cmp.Diff(want, <-got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", host, diff)
		}
	}
}

func TestAProbeNeedsATarget(t *testing.T) {
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://127.0.0.1/", nil)
	if _, err := newWireChecker(t, nil).transport.RoundTrip(request); !errors.Is(err, errNoTarget) { //nolint:bodyclose // there is none
		t.Errorf("got %v", err)
	}
}
