package attacks

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/api"
)

// paths are ways to write a path that a reader may mend into another one.
func paths() []attack {
	const why = "what is mended behind this API, or before it, names something that was not judged"
	var found []attack
	for _, path := range []string{
		"/v1/models/../models/alices", "/v1/models/./alices", "/v1/models/%2e%2e/models/alices", "/v1/models/..%2fmodels%2falices",
		"/v1/models/alices%00", "/v1/models/%00alices", "/v1/models/alices;v=1", "/v1/models;v=1/alices", "/V1/MODELS", "/v1/models/aLICES", "/v1/models/Alices",
		"/v1/models/alices%20", "/v1/models/%20alices", "/v1/models/alices%0d%0aX-Injected:%201", "/v1/models/alices%0a", "/v1/models/%c0%ae%c0%ae/alices",
		"/v1/models/%25%36%31lices", "/v1/models/alices%252f", "/v1/models/alices%5c", "/v1/models/%5calices", "/v1/models/%d0%b0lices", "/v1/models/%ef%bd%81lices",
		"/v1/models/a%cc%80lices", "/v1/models/%e2%80%aealices", "/v1/models/alices%e2%80%8b", "/v1/models/%f0%9f%98%80", "/v1/models/%ff", "/v1/models/%ed%a0%80",
		"/v1/models/alices.json", "/v1/models/alices/..", "/v1/models/alices%3f", "/v1/models/alices%23", "/v1/models/*", "/v1/models/%2a", "/v1/models/-", "/v1/models/0",
		"/v1/models/..;/alices", "/v1/models/%u0061lices", "/v1/models/alices,bobs", "/v1/models/" + strings.Repeat("a/", 1000), "/v1/models/" + strings.Repeat("a", 20000),
		"/metrics", "/debug/pprof/", "/debug/vars", "/../metrics", "/v1/models/x/../alices", "/v1/models//alices", "/V1/models/alices", "/v1/models%2falices", "/metrics/../v1/models", "/v1/models/alice\u017f",
		"/v1/models/%2e%2e%2f%2e%2e%2fmetrics", "/.git/config", "/readyz/../v1/models",
	} {
		var notices []fault
		if slices.Contains([]string{"/v1/models/aLICES", "/V1/models/alices", "/v1/models/x/../alices", "/v1/models/alices;v=1", "/v1/models/%2e%2e/models/alices", "/v1/models/alices%00"}, path) {
			notices = []fault{mendsPaths}
		}
		found = append(found, attack{name: fmt.Sprintf("the path %.60s", path), why: why, notices: notices, try: staged(func(s *stage) {
			got := s.expect(http.MethodGet, path, []string{"Authorization: ALICE"}, http.StatusNotFound, http.StatusBadRequest)
			if got.header.Get("X-Injected")+got.header.Get("Location") != "" {
				s.errorf("the reply has headers of the caller's: %v", got.header)
			}
		})})
	}
	found = append(found, attack{name: "any list, while everything is logged", why: "whoever reads the log has the token", notices: []fault{logsHeaders},
		try: staged(func(s *stage) { s.expectListed(s.alice, alices) })})
	for _, path := range []string{"//v1/models", "/v1//models", "/v1/models/", "///v1///models///"} {
		found = append(found, attack{name: "the path " + path, why: "a path of the list that is served beside its rules", notices: []fault{sharesPages}, try: staged(func(s *stage) {
			for _, own := range []struct {
				who   *caller
				model string
			}{{s.alice, alices}, {s.bob, bobs}} {
				got := s.get(path, own.who)
				if !slices.Equal(got.ids(), []string{own.model}) || got.header.Get("Location") != "" {
					s.errorf("%s gets %d, %v, %s", own.who.name, got.status, got.header, got.body)
				}
			}
			s.expect(http.MethodGet, path, nil, http.StatusUnauthorized)
		})})
	}
	return append(found, misplaced()...)
}

// misplaced are tokens in places where they do not belong. Nobody may find them
// in a log, a metric or a reply.
func misplaced() []attack {
	const why = "clients put tokens into the wrong place, and logs are read by others"
	var found []attack
	for name, where := range map[string]struct{ method, path, line string }{
		"the path": {"GET", "/TOKEN", ""}, "an id": {"GET", "/v1/models/TOKEN", ""}, "the query": {"GET", "/v1/models?access_token=TOKEN", ""},
		"a kind": {"GET", "/v1/models?kind=TOKEN", ""}, "a namespace": {"GET", "/v1/models?namespace=TOKEN", ""}, "a parameter's name": {"GET", "/v1/models?TOKEN=1", ""},
		"a truth": {"GET", "/v1/models?ready=TOKEN", ""}, "a broken query": {"GET", "/v1/models?kind=%zzTOKEN", ""}, "the method": {"TOKEN", "/v1/models", ""},
		"an origin": {"GET", "/v1/models", "Origin: https://TOKEN.example"}, "a coding": {"GET", "/v1/models", "Accept-Encoding: TOKEN"},
		"an ETag": {"GET", "/v1/models", `If-None-Match: "TOKEN"`}, "a client's name": {"GET", "/v1/models", "User-Agent: TOKEN"},
		"a request's name with a space": {"GET", "/v1/models", "X-Request-Id: Bearer TOKEN"}, "a header's name": {"GET", "/v1/models", "X-TOKEN: 1"},
		"a broken header": {"GET", "/v1/models", "TOKEN"}, "a broken escape": {"GET", "/v1/models/%zzTOKEN", ""}, "a preflight": {"OPTIONS", "/v1/models", "Access-Control-Request-Headers: x-stainless-TOKEN"},
		"a broken version": {"GET", "/v1/models HTTP/TOKEN", ""},
	} {
		var notices []fault
		if strings.HasPrefix(where.path, "/TOKEN") || where.path == "/v1/models/TOKEN" || where.method == "TOKEN" {
			notices = []fault{echoesInput}
		}
		if strings.HasPrefix(where.line, "User-Agent") {
			notices = []fault{logsHeaders}
		}
		found = append(found, attack{name: "a token in " + name, why: why, notices: notices, try: staged(func(s *stage) {
			text := where.method + " " + where.path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: ALICE\r\n"
			if where.line != "" {
				text += where.line + "\r\n"
			}
			s.raw(s.text(text+"\r\n"), http.MethodGet)
		})})
	}
	return found
}

// methods are other things to do than to read.
func methods() []attack {
	const why = "this API only reads, whatever a header or a method says"
	var found []attack
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "get", "GETS", "PRI", "BREW"} {
		var notices []fault
		if method == http.MethodTrace {
			notices = []fault{echoesInput}
		}
		found = append(found, attack{name: "the method " + method, why: why, notices: notices, try: staged(func(s *stage) {
			s.expect(method, "/v1/models", []string{"Authorization: ALICE"}, http.StatusMethodNotAllowed, http.StatusBadRequest, http.StatusNotFound, http.StatusHTTPVersionNotSupported)
		})})
	}
	for _, header := range []string{"X-Http-Method-Override", "X-Method-Override", "X-Http-Method"} {
		row := attack{name: "a method by " + header, why: why, try: staged(func(s *stage) {
			s.expect(http.MethodPost, "/v1/models", []string{"Authorization: ALICE", header + ": GET"}, http.StatusMethodNotAllowed)
		})}
		if header == "X-Http-Method-Override" {
			row.notices = []fault{overridesMethods}
		}
		found = append(found, row)
	}
	for name, line := range map[string]string{
		"CONNECT": "CONNECT " + elsewhere + ":80", "CONNECT to the API server": "CONNECT 10.96.0.1:443", "an absolute URL": "GET http://" + elsewhere + "/",
		"an absolute URL of a metadata service": "GET http://169.254.169.254/latest", "an absolute URL with a user": "GET http://user@" + elsewhere + "/v1/models",
	} {
		found = append(found, attack{name: name, why: "a proxy that anybody may use sends what it is given anywhere", notices: []fault{servesOthers}, try: staged(func(s *stage) {
			host := strings.Fields(line)[1]
			host = strings.TrimPrefix(strings.TrimPrefix(host, "http://"), "user@")
			host, _, _ = strings.Cut(host, "/")
			s.raw(s.text(line+" HTTP/1.1\r\nHost: "+host+"\r\nConnection: close\r\nAuthorization: ALICE\r\n\r\n"), http.MethodGet)
		})})
	}
	return append(found, hosts()...)
}

// hosts are names that a request has for this API.
func hosts() []attack {
	const why = "a host that a caller makes up must not come back as a link, or choose what is served"
	var found []attack
	for name, text := range map[string]string{
		"no host":             "GET /v1/models HTTP/1.1\r\nConnection: close\r\n\r\n",
		"two hosts":           "GET /v1/models HTTP/1.1\r\nHost: a\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
		"a host with a path":  "GET /v1/models HTTP/1.1\r\nHost: evil.example/x\r\nConnection: close\r\n\r\n",
		"a stranger's host":   "GET /v1/models HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\nConnection: close\r\n\r\n",
		"a host with an at":   "GET /v1/models HTTP/1.1\r\nHost: a@evil.example\r\nConnection: close\r\n\r\n",
		"HTTP/0.9":            "GET /v1/models\r\n\r\n",
		"HTTP/1.0 kept alive": "GET /v1/models HTTP/1.0\r\nHost: evil.example\r\n\r\n",
		"an asterisk":         "OPTIONS * HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
		"no slash":            "GET v1/models HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
	} {
		found = append(found, attack{name: name, why: why, try: staged(func(s *stage) {
			for _, r := range s.raw(text, http.MethodGet) {
				if strings.Contains(fmt.Sprint(r.header, r.body), "evil.example") || len(r.ids()) > 0 {
					s.errorf("%v %s", r.header, r.body)
				}
			}
		})})
	}
	return found
}

// origins are pages that may not read replies.
func origins() []attack {
	const allowed = "https://chat.example.com"
	var found []attack
	for _, origin := range []string{"null", "https://evil.example", allowed + ".evil.example", "https://evil-chat.example.com", "https://sub.chat.example.com",
		"http://chat.example.com", "https://CHAT.example.com", allowed + ":8443", allowed + "/", "https://chat.example.com@evil.example", "file://", "*", allowed + ", https://evil.example", "https://chatxexample.com"} {
		found = append(found, attack{name: "the origin " + origin, why: "any page in a browser reads what its user may", notices: []fault{reflectsOrigins}, try: staged(func(s *stage) {
			s.configure(func(o *api.Options) { o.CORSOrigins = []string{allowed} })
			if got := s.list(s.alice, "Origin: "+allowed); s.fault == "" && got.header.Get("Access-Control-Allow-Origin") != allowed {
				s.errorf("the page that is allowed may not read: %v", got.header)
			}
			for _, got := range []reply{s.list(s.alice, "Origin: "+origin), s.list(s.alice, "Origin: "+allowed, "Origin: "+origin), s.get("/v1/models", nil, "Origin: "+origin),
				s.request(http.MethodOptions, "/v1/models", nil, "Origin: "+origin, "Access-Control-Request-Method: GET", "Access-Control-Request-Headers: authorization")} {
				if got.header.Get("Access-Control-Allow-Origin") != "" || got.header.Get("Access-Control-Allow-Credentials") != "" {
					s.errorf("%v", got.header)
				}
			}
		})})
	}
	return found
}
