package api

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/api/web"
)

const (
	pageCSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; worker-src 'self'; " +
		"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types try"
	html, script = "text/html; charset=utf-8", "text/javascript; charset=utf-8"
	failure      = contentTypeJSON
)

func TestPage(t *testing.T) {
	s := startService(t, loopback())
	for name, test := range map[string]struct {
		method, path string
		status       int
		contentType  string
		policy       string
	}{
		"the page":                             {path: "/", status: 200, contentType: html, policy: pageCSP},
		"with a query, which it does not have": {path: "/?token=alice", status: 200, contentType: html, policy: pageCSP},
		"HEAD":                                 {method: "HEAD", path: "/", status: 200, contentType: html, policy: pageCSP},
		"another method":                       {method: "POST", path: "/", status: 405, contentType: failure},
		"a question of its methods":            {method: "OPTIONS", path: "/", status: 204},
		"a path below it":                      {path: "/index.html", status: 404, contentType: failure},
		"a script":                             {path: "/assets/main.js", status: 200, contentType: script, policy: pageCSP},
		"the style":                            {path: "/assets/page.css", status: 200, contentType: "text/css; charset=utf-8", policy: pageCSP},
		"a picture":                            {path: "/assets/icon.svg", status: 200, contentType: "image/svg+xml", policy: pageCSP},
		"a file there is not":                  {path: "/assets/other.js", status: 404, contentType: failure},
		"the page is no asset":                 {path: "/assets/index.html", status: 404, contentType: failure},
		"no file at all":                       {path: "/assets/", status: 404, contentType: failure},
		"a file above":                         {path: "/assets/..%2fweb.go", status: 404, contentType: failure},
		"the worker, for one origin":           {path: "/assets/try-worker.js?origin=https%3A%2F%2Fmodels.example.com", status: 200, contentType: script, policy: "default-src 'none'; connect-src https://models.example.com"},
		"the worker, for none":                 {path: "/assets/try-worker.js", status: 400, contentType: failure},
		"for all":                              {path: "/assets/try-worker.js?origin=*", status: 400, contentType: failure},
		"for two":                              {path: "/assets/try-worker.js?origin=https%3A%2F%2Fa.example&origin=https%3A%2F%2Fb.example", status: 400, contentType: failure},
		"with a policy of one's own":           {path: "/assets/try-worker.js?origin=https%3A%2F%2Fa.example%3B%20script-src%20*", status: 400, contentType: failure},
	} {
		t.Run(name, func(t *testing.T) {
			if test.method == "" {
				test.method = http.MethodGet
			}
			got := s.do(t, test.method, test.path, "")
			if got.StatusCode != test.status || got.Header.Get("Content-Type") != test.contentType {
				t.Errorf("status %d, Content-Type %q, want %d, %q\n%s", got.StatusCode, got.Header.Get("Content-Type"), test.status, test.contentType, got.body)
			}
			if got.Header.Get("X-Content-Type-Options") != "nosniff" {
				t.Error("a browser may take it for what it is not")
			}
			if test.policy == "" {
				return
			}
			want := header{
				"Content-Security-Policy": test.policy, "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin",
				"Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "no-cache", "Set-Cookie": "", "Access-Control-Allow-Origin": "",
			}
			for name, value := range want {
				if got.Header.Get(name) != value {
					t.Errorf("%s is %q, want %q", name, got.Header.Get(name), value)
				}
			}
			again := s.do(t, test.method, test.path, "", header{"If-None-Match": got.Header.Get("ETag")})
			if again.StatusCode != http.StatusNotModified || again.Header.Get("Content-Security-Policy") != test.policy {
				t.Errorf("asked again: status %d, policy %q; want 304 with the same", again.StatusCode, again.Header.Get("Content-Security-Policy"))
			}
		})
	}
	if !strings.Contains(s.log.String(), `"route":"/assets/{file}"`) || strings.Contains(s.log.String(), "token=alice") {
		t.Errorf("the log has to name the route alone:\n%s", s.log)
	}
}

// Without the page, its paths are as every other that there is not.
func TestPageIsLeftOut(t *testing.T) {
	o := loopback()
	o.Page = false
	s := startService(t, o)
	for _, path := range []string{"/", "/assets/main.js", "/assets/try-worker.js"} {
		if got := s.get(t, path, "alice"); got.StatusCode != http.StatusNotFound || got.code(t) != "not_found" || got.Header.Get("Content-Security-Policy") != "" {
			t.Errorf("%s: status %d, %s", path, got.StatusCode, got.body)
		}
	}
	if !strings.Contains(s.log.String(), `"route":"unknown"`) {
		t.Errorf("the log:\n%s", s.log)
	}
}

// What strangers may load without a token is bounded as all requests are.
func TestPageIsBounded(t *testing.T) {
	o := loopback()
	o.MaxRequests = 1
	asked := make(chan struct{})
	release := make(chan struct{})
	slow := startBackend(t, func(http.ResponseWriter, *http.Request) {
		close(asked)
		<-release
	})
	s := startService(t, o, model("a/granite", slow.URL))
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.get(t, "/v1/models", "alice")
	}()
	<-asked
	if got := s.get(t, "/", ""); got.StatusCode != http.StatusServiceUnavailable || got.code(t) != "overloaded" {
		t.Errorf("status %d, %s", got.StatusCode, got.body)
	}
	close(release)
	<-done
}

// The whole page is small, and what it loads is its own.
func TestPageIsSmallAndWhole(t *testing.T) {
	s := startService(t, loopback())
	files, err := web.Files()
	if err != nil {
		t.Fatal(err)
	}
	var modules []string
	sent := 0
	for _, file := range files {
		path := web.Path
		if file.Name != "" {
			path = web.AssetsPath + file.Name
		}
		if file.Name == web.TryScript {
			path += "?origin=https://models.example.com"
		}
		got := s.get(t, path, "", header{"Accept-Encoding": "gzip"})
		sent += len(got.body)
		if body := inflated(t, got); body != string(file.Body) {
			t.Errorf("%s is not sent as it is", path)
		}
		if strings.HasSuffix(file.Name, ".js") && file.Name != web.TryScript && file.Name != "main.js" {
			modules = append(modules, file.Name)
		}
	}
	t.Logf("%d files, %d bytes compressed", len(files), sent)
	if sent >= 60<<10 {
		t.Errorf("the page is %d bytes compressed: 60 KiB is too much", sent)
	}
	page := string(files[slices.IndexFunc(files, func(f web.File) bool { return f.Name == "" })].Body)
	// A module that is not named there is asked for after those that import it.
	var preloaded []string
	for _, match := range regexp.MustCompile(`rel="modulepreload" href="assets/([^"]+)"`).FindAllStringSubmatch(page, -1) {
		preloaded = append(preloaded, match[1])
	}
	if diff := cmp.Diff(modules, preloaded); diff != "" {
		t.Errorf("modules that the page names (-there are +named):\n%s", diff)
	}
	for _, match := range regexp.MustCompile(`(?:src|href|action)="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if strings.HasPrefix(match[1], "/") || strings.Contains(match[1], ":") {
			t.Errorf("the page refers to %q: write addresses relative to it, so that it works below a path too", match[1])
		}
	}
	if found := regexp.MustCompile(`<style|\sstyle=|\son\w+=|<script(?: type="module")?>`).FindString(page); found != "" {
		t.Errorf("the page's own policy forbids %q", found)
	}
}

func inflated(t *testing.T, got reply) string {
	t.Helper()
	if got.Header.Get("Content-Encoding") != "gzip" {
		return got.body
	}
	reader, err := gzip.NewReader(bytes.NewReader([]byte(got.body)))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
