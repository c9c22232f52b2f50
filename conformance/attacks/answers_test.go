package attacks

import (
	"bytes"
	"net/http"
	"strings"
	"time"

	"github.com/maas-kinds/maas/api"
)

// answers is the attack of one answer. The caller who is attacked has to be kept
// out; a control caller, whom the same backend answers as it should, is let in
// before and after.
func answers(name, why, text string, notices ...fault) attack {
	return answering(name, why, func(x *exchange) { x.raw(text) }, (*scene).expectHidden, notices...)
}

// admits is the attack of an answer that lets the caller in, as it may, and
// tries something besides.
func admits(name, why, text string, notices ...fault) attack {
	return answering(name, why, func(x *exchange) { x.raw(text) }, (*scene).expectListed, notices...)
}

func answering(name, why string, answer func(*exchange), expect func(*scene, *caller, string), notices ...fault) attack {
	return attack{name: name, why: why, notices: notices, try: func(s *scene) {
		control, victim := s.caller("control"), s.caller("victim")
		b := s.backend("hostile", speaking(func(x *exchange) {
			if admission(x, control, s.witness) == http.StatusOK {
				x.status(http.StatusOK)
				return
			}
			answer(x)
		}))
		s.offer("hostile", b.url(""))
		s.expectListed(control, "hostile")
		expect(s, victim, "hostile")
		s.expectListed(control, "hostile")
		s.expectNothingElse(b)
		// Each question is asked once, a list, a list, the model, and again where a
		// connection that was kept has ended.
		if n := asked(b, victim); n > 6 {
			s.errorf("the backend got the token %d times for 3 questions", n)
		}
	}}
}

// asked counts how often a party got a caller's token.
func asked(p *party, who *caller) (n int) {
	for _, r := range p.got() {
		n += bytes.Count(r.bytes(), []byte(who.mark))
	}
	return n
}

// expectNothingElse looks for what a probe may not carry.
func (s *scene) expectNothingElse(p *party) {
	for _, r := range p.got() {
		for line := range strings.SplitSeq(string(r.bytes()), "\r\n") {
			name, _, isHeader := strings.Cut(line, ": ")
			if !isHeader {
				continue
			}
			switch http.CanonicalHeaderKey(name) {
			case "Host", "User-Agent", "Authorization", "X-Maas-Probe", "Connection":
			default:
				s.errorf("a probe carries %q", line)
			}
		}
	}
}

// impatient gives backends half a second: the rows in which they take more.
func impatient(s *scene) {
	s.configure(func(o *api.Options) {
		o.Limits.ProbeTimeout, o.Limits.Budget = 500*time.Millisecond, time.Second
	})
}

// asking leaves nothing to be remembered: every list asks again.
func asking(s *scene) { s.configure(func(o *api.Options) { o.Limits.VerdictTTL = 0 }) }

// echoes are answers that hand the token back, so that it may get into a reply
// or a log.
func echoes() []attack {
	const why = "what a backend repeats is read by others: by whoever lists, or reads logs"
	return []attack{
		admits("the token in a body", why, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"owner\":\"{TOKEN}\"}", repeatsBackends),
		admits("the token in a header", why, "HTTP/1.1 200 OK\r\nX-Echo: {TOKEN}\r\nContent-Length: 0\r\n\r\n", repeatsBackends),
		admits("the token in a reason", why, "HTTP/1.1 200 {TOKEN}\r\nContent-Length: 0\r\n\r\n", repeatsBackends),
		admits("the token in a trailer", why, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Echo\r\n\r\n0\r\nX-Echo: {TOKEN}\r\n\r\n"),
		admits("the token in a chunk extension", why, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;{TOKEN}\r\nx\r\n0\r\n\r\n"),
		admits("the token in an interim answer", why, "HTTP/1.1 103 Early Hints\r\nLink: <{TOKEN}>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
		admits("the token behind the answer", why, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n{TOKEN}{TOKEN}"),
		answers("the token in a denial", why, "HTTP/1.1 403 {TOKEN}\r\nX-Echo: {TOKEN}\r\nContent-Length: 0\r\n\r\n"),
		answers("the token in an error", why, "HTTP/1.1 500 {TOKEN}\r\nContent-Length: 0\r\n\r\n"),
		answers("the token instead of an answer", why, "{TOKEN}\r\n\r\n", repeatsBackends),
		answers("the token in a status", why, "HTTP/1.1 {TOKEN} OK\r\n\r\n"),
		answers("the token in a protocol", why, "{TOKEN} 200 OK\r\n\r\n", repeatsBackends),
		answers("the token as a header's name", why, "HTTP/1.1 200 OK\r\n{TOKEN}\r\n\r\n", repeatsBackends),
		answers("the token in a length", why, "HTTP/1.1 200 OK\r\nContent-Length: {TOKEN}\r\n\r\n", repeatsBackends),
		answers("the token in a coding", why, "HTTP/1.1 200 OK\r\nTransfer-Encoding: {TOKEN}\r\n\r\n", repeatsBackends),
		answers("the token in a header without end", why, "HTTP/1.1 200 OK\r\nX-Echo: "+strings.Repeat("{TOKEN}", 2000)+"\r\n\r\n"),
		answers("the token in a redirect", why, "HTTP/1.1 302 Found\r\nLocation: http://203.0.113.5/?{TOKEN}\r\nContent-Length: 0\r\n\r\n", followsRedirects),
	}
}

// credentials are answers that ask for more credentials, or give some.
func credentials() []attack {
	const why = "a client that answers a challenge, or keeps what it is given, says more than the caller did"
	found := []attack{
		admits("a cookie", why, "HTTP/1.1 200 OK\r\nSet-Cookie: session=1; Path=/; Domain=svc\r\nContent-Length: 0\r\n\r\n"),
		answers("a cookie with a denial", why, "HTTP/1.1 401 No\r\nSet-Cookie: session=1; Path=/\r\nContent-Length: 0\r\n\r\n", keepsCookies),
		answers("a proxy's challenge", why, "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n", answersChallenges),
		answers("a proxy's challenge for Negotiate", why, "HTTP/1.1 407 No\r\nProxy-Authenticate: Negotiate\r\nContent-Length: 0\r\n\r\n", answersChallenges),
		answers("a challenge that says stale", why, "HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm=x, nonce=1, stale=true\r\nContent-Length: 0\r\n\r\n", answersChallenges),
		answers("a claim to be a listing API", "a loop's end is told by this header, and nobody is listed by it", "HTTP/1.1 200 OK\r\nX-Maas-Probe: 1\r\nContent-Length: 0\r\n\r\n", failsOpen),
	}
	for _, scheme := range []string{"Basic realm=x", "Negotiate", "NTLM", "Digest realm=x, nonce=1", "Bearer realm=\"http://203.0.113.5/token\"", "AWS4-HMAC-SHA256"} {
		found = append(found, answers("a challenge for "+strings.Fields(scheme)[0], why,
			"HTTP/1.1 401 No\r\nWWW-Authenticate: "+scheme+"\r\nContent-Length: 0\r\n\r\n", answersChallenges))
	}
	return found
}
