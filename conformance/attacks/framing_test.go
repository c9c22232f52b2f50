package attacks

import (
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/maas-kinds/maas/api"
)

// leftovers are answers with a second one behind them, which a client may take
// for the answer to its next question: that of another model on the same host.
func leftovers() []attack {
	const second = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
	const denies = "HTTP/1.1 401 No\r\n"
	const codingTwice = "a coding twice"
	var found []attack
	for name, first := range map[string]string{
		"a length of nothing":          denies + "Content-Length: 0\r\n\r\n",
		"chunks":                       denies + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"both lengths":                 denies + "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		codingTwice:                    denies + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"an answer that has no body":   "HTTP/1.1 304 Not Modified\r\nContent-Length: 38\r\n\r\n",
		"a body where there is none":   "HTTP/1.1 205 Reset\r\nContent-Length: 0\r\n\r\n",
		"the same length twice":        denies + "Content-Length: 0\r\nContent-Length: 0\r\n\r\n",
		"trailers":                     denies + "Transfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 0\r\n\r\n",
		"a line end that is only half": strings.ReplaceAll(denies+"Content-Length: 0\r\n\r\n", "\r\n", "\n"),
		"an old version kept alive":    "HTTP/1.0 401 No\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n",
	} {
		row := leftover(name, first, second)
		if name == codingTwice {
			row.notices = nil // Go's reader of answers refuses it as well
		}
		found = append(found, row)
	}
	return found
}

// leftover is a host with two models. The first one's answer has another behind
// it, which comes when the connection is asked for the second model, as a gateway
// would pass it on late.
func leftover(name, first, second string) attack {
	const why = "the second answer lists a model whose backend has denied the caller"
	return attack{name: "a second answer behind " + name, why: why, notices: []fault{sharesConnections}, try: func(s *scene) {
		asking(s)
		s.configure(func(o *api.Options) { o.Limits.PerCheck = 1 }) // one after the other, so that connections are kept
		victim := s.caller("victim")
		var mu sync.Mutex
		waiting := map[any]bool{}
		b := s.backend("hostile", speaking(func(x *exchange) {
			mu.Lock()
			defer mu.Unlock()
			switch {
			case strings.HasPrefix(x.request.URL.Path, "/a"):
				x.write("%s", first)
				waiting[x.conn] = true
			case admission(x, s.witness) == http.StatusOK:
				x.status(http.StatusOK)
			default:
				if waiting[x.conn] {
					delete(waiting, x.conn)
					x.write("%s", second)
				}
				x.status(http.StatusUnauthorized)
			}
		}))
		s.offer("a", b.url("/a"))
		s.offer("denied", b.url("/denied"))
		s.expectListed(s.witness, "denied")
		for range 4 {
			if got := s.list(victim); slices.Contains(got.ids(), "denied") {
				s.errorf("the victim is listed what the backend denies: %s", got.body)
			}
			s.get("/v1/models/a", victim)
			if got := s.get("/v1/models/denied", victim); got.status != http.StatusNotFound {
				s.errorf("the victim is shown what the backend denies: %d, %s", got.status, got.body)
			}
		}
		s.expectNothingElse(b)
	}}
}

// ambiguous are answers whose end is a matter of opinion. The connection may not
// be used again (RFC 9112, sections 6.1 and 6.3).
func ambiguous() []attack {
	const ok = "HTTP/1.1 200 OK\r\n"
	var found []attack
	for name, text := range map[string]string{
		"a length and a coding": ok + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"a coding and a length": ok + "Transfer-Encoding: chunked\r\nContent-Length: 100\r\n\r\n0\r\n\r\n",
		"a coding with a space": ok + "Transfer-Encoding : chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
		"a coding in HTTP/1.0":  "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
	} {
		found = append(found, attack{
			name: "an answer with " + name, notices: []fault{keepsConnections},
			why: "where one reader sees an end another sees more, which is the next one's answer",
			try: func(s *scene) {
				asking(s)
				var mu sync.Mutex
				most := 0
				b := s.backend("hostile", speaking(func(x *exchange) {
					mu.Lock()
					most = max(most, x.turn)
					mu.Unlock()
					x.write("%s", text)
				}))
				s.offer("hostile", b.url(""))
				for range 4 {
					s.list(s.witness)
				}
				mu.Lock()
				defer mu.Unlock()
				if most != 1 {
					s.errorf("a connection was used %d times", most)
				}
			},
		})
	}
	return found
}
