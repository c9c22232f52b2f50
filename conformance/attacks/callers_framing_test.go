package attacks

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/maas-kinds/maas/api"
)

// smuggled are requests of which readers disagree where they end. What one takes
// for a body another takes for the next request, which may be anybody's.
func smuggled() []attack {
	const next = "GET /v1/models HTTP/1.1\r\nHost: x\r\nAuthorization: ALICE\r\n\r\n"
	chunk := fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", 600, next+strings.Repeat("x", 600-len(next)))
	var found []attack
	add := func(name, headers, body string, notices ...fault) {
		// Without a length the naive server gives its second answer when the session ends.
		long := len(notices) > 0 && !strings.Contains(headers, "Content-Length")
		found = append(found, attack{name: name, why: "a proxy before this API puts one caller's request into another's", notices: notices, long: long, try: staged(func(s *stage) {
			before := asked(s.backend, s.alice)
			replies := s.raw("GET /healthz HTTP/1.1\r\nHost: x\r\n"+headers+"\r\n\r\n"+s.text(body), http.MethodGet)
			if len(replies) > 1 || asked(s.backend, s.alice) != before {
				s.errorf("%d answers to one question, the last one %d, %.200s", len(replies), replies[len(replies)-1].status, replies[len(replies)-1].body)
			}
		})})
	}
	add("a length and a coding", "Content-Length: 5\r\nTransfer-Encoding: chunked", "0\r\n\r\n"+next, laxFraming)
	add("a coding and a length", "Transfer-Encoding: chunked\r\nContent-Length: 5", "0\r\n\r\n"+next, laxFraming)
	add("a length that hides a chunk", "Content-Length: 4\r\nTransfer-Encoding: chunked", "5c\r\n"+next, laxFraming)
	add("two lengths", "Content-Length: 200\r\nContent-Length: 0", next, laxFraming)
	add("a length with a sign", "Content-Length: +0", next, laxFraming)
	add("a negative length", "Content-Length: -0", next, laxFraming)
	add("a list of lengths", "Content-Length: 0, 0", next, laxFraming)
	add("a length in hex", "Content-Length: 0x0", next, laxFraming)
	add("an empty length", "Content-Length:", next, laxFraming)
	add("an unknown coding", "Transfer-Encoding: xchunked", next, laxFraming)
	add("a coding twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", next, laxFraming)
	add("a list of codings", "Transfer-Encoding: identity, chunked", "0\r\n\r\n"+next, laxFraming)
	add("a space before a colon", "Transfer-Encoding : chunked", "0\r\n\r\n"+next, laxFraming)
	add("a coding behind a tab", "Transfer-Encoding:\x0bchunked", "0\r\n\r\n"+next, laxFraming)
	add("a folded coding", "X: y\r\n Transfer-Encoding: chunked\r\nContent-Length: 5", "0\r\n\r\n") // the lax reader sees no second request either
	add("a chunk's size in a sign", "Transfer-Encoding: chunked", "+0\r\n\r\n"+next, laxFraming)
	add("a chunk's size with a prefix", "Transfer-Encoding: chunked", "0x0\r\n\r\n"+next, laxFraming)
	add("a chunk's size past 64 bits", "Transfer-Encoding: chunked", "10000000000000000\r\n"+next) // the lax reader sees no second request either
	add("a header behind NUL", "X\x00: y\r\nContent-Length: 0", next, laxFraming)
	add("a body that is a request", "Transfer-Encoding: chunked", chunk, laxFraming)
	add("a chunk extension", "Transfer-Encoding: chunked", "0;a=b\r\n"+next, laxFraming)
	add("a body", "Content-Length: "+fmt.Sprint(len(next)+200), next)
	add("a length past 64 bits", "Content-Length: 99999999999999999999", next)
	add("a chunk's size that wraps around", "Transfer-Encoding: chunked", "ffffffffffffffff1\r\n"+next)
	add("a body that never comes", "Content-Length: 5000\r\nExpect: 100-continue", "")
	return found
}

// sizes are requests that are larger, longer or slower than any client's.
func sizes() []attack {
	const why = "one caller takes the memory, or the connections, of all"
	large := []int{0, http.StatusBadRequest, http.StatusRequestHeaderFieldsTooLarge, http.StatusRequestURITooLong, http.StatusNotFound}
	row := func(name, path string, lines []string, statuses []int, notices ...fault) attack {
		return attack{name: name, why: why, notices: notices, try: staged(func(s *stage) { s.expect(http.MethodGet, path, lines, statuses...) })}
	}
	ok := []int{http.StatusOK, http.StatusBadRequest}
	return []attack{
		row("10,000 headers", "/v1/models", manyHeaders(10000), large, unboundedRequests),
		row("a header of 1 MiB", "/v1/models", []string{"X-Large: " + strings.Repeat("x", 1<<20)}, large, unboundedRequests),
		row("a header's name of 1 MiB", "/v1/models", []string{strings.Repeat("X", 1<<20) + ": 1"}, large, unboundedRequests),
		row("a path of 1 MiB", "/v1/models/"+strings.Repeat("x", 1<<20), nil, large),
		row("a query of 60 KiB", "/v1/models?"+strings.Repeat("kind=x&", 8000), []string{"Authorization: BOB"}, ok),
		row("thousands of parameters", "/v1/models?"+strings.Repeat("a=1&", 12000), []string{"Authorization: BOB"}, ok),
		row("a thousand ETags", "/v1/models", []string{"Authorization: BOB", "If-None-Match: " + strings.Repeat(`"x", `, 5000)}, ok),
		row("a thousand codings", "/v1/models", []string{"Authorization: BOB", "Accept-Encoding: " + strings.Repeat("gzip;q=0.001,", 3000)}, ok),
		row("a thousand ranges", "/v1/models", []string{"Authorization: BOB", "Range: bytes=" + strings.Repeat("0-,", 3000)}, ok),
		row("a body on GET", "/v1/models", []string{"Authorization: BOB", "Content-Length: 5", "", "hello"}, ok),
		row("an expectation", "/v1/models", []string{"Authorization: BOB", "Expect: 200-maybe"}, []int{http.StatusExpectationFailed, http.StatusOK}),
		slow("a slow header", "GET /v1/models HTTP/1.1\r\nHost: x\r\nX-Slow: ", true),
		slow("a slow request line", "GET /", true),
		slow("nothing on a connection", "", false),
		crowd("idle connections", 2000, ""), crowd("half requests", 1000, "GET /v1/models HTTP/1.1\r\nHost: x\r\n"),
		strangersTokens(), halfClosed(),
	}
}

// slow sends a byte at a time. The connection is closed before long.
func slow(name, begin string, bytes bool) attack {
	return attack{name: name, why: "a connection costs, and whoever pays nothing may have many", notices: []fault{unboundedRequests}, long: true, try: staged(func(s *stage) {
		c, err := s.dial()
		if err != nil {
			s.errorf("%v", err)
			return
		}
		defer func() { _ = c.Close() }()
		_ = c.send(begin)
		step, deadline := time.NewTicker(100*time.Millisecond), time.After(12*time.Second)
		defer step.Stop()
		closed := make(chan struct{})
		go func() {
			defer close(closed)
			_, _ = c.reader.ReadString(0)
		}()
		for {
			select {
			case <-closed:
				return
			case <-step.C:
				if bytes && c.send("x") != nil {
					return
				}
			case <-deadline:
				if bytes || s.fault == unboundedRequests {
					s.errorf("the connection is still open")
				}
				return
			}
		}
	})}
}

// crowd opens connections and leaves them. Somebody else is served all the same.
func crowd(what string, n int, text string) attack {
	return attack{name: fmt.Sprint(n, " ", what), why: "whoever opens connections takes them from others", long: true, alone: true, try: staged(func(s *stage) {
		s.start()
		for range n {
			c, err := s.dial()
			if err != nil {
				continue
			}
			defer func() { _ = c.Close() }()
			_ = c.send(text)
		}
		s.expectListed(s.bob, bobs)
	})}
}

// strangersTokens are callers without end. Those who were served before still are.
func strangersTokens() attack {
	return attack{name: "tokens without end", why: "each new token costs memory, probes and a place in a cache", alone: true, try: staged(func(s *stage) {
		s.configure(func(o *api.Options) { o.Limits.VerdictTTL = time.Hour })
		s.expectListed(s.alice, alices)
		before := asked(s.backend, s.alice)
		n := 300
		if whole() {
			n = 5000
		}
		for i := range n {
			other := *s.bob
			other.mark = fmt.Sprint("nobody", i)
			s.list(&other)
		}
		s.expectListed(s.alice, alices)
		if after := asked(s.backend, s.alice); after > before+2 {
			s.errorf("what was known of alice is lost: she was asked for %d times more", after-before)
		}
	})}
}

// halfClosed sends a request and says that nothing more comes.
func halfClosed() attack {
	return attack{name: "a connection that is closed for writing", why: "it must not stay for ever", try: staged(func(s *stage) {
		c, err := s.dial()
		if err != nil {
			s.errorf("%v", err)
			return
		}
		defer func() { _ = c.Close() }()
		_ = c.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
		if half, ok := c.Conn.(*recorded).Conn.(interface{ CloseWrite() error }); ok {
			_ = half.CloseWrite()
		}
		for c.receive(http.MethodGet).status != 0 {
			continue
		}
	})}
}

func manyHeaders(n int) []string {
	lines := make([]string, n)
	for i := range lines {
		lines[i] = fmt.Sprintf("X-%d: 1234567890", i)
	}
	return lines
}
