package attacks

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// naive is a listing API as one writes it without a second thought, with one
// fault; without it the rows hold. It shows that the rows can fail.
type naive struct {
	*scene
	fault  fault
	log    *logBuffer
	prober *prober
	// turns are those that waitsForReaders has.
	turns chan struct{}

	mu sync.Mutex
	// verdicts and pages are what it remembers.
	verdicts map[string]bool
	pages    map[string]string
}

func (n *naive) has(f fault) bool { return n.fault == f }

func (s *scene) startNaive() *subject {
	s.t.Helper()
	n := &naive{scene: s, fault: s.fault, log: &logBuffer{}, turns: make(chan struct{}, 1), verdicts: map[string]bool{}, pages: map[string]string{}}
	n.prober = newProber(n)
	server := &http.Server{Handler: n, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, MaxHeaderBytes: 64 << 10}
	if n.has(unboundedRequests) {
		server.ReadHeaderTimeout, server.ReadTimeout, server.MaxHeaderBytes = 0, 0, 1<<30
	}
	main := s.listen("127.0.0.1:0")
	var running sync.WaitGroup
	listening := main
	if n.has(laxFraming) {
		listening = s.listen("127.0.0.1:0")
		running.Go(func() { n.serveLax(listening, main.Addr().String()) })
	}
	o := s.optionsOf()
	running.Go(func() {
		if o.TLSCertFile != "" {
			_ = server.ServeTLS(main, o.TLSCertFile, o.TLSKeyFile)
		} else {
			_ = server.Serve(main)
		}
	})
	return &subject{
		address: listening.Addr().String(), metrics: main.Addr().String(), secure: o.TLSCertFile != "", log: n.log,
		stop: sync.OnceFunc(func() {
			_ = listening.Close()
			_ = server.Close()
			n.prober.close()
			running.Wait()
		}),
	}
}

// ServeHTTP implements http.Handler.
func (n *naive) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, _ = fmt.Fprintf(n.log, "request\n")
	if n.has(logsHeaders) {
		_, _ = fmt.Fprintf(n.log, "%v\n", r.Header)
	}
	if n.has(waitsForReaders) {
		select {
		case n.turns <- struct{}{}:
			defer func() { <-n.turns }()
		default:
			n.refuse(w, r, http.StatusServiceUnavailable)
			return
		}
	}
	header := w.Header()
	if r.ContentLength != 0 && !n.has(laxFraming) {
		header.Set("Connection", "close")
	}
	header.Set("Cache-Control", "private, no-cache")
	header.Set("Vary", "Authorization, Origin, Accept-Encoding")
	header.Set("X-Request-Id", "1")
	header.Set("X-Content-Type-Options", "nosniff")
	if n.has(cachesPublicly) {
		header.Set("Cache-Control", "public, max-age=60")
		header.Del("Vary")
	}
	if origin := r.Header.Get("Origin"); n.has(reflectsOrigins) && origin != "" {
		header.Set("Access-Control-Allow-Origin", origin)
		header.Set("Access-Control-Allow-Credentials", "true")
		header.Set("Access-Control-Allow-Headers", r.Header.Get("Access-Control-Request-Headers"))
	}
	if n.has(servesOthers) && (r.Method == http.MethodConnect || r.URL.IsAbs()) {
		n.fetch(w, r)
		return
	}
	method := r.Method
	if override := r.Header.Get("X-Http-Method-Override"); n.has(overridesMethods) && override != "" {
		method = override
	}
	switch {
	case n.has(echoesInput) && method == http.MethodTrace:
		_ = r.Write(w)
		return
	case method == http.MethodOptions:
		w.WriteHeader(http.StatusNoContent)
		return
	case method != http.MethodGet && method != http.MethodHead:
		n.refuse(w, r, http.StatusMethodNotAllowed)
		return
	}
	n.route(w, r)
}

func (n *naive) route(w http.ResponseWriter, r *http.Request) {
	at := r.URL.EscapedPath()
	if n.has(mendsPaths) {
		at, _ = url.PathUnescape(r.URL.Path)
		at, _, _ = strings.Cut(strings.ToLower(path.Clean(at)), ";")
		at, _, _ = strings.Cut(at, "\x00")
	}
	if slices.Equal(strings.FieldsFunc(at, func(c rune) bool { return c == '/' }), []string{"v1", "models"}) {
		at = "/v1/models"
	}
	switch {
	case at == "/readyz" || at == "/metrics" || at == "/healthz":
		_, _ = io.WriteString(w, "ok\n")
	case at == "/openapi.json":
		_, _ = io.WriteString(w, strings.Repeat("{}\n", 10000))
	case at == "/v1/models":
		n.list(w, r)
	case strings.HasPrefix(at, "/v1/models/"):
		n.show(w, r, strings.TrimPrefix(at, "/v1/models/"))
	default:
		n.refuse(w, r, http.StatusNotFound)
	}
}

// refuse answers with an error.
func (n *naive) refuse(w http.ResponseWriter, r *http.Request, status int) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	text := http.StatusText(status)
	if n.has(echoesInput) {
		text += fmt.Sprint(": ", r.URL, r.Header)
	}
	_, _ = fmt.Fprintf(w, `{"error":{"message":%q}}`, text)
}

// admit gives the credentials of a request.
func (n *naive) admit(w http.ResponseWriter, r *http.Request) (string, bool) {
	values := r.Header["Authorization"]
	switch {
	case r.Header.Get("X-Maas-Probe") != "":
		w.Header().Set("X-Maas-Probe", "1")
		n.refuse(w, r, http.StatusLoopDetected)
	case len(values) > 1 && !n.has(mergesCredentials):
		n.refuse(w, r, http.StatusBadRequest)
	case len(values) == 0 && n.has(trustsHeaders) && r.Header.Get("X-Remote-User")+r.Header.Get("X-Forwarded-User")+r.Header.Get("Impersonate-User") != "":
		return n.witness.authorization(), true
	case len(values) == 0 || strings.TrimSpace(values[0]) == "":
		if n.has(mergesCredentials) && r.URL.Query().Get("access_token") != "" {
			return "Bearer " + r.URL.Query().Get("access_token"), true
		}
		n.refuse(w, r, http.StatusUnauthorized)
	case len(values[0]) > 16<<10 && !n.has(unboundedRequests):
		n.refuse(w, r, http.StatusBadRequest)
	default:
		if n.has(mergesCredentials) {
			for _, part := range strings.Split(strings.Join(values, ","), ",") {
				return strings.TrimSpace(part), true
			}
		}
		return values[0], true
	}
	return "", false
}

func (n *naive) list(w http.ResponseWriter, r *http.Request) {
	credentials, ok := n.admit(w, r)
	if !ok {
		return
	}
	key := "all"
	if !n.has(sharesPages) {
		key = ""
	}
	n.mu.Lock()
	body, cached := n.pages[key]
	n.mu.Unlock()
	if !cached {
		var listed []string
		for _, verdict := range n.ask(r, credentials, n.published()) {
			if verdict.model != nil {
				listed = append(listed, fmt.Sprintf(`{"id":%q,"owner":%q}`, verdict.model.Name, verdict.text))
			}
		}
		body = `{"object":"list","data":[` + strings.Join(listed, ",") + "]}\n"
		if key != "" {
			n.mu.Lock()
			n.pages[key] = body
			n.mu.Unlock()
		}
	}
	sum := sha256.Sum256([]byte(body))
	w.Header().Set("Etag", `"`+hex.EncodeToString(sum[:8])+`"`)
	if r.Header.Get("If-None-Match") == w.Header().Get("Etag") {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	_, _ = io.WriteString(w, body)
}

func (n *naive) show(w http.ResponseWriter, r *http.Request, id string) {
	credentials, ok := n.admit(w, r)
	if !ok {
		return
	}
	for _, model := range n.published() {
		if model.Name != id && model.Namespace+"/"+model.Name != id && model.Namespace+"%2F"+model.Name != id {
			continue
		}
		for _, verdict := range n.ask(r, credentials, []*v1alpha1.MaaSModel{model}) {
			if verdict.model != nil {
				_, _ = fmt.Fprintf(w, `{"id":%q}`, model.Name)
				return
			}
		}
		if n.has(namesHidden) {
			n.refuse(w, r, http.StatusForbidden)
			return
		}
	}
	n.refuse(w, r, http.StatusNotFound)
}

func (n *naive) published() []*v1alpha1.MaaSModel {
	n.scene.mu.Lock()
	defer n.scene.mu.Unlock()
	return slices.Clone(n.models)
}

// fetch is what an open proxy does.
func (n *naive) fetch(w http.ResponseWriter, r *http.Request) {
	host := r.Host
	if !strings.Contains(host, ":") {
		host += ":80"
	}
	request, err := http.NewRequestWithContext(r.Context(), http.MethodGet, "http://"+host+"/", nil)
	if err != nil {
		return
	}
	request.Header = r.Header.Clone()
	if response, err := new(http.Transport).RoundTrip(request); err == nil {
		_ = response.Body.Close()
		w.WriteHeader(response.StatusCode)
	}
}
