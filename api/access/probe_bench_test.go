package access

import (
	"bufio"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/utils/clock"

	"github.com/maas-kinds/maas/engine/kind"
)

// BenchmarkProbes is what a check of 100 endpoints costs that remembers nothing,
// over connections that are kept. The other end allocates nothing for an answer, but
// its time is in it.
func BenchmarkProbes(b *testing.B) {
	address := cannedBackend(b)
	policy, err := NewPolicy([]string{"*"}, true, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")})
	if err != nil {
		b.Fatal(err)
	}
	limits := DefaultLimits()
	limits.VerdictTTL, limits.CallerRate, limits.CallerBurst, limits.Budget = 0, 1<<30, 1<<30, time.Minute
	c, err := NewChecker(b.Context(), Config{
		Limits: limits, Policy: policy, Log: slog.New(slog.DiscardHandler), Registry: prometheus.NewRegistry(), Clock: clock.RealClock{},
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(c.Close)
	callers, err := NewCallers(nil, false)
	if err != nil {
		b.Fatal(err)
	}
	caller, err := callers.Identify(http.Header{"Authorization": {"Bearer one"}})
	if err != nil {
		b.Fatal(err)
	}
	targets := make([]*Target, 100)
	for i := range targets {
		targets[i] = policy.Target(fmt.Sprintf("ns/m%d", i), fmt.Sprintf("http://%s/%d", address, i), "llmisvc", kind.DefaultProbe())
	}
	verdicts := make([]Decision, len(targets))
	b.ReportAllocs()
	for b.Loop() {
		c.Check(b.Context(), caller, targets, verdicts)
		for _, verdict := range verdicts {
			if verdict != Allowed {
				b.Fatalf("verdict %v", verdict)
			}
		}
	}
}

// cannedBackend answers each request with the same bytes.
func cannedBackend(b *testing.B) net.Addr {
	b.Helper()
	listener, err := (&net.ListenConfig{}).Listen(b.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = listener.Close() })
	canned := []byte("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nDate: Thu, 26 Nov 2026 12:00:00 GMT\r\nContent-Length: 27\r\n\r\n" + `{"object":"list","data":[]}`)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go answerAll(conn, canned)
		}
	}()
	return listener.Addr()
}

func answerAll(conn net.Conn, canned []byte) {
	lines := bufio.NewReader(conn)
	for {
		line, err := lines.ReadSlice('\n')
		switch {
		case err != nil:
			return
		case len(line) > 2: // the header goes on
		default:
			if _, err := conn.Write(canned); err != nil {
				return
			}
		}
	}
}
