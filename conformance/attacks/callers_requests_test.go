package attacks

import (
	"net/http"
	"strings"
)

// framed are requests whose end is read in more than one way. What stands behind
// it must be no request of its own.
func framed() []attack {
	const (
		why    = "a proxy before this API takes two requests for one, and the second is answered to somebody else"
		hidden = "GET /v1/models HTTP/1.1\r\nHost: x\r\nAuthorization: BOB\r\n\r\n"
	)
	smuggles := func(name, head, body string, notices ...fault) attack {
		return attack{name: "a request with " + name, why: why, notices: notices, try: staged(func(s *stage) {
			text := "GET /v1/models HTTP/1.1\r\nHost: x\r\nAuthorization: BOB\r\n" + head + "\r\n" + body
			if replies := s.raw(s.text(text), http.MethodGet); len(replies) > 1 {
				s.errorf("%d answers to one request", len(replies))
			}
		})}
	}
	return []attack{
		smuggles("a coding and a length", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"+hidden),
		smuggles("a length and a coding", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"+hidden),
		smuggles("two lengths", "Content-Length: 0\r\nContent-Length: 5\r\n", "01234"+hidden, laxFraming),
		smuggles("a list of lengths", "Content-Length: 0, 5\r\n", "01234"+hidden, laxFraming),
		smuggles("a signed length", "Content-Length: +5\r\n", "01234"+hidden, laxFraming),
		smuggles("a negative length", "Content-Length: -1\r\n", hidden, laxFraming),
		smuggles("a hexadecimal length", "Content-Length: 0x5\r\n", "01234"+hidden),
		smuggles("a length of many digits", "Content-Length: 99999999999999999999\r\n", hidden),
		smuggles("two codings", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n"+hidden),
		smuggles("a coding that is none", "Transfer-Encoding: xchunked\r\nContent-Length: 0\r\n", hidden),
		smuggles("a coding with a tab", "Transfer-Encoding:\tchunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"+hidden),
		smuggles("a space before the colon", "Transfer-Encoding : chunked\r\nContent-Length: 0\r\n", hidden),
		smuggles("a folded header", "X-A: b\r\n Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "01234"+hidden),
		smuggles("a chunk extension", "Transfer-Encoding: chunked\r\n", "0;a=b\r\n\r\n"+hidden),
		smuggles("a body", "Content-Length: 5\r\n", "01234"+hidden),
		smuggles("a body that never comes", "Content-Length: 5000\r\nExpect: 100-continue\r\n", ""),
		smuggles("a chunk of a size that overflows", "Transfer-Encoding: chunked\r\n", "ffffffffffffffff1\r\n"+hidden),
	}
}

// spelt are paths that somebody might mend into another one.
func spelt() []attack {
	var found []attack
	for i, path := range []string{
		"/v1/models/x/../alices", "/v1/models/./alices", "/v1//models/alices", "/v1/models//alices", "/V1/models/alices", "/v1/MODELS", "/v1/models/ALICES",
		"/v1/models/alices;a=b", "/v1/models/alices%00", "/v1/models/alices%0d%0aX-A:b", "/v1/models/%2e%2e/models/alices", "/v1/models/..%2fmodels%2falices",
		"/v1/models/alices%20", "/v1/models/%c0%aealices", "/v1/models/alice\u017f", "/v1/models/\uff41lices", "/v1/models/alices%252f", "/v1/models/\u202ealices",
		"/metrics/../v1/models", "/v1/models%2falices",
	} {
		row := attack{name: "the path " + strings.ToValidUTF8(path, "?"), why: "a proxy that judges the path as it stands lets through what is answered as another", try: staged(func(s *stage) {
			s.expect(http.MethodGet, path, []string{s.text("Authorization: ALICE")}, http.StatusNotFound, http.StatusBadRequest)
		})}
		if i == 0 || i == 4 || i == 7 {
			row.notices = []fault{mendsPaths}
		}
		found = append(found, row)
	}
	return found
}

// odd are requests that ask for something else than a list.
func odd() []attack {
	asks := func(name, why, method, path string, lines []string, statuses []int, notices ...fault) attack {
		return attack{name: name, why: why, notices: notices, try: staged(func(s *stage) {
			for i := range lines {
				lines[i] = s.text(lines[i])
			}
			s.expect(method, s.text(path), lines, statuses...)
		})}
	}
	only, none := []int{http.StatusMethodNotAllowed}, []int{http.StatusNotFound}
	found := []attack{
		{name: "any list, while everything is logged", why: "whoever reads the log has the token", notices: []fault{logsHeaders}, try: staged(func(s *stage) {
			s.expectListed(s.alice, alices)
		})},
		asks("TRACE", "a page reads the token out of the echo", http.MethodTrace, "/v1/models", []string{"Authorization: ALICE"}, only, echoesInput),
		asks("CONNECT", "the API is a way to everywhere", http.MethodConnect, "evil.example:443", []string{"Authorization: ALICE"}, []int{400, 404, 405}, servesOthers),
		asks("the URL of another host", "the API is a way to everywhere", http.MethodGet, "http://evil.example/", []string{"Authorization: ALICE"}, none, servesOthers),
		asks("a token in the path", "errors are logged and shown to others", http.MethodGet, "/TOKEN", []string{"Authorization: BOB"}, none),
		asks("an unknown method", "what is not known must not be answered as a list", "LISTEN", "/v1/models", []string{"Authorization: ALICE"}, only),
	}
	for _, header := range []string{"X-Http-Method-Override", "X-Http-Method", "X-Method-Override"} {
		row := asks("a list by "+header, "a rule on methods is passed by", http.MethodPost, "/v1/models", []string{"Authorization: ALICE", header + ": GET"}, only)
		if header == "X-Http-Method-Override" {
			row.notices = []fault{overridesMethods}
		}
		found = append(found, row)
	}
	for _, origin := range []string{"null", "https://evil.example", "https://maas.example.com.evil.example", "http://localhost", "file://"} {
		found = append(found, attack{name: "a page at " + origin, why: "any page that somebody opens reads their list", notices: []fault{reflectsOrigins}, try: staged(func(s *stage) {
			for _, got := range []reply{s.list(s.alice, "Origin: "+origin), s.request(http.MethodOptions, "/v1/models", nil, "Origin: "+origin, "Access-Control-Request-Method: GET", "Access-Control-Request-Headers: authorization")} {
				if allowed := got.header.Get("Access-Control-Allow-Origin"); allowed != "" || got.status == 0 {
					s.errorf("status %d, Access-Control-Allow-Origin %q", got.status, allowed)
				}
			}
		})})
	}
	return found
}
