package attacks

import (
	"net/http"
	"slices"
	"strings"
)

// stage is a scene with a model that alice may use and one that bob may use.
type stage struct {
	*scene
	alice, bob *caller
	// backend is behind both models.
	backend *party
}

const (
	alices = "alices"
	bobs   = "bobs"
)

func staged(try func(s *stage)) func(*scene) {
	return func(sc *scene) {
		s := &stage{scene: sc, alice: sc.caller("alice"), bob: sc.caller("bob")}
		s.backend = s.scene.backend("backend", speaking(func(x *exchange) {
			allowed := s.alice
			if strings.HasPrefix(x.request.URL.Path, "/"+bobs) {
				allowed = s.bob
			}
			x.status(admission(x, allowed))
		}))
		s.offer(alices, s.backend.url("/"+alices))
		s.offer(bobs, s.backend.url("/"+bobs))
		try(s)
		s.expectNothingElse(s.backend)
		s.expectListed(s.alice, alices)
	}
}

// text fills in the credentials of alice and bob.
func (s *stage) text(format string) string {
	return strings.NewReplacer("ALICE", s.alice.authorization(), "BOB", s.bob.authorization(), "TOKEN", s.alice.mark).Replace(format)
}

// expect asks, with the lines as they stand and nothing else but a host, and
// has one answer of one of the statuses, without a model of alice.
func (s *stage) expect(method, path string, lines []string, statuses ...int) reply {
	s.t.Helper()
	request := method + " " + path + " HTTP/1.1\r\nHost: maas.example.com\r\nConnection: close\r\n" + strings.Join(append(slices.Clone(lines), "", ""), "\r\n")
	replies := s.raw(s.text(request), method)
	if len(replies) != 1 {
		// Nothing is an answer as well, to what is no request.
		if len(replies) > 1 || !slices.Contains(statuses, 0) {
			s.errorf("%s %.100s: %d answers", method, path, len(replies))
		}
		return reply{}
	}
	got := replies[0]
	if !slices.Contains(statuses, got.status) {
		s.errorf("%s %.100s: status %d, want one of %v: %.300s", method, path, got.status, statuses, got.body)
	}
	if strings.Contains(got.body, `"`+alices+`"`) {
		s.errorf("%s %.100s: alice's model is listed: %s", method, path, got.body)
	}
	return got
}

// presents is a list that is asked for with credentials which are not alice's,
// whatever they look like.
func presents(name, why string, lines []string, statuses []int, notices ...fault) attack {
	return attack{name: name, why: why, notices: notices, try: staged(func(s *stage) {
		s.expectListed(s.alice, alices)
		s.expect(http.MethodGet, "/v1/models", lines, statuses...)
	})}
}

// carries is a list that alice asks for with a header that must not go with the
// probe.
func carries(header string) attack {
	name, _, _ := strings.Cut(header, ":")
	return attack{
		name: "the header " + name + " with a probe", notices: []fault{forwardsEverything},
		why: "a backend, or a proxy before it, may believe it: the caller speaks for somebody else, or for this API",
		try: staged(func(s *stage) {
			for range 2 {
				got := s.list(s.alice, header)
				if got.status != http.StatusOK || !slices.Contains(got.ids(), alices) {
					s.errorf("status %d, %s %v", got.status, got.body, got.err)
				}
			}
		}),
	}
}

// denied are the statuses of answers to somebody else.
func denied() []int { return []int{http.StatusOK, http.StatusBadRequest, http.StatusUnauthorized} }
