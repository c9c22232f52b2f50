package attacks

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// sharing is what one caller may get of another's, because something is
// remembered by less than the whole of who asks.
func sharing() []attack {
	const another = "a verdict that is remembered for one caller is given to another"
	near := func(name string, change func(token string) string, notices ...fault) attack {
		return attack{name: "credentials with " + name, why: another, notices: notices, try: staged(func(s *stage) {
			other := s.caller("other")
			other.mark = change(s.alice.mark)
			s.expectListed(s.alice, alices)
			s.expectHidden(other, alices)
			s.expectListed(s.alice, alices)
			s.expectHidden(other, alices)
		})}
	}
	return []attack{
		troubled("whose quota is used up", func(x *exchange, _ <-chan struct{}) { x.status(http.StatusTooManyRequests) }),
		troubled("who makes the backend fail", func(x *exchange, _ <-chan struct{}) { x.status(http.StatusInternalServerError) }),
		troubled("who is not answered", func(_ *exchange, ended <-chan struct{}) { <-ended }),
		near("another last byte", func(t string) string { return t[:len(t)-1] + "_" }, looseKeys),
		near("another first byte", func(t string) string { return "_" + t[1:] }),
		near("a byte less", func(t string) string { return t[:len(t)-1] }),
		near("a byte more", func(t string) string { return t + "A" }),
		near("other capitals", strings.ToLower, looseKeys),
		near("a quote", func(t string) string { return `"` + t + `"` }),
		near("a space more", func(t string) string { return " " + t }),
		near("a tab", func(t string) string { return "\t" + t }),
		near("a padding", func(t string) string { return t + "=" }),
		near("an escape", func(t string) string { return strings.ReplaceAll(t, "m", "%6d") }),
		near("the same twice", func(t string) string { return t + " " + t }),
		near("a soft hyphen", func(t string) string { return t[:9] + "\u00ad" + t[9:] }),
		near("its hash's length", func(t string) string { return t + strings.Repeat("\x20\x01", 40) + "." }),
		{name: "lists in turns", why: "a list is given to whom it was not made for", notices: []fault{sharesPages}, try: staged(func(s *stage) {
			for range 3 {
				s.expectOwn(s.alice, alices)
				s.expectOwn(s.bob, bobs)
			}
		})},
		{name: "lists at one time", why: "a list is given to whom it was not made for", notices: []fault{sharesPages}, try: staged(func(s *stage) {
			var asking sync.WaitGroup
			for range 10 {
				asking.Go(func() { s.expectOwn(s.alice, alices) })
				asking.Go(func() { s.expectOwn(s.bob, bobs) })
			}
			asking.Wait()
		})},
		{name: "lists on one connection", why: "what belongs to a connection belongs to whoever uses it next", notices: []fault{sharesPages}, try: staged(func(s *stage) {
			text := ""
			for range 5 {
				text += "GET /v1/models HTTP/1.1\r\nHost: x\r\nAuthorization: ALICE\r\n\r\nGET /v1/models HTTP/1.1\r\nHost: x\r\nAuthorization: BOB\r\n\r\n"
			}
			replies := s.answers(s.text(text+"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), http.MethodGet, 12)
			for i, r := range replies[:max(0, len(replies)-1)] {
				if own := []string{alices, bobs}[i%2]; !slices.Equal(r.ids(), []string{own}) {
					s.errorf("answer %d is %s, want %s", i, r.body, own)
				}
			}
			if len(replies) != 11 {
				s.errorf("%d answers to 11 questions", len(replies))
			}
		})},
		{name: "somebody else's ETag", why: "a 304 tells a caller what is in another's list", try: staged(func(s *stage) {
			tag := s.list(s.alice).header.Get("ETag")
			if got := s.list(s.bob, "If-None-Match: "+tag); tag == "" || got.status != http.StatusOK || !slices.Equal(got.ids(), []string{bobs}) {
				s.errorf("with ETag %q: status %d, %s", tag, got.status, got.body)
			}
		})},
		{name: "the ETag of a guess", why: "a 304 for a hidden model says that it is there", try: staged(func(s *stage) {
			tag := s.get("/v1/models/"+alices, s.alice).header.Get("ETag")
			s.expectEqual("a hidden model's ETag", s.get("/v1/models/"+alices, s.bob, "If-None-Match: "+tag), s.get("/v1/models/absent", s.bob, "If-None-Match: "+tag))
		})},
		kept("a list", "/v1/models", true, http.StatusOK), kept("a model", "/v1/models/"+alices, true, http.StatusOK),
		kept("a denial", "/v1/models/absent", true, http.StatusNotFound), kept("a fault of the caller's", "/v1/models?ready=x", true, http.StatusBadRequest),
		kept("a missing token", "/v1/models", false, http.StatusUnauthorized),
		{name: "a permission that ends", why: "a backend that says no is believed at once", try: func(s *scene) {
			asking(s)
			victim, mu, status := s.caller("victim"), sync.Mutex{}, http.StatusOK
			b := s.backend("turning", speaking(func(x *exchange) { mu.Lock(); defer mu.Unlock(); x.status(status) }))
			s.offer("turning", b.url(""))
			s.expectListed(victim, "turning")
			mu.Lock()
			status = http.StatusForbidden
			mu.Unlock()
			s.expectHidden(victim, "turning")
		}},
	}
}

// expectOwn has a list of exactly one model.
func (s *stage) expectOwn(who *caller, model string) {
	if got := s.list(who); got.status != http.StatusOK || !slices.Equal(got.ids(), []string{model}) {
		s.errorf("%s gets %d, %s", who.name, got.status, got.body)
	}
}

// kept is a reply that a cache in between may keep for nobody else.
func kept(what, path string, asked bool, status int) attack {
	return attack{name: what + " in a cache between", why: "a cache gives one caller's reply to the next", notices: []fault{cachesPublicly}, try: staged(func(s *stage) {
		who := s.alice
		if !asked {
			who = nil
		}
		got := s.get(path, who)
		control, vary := got.header.Get("Cache-Control"), got.header.Get("Vary")
		if s.fault == "" && got.status != status {
			s.errorf("status %d, want %d", got.status, status)
		}
		if !strings.Contains(control, "private") || !strings.Contains(control, "no-cache") || !strings.Contains(vary, "Authorization") {
			s.errorf("Cache-Control %q, Vary %q", control, vary)
		}
	})}
}

// secrets are questions after models that the caller may not see, each beside
// the same question after one that is not there.
func secrets() []attack {
	equal := func(name, hidden, absent string, notices ...fault) attack {
		return attack{name: name, why: "whoever sees a difference learns the names of models", notices: notices, try: staged(func(s *stage) {
			fill := func(path string) string { return strings.ReplaceAll(path, "NS", s.namespace) }
			for range 2 {
				for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodOptions} {
					s.expectEqual(method+" "+name, s.request(method, fill(hidden), s.bob), s.request(method, fill(absent), s.bob))
				}
			}
		})}
	}
	return []attack{
		equal("a hidden model by its name", "/v1/models/alices", "/v1/models/absent", namesHidden),
		equal("a hidden model by its full name", "/v1/models/NS/alices", "/v1/models/NS/absent", namesHidden),
		equal("a hidden model by its escaped name", "/v1/models/NS%2Falices", "/v1/models/NS%2Fabsent", namesHidden),
		equal("a hidden model with a slash", "/v1/models/alices/", "/v1/models/absent/"),
		equal("a hidden model with a query", "/v1/models/alices?a=b", "/v1/models/absent?a=b", namesHidden),
		equal("a kind of hidden models", "/v1/models?kind=Endpoint&namespace=NS&ready=false", "/v1/models?kind=Service&namespace=NS&ready=false"),
		equal("a namespace among many", "/v1/models?namespace=NS&kind=KaitoWorkspace", "/v1/models?namespace=NS&kind=OME"),
	}
}

// expectEqual has two answers that are equal to the byte, but for the time and
// what the request is called.
func (s *scene) expectEqual(what string, a, b reply) {
	for _, r := range []*reply{&a, &b} {
		r.header = maps.Clone(r.header)
		for _, name := range []string{"Date", "X-Request-Id", "X-Access-Checked-At"} {
			r.header.Del(name)
		}
	}
	if a.status != b.status || a.body != b.body || fmt.Sprint(a.header) != fmt.Sprint(b.header) {
		s.errorf("%s: %d %v %s and %d %v %s", what, a.status, a.header, a.body, b.status, b.header, b.body)
	}
}

// troubled is a caller whom a backend gives nothing but trouble, and who lists again
// and again. Others, of whom nothing is remembered, get the model at the first call.
func troubled(name string, trouble func(x *exchange, ended <-chan struct{})) attack {
	return attack{name: "a caller " + name, why: "one caller's trouble keeps the model from everybody", try: func(s *scene) {
		impatient(s)
		mallory, ended := s.caller("mallory"), make(chan struct{})
		s.t.Cleanup(func() { close(ended) })
		b := s.backend("shared", speaking(func(x *exchange) {
			if x.authorization() == mallory.authorization() {
				trouble(x, ended)
				return
			}
			x.status(http.StatusOK)
		}))
		s.offer("shared", b.url(""))
		s.expectListed(s.caller("first"), "shared")
		for i := range 5 {
			for range 4 { // one more than faults that count
				s.list(mallory)
			}
			other := s.caller(fmt.Sprint("other", i))
			if got := s.list(other); !slices.Contains(got.ids(), "shared") {
				s.errorf("after %d lists of another caller: status %d, %s %v", i+1, got.status, got.body, got.err)
			}
		}
	}}
}
