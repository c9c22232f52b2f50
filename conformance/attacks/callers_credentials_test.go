package attacks

import (
	"net/http"
	"slices"
	"strings"
)

// presented are credentials in forms that readers disagree about.
func presented() []attack {
	const (
		which     = "it is not clear whose request it is: this API and a backend may each take another"
		elsewhere = "credentials count in one place only; in others they are logged, cached and forged"
		claim     = "whoever may write a header may be anybody"
	)
	unauthorized, bad := []int{http.StatusUnauthorized}, []int{http.StatusBadRequest}
	found := []attack{
		presents("no credentials", which, nil, unauthorized, trustsHeaders),
		presents("empty credentials", which, []string{"Authorization:"}, unauthorized),
		presents("blank credentials", which, []string{"Authorization: \t  "}, unauthorized),
		presents("two credentials", which, []string{"Authorization: BOB", "Authorization: ALICE"}, bad, mergesCredentials),
		presents("two credentials, the other first", which, []string{"Authorization: ALICE", "Authorization: BOB"}, bad, mergesCredentials),
		presents("the same credentials twice", which, []string{"Authorization: ALICE", "AUTHORIZATION: ALICE"}, bad, mergesCredentials),
		presents("credentials and empty ones", which, []string{"Authorization:", "Authorization: ALICE"}, bad, mergesCredentials),
		presents("credentials joined by a comma", which, []string{"Authorization: ALICE, BOB"}, denied(), mergesCredentials),
		presents("credentials joined by a semicolon", which, []string{"Authorization: ALICE; BOB"}, denied()),
		presents("credentials of 64 KiB", "memory, and headers that a backend cuts off", []string{"Authorization: ALICE" + strings.Repeat("x", 64<<10)}, []int{400, 431}, unboundedRequests),
		presents("credentials just over the limit", "memory, and headers that a backend cuts off", []string{"Authorization: ALICE" + strings.Repeat("x", 16<<10)}, bad, unboundedRequests),
		presents("NUL in credentials", which, []string{"Authorization: ALICE\x00"}, bad),
		presents("CR in credentials", "a header of the caller's in the probe", []string{"Authorization: ALICE\rX-Injected: 1"}, bad),
		presents("LF in credentials", "a header of the caller's in the probe", []string{"Authorization: ALICE.\nX-Injected: 1"}, denied()),
		presents("DEL in credentials", which, []string{"Authorization: ALICE\x7f"}, bad),
		presents("folded credentials", "a header of the caller's in the probe", []string{"Authorization: ALICE.", " X-Injected: 1"}, denied()),
		presents("letters of another script", which, []string{"Authorization: ALICE" + "\u0430"}, denied()),
		presents("bytes that are no UTF-8", which, []string{"Authorization: ALICE\xff\xfe"}, denied()),
		presents("a space before the colon", which, []string{"Authorization : ALICE"}, bad),
		presents("a name with an underscore", elsewhere, []string{"Authorization_: ALICE"}, unauthorized),
		presents("credentials in the query", elsewhere, nil, unauthorized),
		presents("credentials in a cookie", elsewhere, []string{"Cookie: token=TOKEN; authorization=ALICE"}, unauthorized),
		presents("credentials for a proxy", elsewhere, []string{"Proxy-Authorization: ALICE"}, unauthorized),
		presents("an API key", elsewhere, []string{"X-Api-Key: TOKEN", "Api-Key: TOKEN"}, unauthorized),
		presents("a forwarded token", elsewhere, []string{"X-Forwarded-Access-Token: TOKEN", "X-Auth-Token: TOKEN"}, unauthorized),
		presents("a WebSocket's protocol", elsewhere, []string{"Sec-WebSocket-Protocol: bearer, TOKEN"}, unauthorized),
		presents("credentials in a trailer", elsewhere, []string{"Trailer: Authorization", "Transfer-Encoding: chunked", "", "0", "Authorization: ALICE"}, unauthorized),
		inQuery(elsewhere), marked(),
	}
	for _, header := range []string{"X-Forwarded-User", "X-Remote-User", "Impersonate-User", "Remote-User", "X-Auth-Request-User", "X-Goog-Authenticated-User-Email",
		"X-Amzn-Oidc-Data", "X-Ms-Client-Principal", "X-Ssl-Client-S-Dn", "X-Forwarded-Client-Cert"} {
		row := presents("the claim "+header, claim, []string{header + ": witness"}, unauthorized)
		if slices.Contains([]string{"X-Forwarded-User", "X-Remote-User", "Impersonate-User"}, header) {
			row.notices = []fault{trustsHeaders}
		}
		found = append(found, row)
	}
	found[0].notices = nil
	return found
}

func inQuery(why string) attack {
	return attack{name: "an access token in the query", why: why, notices: []fault{mergesCredentials}, try: staged(func(s *stage) {
		for _, name := range []string{"access_token", "token", "api_key", "key", "Authorization"} {
			s.expect(http.MethodGet, "/v1/models?"+name+"=TOKEN", nil, http.StatusUnauthorized)
		}
	})}
}

// marked is a request that says it is a probe.
func marked() attack {
	return attack{name: "a request that is marked as a probe", why: "it must not be answered as one, and not asked on", try: staged(func(s *stage) {
		before := asked(s.backend, s.alice)
		got := s.list(s.alice, "X-Maas-Probe: 1")
		if got.status != http.StatusLoopDetected || asked(s.backend, s.alice) != before {
			s.errorf("status %d, %s", got.status, got.body)
		}
	})}
}

// forwarded are headers of a request that no probe carries.
func forwarded() []attack {
	var found []attack
	for _, header := range []string{
		"X-Forwarded-For: 10.0.0.1", "X-Forwarded-Host: evil.example", "X-Forwarded-Proto: https", "X-Forwarded-User: admin", "X-Forwarded-Groups: system:masters",
		"Forwarded: for=10.0.0.1;host=evil.example", "X-Real-Ip: 10.0.0.1", "Via: 1.1 evil", "Impersonate-User: admin", "Impersonate-Group: system:masters",
		"Impersonate-Extra-Scopes: all", "Impersonate-Uid: 0", "X-Remote-User: admin", "X-Remote-Group: system:masters", "X-Remote-Extra-Scopes: all",
		"Cookie: session=admin", "Proxy-Authorization: Basic YWRtaW46YWRtaW4=", "X-Original-Url: /admin", "X-Rewrite-Url: /admin", "X-Http-Method-Override: DELETE",
		"Range: bytes=0-0", "If-Match: x", "Accept: text/html", "Origin: https://evil.example", "Referer: https://evil.example", "Traceparent: 00-1-1-01",
		"X-Envoy-Original-Path: /admin", "X-Injected: 1", "Te: trailers", "Upgrade: h2c", "Http2-Settings: AAMAAABkAAQAAP__", "X-Client-Cert: admin",
	} {
		found = append(found, carries(header))
	}
	return append(found, hopByHop())
}

// hopByHop names Authorization as a header of this connection alone.
func hopByHop() attack {
	return attack{name: "Authorization as a header of the connection", why: "a probe without credentials shows what anybody may see as the caller's", try: staged(func(s *stage) {
		s.raw(s.text("GET /v1/models HTTP/1.1\r\nHost: x\r\nConnection: close, Authorization, X-Maas-Probe\r\nAuthorization: ALICE\r\n\r\n"), http.MethodGet)
		for _, r := range s.backend.got() {
			text := string(r.bytes())
			if strings.Count(text, "HTTP/1.1\r\n") != strings.Count(text, "Authorization: ") || strings.Count(text, "HTTP/1.1\r\n") != strings.Count(text, "X-Maas-Probe: ") {
				s.errorf("a probe without its headers: %q", text)
			}
		}
	})}
}
