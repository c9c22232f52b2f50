package api

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

func many(endpoint string, n int) []*v1alpha1.MaaSModel {
	models := make([]*v1alpha1.MaaSModel, n)
	for i := range models {
		models[i] = model(fmt.Sprintf("ns-%d/model-%04d", i%5, i), endpoint)
	}
	return models
}

func TestETag(t *testing.T) {
	yes := startBackend(t, admits("alice"))
	s := startService(t, loopback(), many(yes.URL, 30)...)
	plain := s.get(t, "/v1/models", "alice")
	zipped := s.get(t, "/v1/models", "alice", header{"Accept-Encoding": "gzip"})
	tag, zippedTag := plain.Header.Get("ETag"), zipped.Header.Get("ETag")
	if tag == "" || strings.HasPrefix(tag, "W/") || tag == zippedTag {
		t.Fatalf("ETags %q and %q: want two strong ones for two encodings", tag, zippedTag)
	}
	if again := s.get(t, "/v1/models", "alice"); again.Header.Get("ETag") != tag || again.body != plain.body {
		t.Error("the same state gives another ETag or body")
	}
	for name, test := range map[string]struct {
		path   string
		header header
		status int
	}{
		"the same":                   {"/v1/models", header{"If-None-Match": tag}, 304},
		"one of several":             {"/v1/models", header{"If-None-Match": `"x", ` + tag}, 304},
		"weakly the same":            {"/v1/models", header{"If-None-Match": "W/" + tag}, 304},
		"whatever there is":          {"/v1/models", header{"If-None-Match": "*"}, 304},
		"another":                    {"/v1/models", header{"If-None-Match": `"x"`}, 200},
		"of another encoding":        {"/v1/models", header{"If-None-Match": tag, "Accept-Encoding": "gzip"}, 200},
		"the same in gzip":           {"/v1/models", header{"If-None-Match": zippedTag, "Accept-Encoding": "gzip"}, 304},
		"the list's for one model":   {"/v1/models/model-0001", header{"If-None-Match": tag}, 200},
		"the list's for part of it":  {"/v1/models?namespace=ns-1", header{"If-None-Match": tag}, 200},
		"the list's for the openapi": {"/openapi.json", header{"If-None-Match": tag}, 200},
	} {
		got := s.get(t, test.path, "alice", test.header)
		if got.StatusCode != test.status || (test.status == 304 && got.body != "") {
			t.Errorf("%s: status %d, want %d, %d bytes", name, got.StatusCode, test.status, len(got.body))
		}
		if got.Header.Get("ETag") == "" || got.Header.Get("X-Request-Id") == "" {
			t.Errorf("%s: headers %v", name, got.Header)
		}
	}
	if got := s.get(t, "/v1/models", "eve", header{"If-None-Match": tag}); got.StatusCode != http.StatusOK || got.body == plain.body {
		t.Errorf("eve gets %d for alice's ETag", got.StatusCode)
	}
	models := many(yes.URL, 30)
	models[3].ResourceVersion, models[3].Status.Phase = "2", v1alpha1.PhaseFailed
	s.show(t, models...)
	if got := s.get(t, "/v1/models", "alice", header{"If-None-Match": tag}); got.StatusCode != http.StatusOK || got.Header.Get("ETag") == tag {
		t.Errorf("status %d and ETag %s after a model has changed", got.StatusCode, got.Header.Get("ETag"))
	}
}

func TestGzip(t *testing.T) {
	yes := startBackend(t, admits("alice"))
	s := startService(t, loopback(), many(yes.URL, 30)...)
	plain := s.get(t, "/v1/models", "alice").body
	for accept, want := range map[string]bool{
		"gzip": true, "gzip, deflate, br": true, "deflate, gzip;q=0.5": true, "GZIP": true, "*": true, "x-gzip": true,
		"": false, "identity": false, "br": false, "gzip;q=0": false, "gzip; q=0.0, *": false, "*;q=0": false, "gzip;q=x": false,
	} {
		got := s.get(t, "/v1/models", "alice", header{"Accept-Encoding": accept})
		body := got.body
		if (got.Header.Get("Content-Encoding") == "gzip") != want {
			t.Errorf("%q: Content-Encoding %q, want gzip %v", accept, got.Header.Get("Content-Encoding"), want)
		}
		if want {
			reader, err := gzip.NewReader(strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			unzipped, err := io.ReadAll(reader)
			if err != nil {
				t.Fatal(err)
			}
			body = string(unzipped)
		}
		if body != plain {
			t.Errorf("%q: another body", accept)
		}
		if got.ContentLength != int64(len(got.body)) {
			t.Errorf("%q: Content-Length %d of %d", accept, got.ContentLength, len(got.body))
		}
	}
	if got := s.get(t, "/v1/models/model-0001", "alice", header{"Accept-Encoding": "gzip"}); got.Header.Get("Content-Encoding") != "" {
		t.Error("a body of one packet is compressed")
	}
}

func TestHead(t *testing.T) {
	yes := startBackend(t, admits("alice"))
	s := startService(t, loopback(), many(yes.URL, 3)...)
	for _, path := range []string{"/v1/models", "/v1/models/model-0001", "/openapi.json", "/healthz", "/readyz", "/v1/models/nope"} {
		get, head := s.get(t, path, "alice", header{"X-Request-Id": "same"}), s.do(t, http.MethodHead, path, "alice", header{"X-Request-Id": "same"})
		for _, h := range []http.Header{get.Header, head.Header} {
			h.Del("Date")
			h.Del("X-Access-Checked-At")
		}
		if head.body != "" || head.StatusCode != get.StatusCode || cmp.Diff(get.Header, head.Header) != "" {
			t.Errorf("%s: HEAD gives %d, %q\n%s", path, head.StatusCode, head.body, cmp.Diff(get.Header, head.Header))
		}
	}
}

func TestReplyHeaders(t *testing.T) {
	yes := startBackend(t, admits("alice"))
	o := loopback()
	o.ForwardHeaders = []string{"x-tenant"}
	s := startService(t, o, model("a/granite", yes.URL))
	for _, path := range []string{"/v1/models", "/v1/models/granite", "/v1/models/nope"} {
		got := s.get(t, path, "alice")
		for name, want := range map[string]string{
			"Content-Type": "application/json", "Cache-Control": "private, no-cache",
			"Vary": "Authorization, Origin, Accept-Encoding, Anthropic-Version, X-Tenant", "X-Content-Type-Options": "nosniff",
		} {
			if got.Header.Get(name) != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got.Header.Get(name), want)
			}
		}
	}
	before := time.Now().Add(-time.Millisecond)
	first := s.get(t, "/v1/models", "bob").Header.Get("X-Access-Checked-At")
	checked, err := time.Parse(time.RFC3339, first)
	if err != nil || checked.Before(before.Truncate(time.Millisecond)) || checked.After(time.Now()) {
		t.Errorf("X-Access-Checked-At is %q: %v", first, err)
	}
	if again := s.get(t, "/v1/models", "bob").Header.Get("X-Access-Checked-At"); again != first {
		t.Errorf("a remembered verdict was checked at %s, first %s", again, first)
	}
}

func TestRequestID(t *testing.T) {
	s := startService(t, loopback())
	for given, taken := range map[string]bool{
		"abc-123.X_y": true, "01J8Z:trace/1+2=": true, strings.Repeat("a", 128): true,
		strings.Repeat("a", 129): false, "a b": false, "<script>": false, "a\"b": false, "": false,
	} {
		got := s.get(t, "/healthz", "", header{"X-Request-Id": given}).Header.Get("X-Request-Id")
		if (got == given) != taken || got == "" {
			t.Errorf("%q gives %q, want taken over %v", given, got, taken)
		}
	}
	if a, b := s.get(t, "/healthz", "").Header.Get("X-Request-Id"), s.get(t, "/healthz", "").Header.Get("X-Request-Id"); a == b {
		t.Errorf("two requests are called %s", a)
	}
}

func TestCORS(t *testing.T) {
	o := loopback()
	o.CORSOrigins = []string{"https://chat.example.com"}
	o.ForwardHeaders = []string{"X-Tenant"}
	yes := startBackend(t, admits("alice"))
	s := startService(t, o, model("a/granite", yes.URL))
	for origin, want := range map[string]string{
		"https://chat.example.com":           "https://chat.example.com",
		"https://chat.example.com.evil.test": "", "http://chat.example.com": "", "https://CHAT.example.com": "", "null": "", "": "",
	} {
		for _, token := range []string{"alice", ""} { // errors are readable as well
			got := s.get(t, "/v1/models", token, header{"Origin": origin})
			if got.Header.Get("Access-Control-Allow-Origin") != want || got.Header.Get("Access-Control-Allow-Credentials") != "" {
				t.Errorf("origin %q: %v", origin, got.Header)
			}
		}
		preflight := s.do(t, http.MethodOptions, "/v1/models", "", header{
			"Origin": origin, "Access-Control-Request-Method": "GET",
			"Access-Control-Request-Headers": "authorization, x-stainless-os, x-tenant, x-evil",
		})
		granted := ""
		if want != "" {
			granted = "authorization, x-stainless-os, x-tenant"
		}
		if preflight.StatusCode != http.StatusNoContent || preflight.Header.Get("Access-Control-Allow-Headers") != granted ||
			preflight.Header.Get("Access-Control-Allow-Origin") != want || preflight.Header.Get("Allow") != "GET, HEAD, OPTIONS" {
			t.Errorf("preflight of %q: %d, %v", origin, preflight.StatusCode, preflight.Header)
		}
	}
	if yes.probes.Load() > 1 {
		t.Errorf("%d probes: a preflight asks nobody", yes.probes.Load())
	}
	off := startService(t, loopback())
	if got := off.get(t, "/healthz", "", header{"Origin": "https://chat.example.com"}); got.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Error("CORS is on without a flag")
	}
}
