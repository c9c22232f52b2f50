package attacks

import (
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/maas-kinds/maas/api"
)

// maxTaken is how much of an answer may be taken off the network: the limits of
// header and body, and what the kernel's buffers hold.
const maxTaken = 8 << 20

// endless are answers that take as much of the reader as it gives: time, memory,
// or one of its places.
func endless() []attack {
	const why = "one backend takes what all models need"
	const ok = "HTTP/1.1 200 OK\r\n"
	return []attack{
		never("silence", why, false, ""),
		never("a header a byte at a time", why, false, ok+"X-Slow: "+strings.Repeat("x", 200)),
		floods("a header without end", ok+"X: ", strings.Repeat("x", 4096), unboundedAnswers),
		floods("headers without end", ok, "X: "+strings.Repeat("x", 1000)+"\r\n", unboundedAnswers),
		floods("interim answers without end", "", "HTTP/1.1 100 Continue\r\n\r\n", unboundedAnswers),
		floods("hints without end", "", "HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n", unboundedAnswers),
		floods("a body without end", ok+"\r\n", strings.Repeat("x", 4096), unboundedAnswers),
		floods("chunks without end", ok+"Transfer-Encoding: chunked\r\n\r\n", "1000\r\n"+strings.Repeat("x", 4096)+"\r\n", unboundedAnswers),
		floods("a chunk's size without end", ok+"Transfer-Encoding: chunked\r\n\r\n", strings.Repeat("0", 4096)),
		floods("a chunk extension without end", ok+"Transfer-Encoding: chunked\r\n\r\n1;", strings.Repeat("x", 4096)),
		floods("trailers without end", ok+"Transfer-Encoding: chunked\r\n\r\n0\r\n", "X: "+strings.Repeat("x", 1000)+"\r\n"),
		floods("a status line without end", "HTTP/1.1 200 ", strings.Repeat("x", 4096), unboundedAnswers),
		bomb(),
		leaves("a connection that is closed at once", why, func(c *net.TCPConn) { _ = c.Close() }),
		leaves("a connection that is reset", why, func(c *net.TCPConn) { _ = c.SetLinger(0); _ = c.Close() }),
		leaves("a reset in the middle of a header", why, func(c *net.TCPConn) {
			_, _ = c.Write([]byte(ok + "X: "))
			_ = c.SetLinger(0)
			_ = c.Close()
		}),
		withheldBodies(why),
		never("a body that does not come", "the verdict is known by the header; the place is given back in time", true, ok+"Content-Length: 10\r\n\r\n"),
	}
}

// served waits until a list has the steady model in it although a backend of
// the same list is hostile.
func (s *scene) served(hostile bool) {
	s.t.Helper()
	for range 2 {
		s.eventually("the list without the hostile backend", func() error {
			got := s.list(s.witness)
			if got.status != http.StatusOK || !slices.Contains(got.ids(), steady) || slices.Contains(got.ids(), "hostile") != hostile {
				return fmt.Errorf("status %d, %s %w", got.status, got.body, got.err)
			}
			return nil
		})
	}
}

// never ends its answer, of which it sends a byte at a time.
func never(name, why string, listed bool, text string) attack {
	return attack{name: name, why: why, notices: []fault{}, try: func(s *scene) {
		impatient(s)
		ended := make(chan struct{})
		s.t.Cleanup(func() { close(ended) })
		b := s.backend("hostile", speaking(func(x *exchange) {
			step := time.NewTicker(20 * time.Millisecond)
			defer step.Stop()
			if listed {
				x.write("%s", text)
			}
			for i := 0; ; i++ {
				select {
				case <-ended:
					return
				case <-step.C:
					if !listed && i < len(text) && !x.write("%s", text[i:i+1]) {
						return
					}
				}
			}
		}))
		s.offer("hostile", b.url(""))
		s.served(listed)
	}}
}

// withheldBodies are more answers whose bodies do not come than probes may be under
// way, each by a model of its own.
func withheldBodies(why string) attack {
	return attack{name: "more bodies that do not come than there are turns", why: why, try: func(s *scene) {
		s.configure(func(o *api.Options) {
			o.Limits.PerCheck, o.Limits.InFlight, o.Limits.ProbeTimeout, o.Limits.Budget = 4, 4, patience, patience
		})
		ended := make(chan struct{})
		s.t.Cleanup(func() { close(ended) })
		b := s.backend("hostile", speaking(func(x *exchange) {
			x.write("HTTP/1.1 401 Unauthorized\r\nContent-Length: 10\r\n\r\n")
			<-ended
		}))
		for i := range 12 {
			s.offer(fmt.Sprintf("hostile-%02d", i), b.url(fmt.Sprintf("/%d", i)))
		}
		s.served(false)
	}}
}

// floods sends a text again and again for as long as it is taken.
func floods(name, head, again string, notices ...fault) attack {
	return attack{name: name, why: "one backend takes what all models need", notices: notices, try: func(s *scene) {
		impatient(s)
		taken := make(chan int, 1000)
		b := s.backend("hostile", speaking(func(x *exchange) {
			x.write("%s", head)
			n := 0
			for n < 8*maxTaken && x.write("%s", again) {
				n += len(again)
			}
			select {
			case taken <- n:
			default:
			}
			_ = x.conn.Close()
		}))
		s.offer("hostile", b.url(""))
		s.eventually("somebody is served", func() error {
			if got := s.list(s.witness); got.status != http.StatusOK || !slices.Contains(got.ids(), steady) {
				return fmt.Errorf("status %d, %s %w", got.status, got.body, got.err)
			}
			return nil
		})
		select {
		case n := <-taken:
			if n > maxTaken {
				s.errorf("%d bytes of one answer were taken", n)
			}
		case <-time.After(patience):
			s.errorf("the answer is still being taken")
		}
	}}
}

// bomb is a small answer that is large when it is unpacked.
func bomb() attack {
	return attack{name: "a gzip bomb", why: "a thousand bytes that are a million in memory", notices: []fault{decompresses}, try: func(s *scene) {
		packed := packedZeros(s.t, 64<<20)
		b := s.backend("hostile", speaking(func(x *exchange) {
			x.write("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s", len(packed), packed)
		}))
		s.offer("hostile", b.url(""))
		s.expectListed(s.witness, "hostile")
		s.expectNothingElse(b) // Accept-Encoding among them
	}}
}

// leaves ends the connection once it has been asked.
func leaves(name, why string, leave func(*net.TCPConn)) attack {
	return attack{name: name, why: why, notices: []fault{failsOpen}, try: func(s *scene) {
		victim := s.caller("victim")
		b := s.backend("hostile", speaking(func(x *exchange) {
			if c, ok := x.conn.(*recorded).Conn.(*net.TCPConn); ok {
				leave(c)
			}
		}))
		s.offer("hostile", b.url(""))
		s.expectHidden(victim, "hostile")
		// A probe whose connection broke may be tried again, and not for ever.
		if n := asked(b, victim); n > 6 {
			s.errorf("the backend was asked %d times for 3 questions", n)
		}
	}}
}
