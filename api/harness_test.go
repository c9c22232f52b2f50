package api

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/clock"

	"github.com/maas-kinds/maas/api/access"
	"github.com/maas-kinds/maas/api/catalog"
	"github.com/maas-kinds/maas/conformance/catalogue"

	rules "github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
)

// service is the handler with everything real below it but the informer: real
// probes over real loopback HTTP, the log in a buffer.
type service struct {
	*httptest.Server
	handler  *handler
	source   *fixedSource
	renderer *catalog.Renderer
	registry *prometheus.Registry
	log      *logBuffer
	// client has the connections of the tests, which they use again.
	client http.Transport
	// inside is empty: nothing is known of the cluster's networks.
	inside rules.LiveCluster
}

type fixedSource struct {
	atomic.Pointer[catalog.Snapshot]
	// since is when the watch was lost; nil while there is one.
	since atomic.Pointer[time.Time]
}

func (s *fixedSource) DisconnectedSince() time.Time {
	if since := s.since.Load(); since != nil {
		return *since
	}
	return time.Time{}
}

func (s *fixedSource) Snapshot() *catalog.Snapshot { return s.Load() }

type logBuffer struct {
	mu sync.Mutex
	bytes.Buffer
	// discard forgets what is written, for benchmarks.
	discard atomic.Bool
}

func (b *logBuffer) Write(p []byte) (int, error) {
	if b.discard.Load() {
		return len(p), nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.String()
}

// loopback are options that let probes reach test servers on this machine, and
// give them the time that a machine needs on which everything is tested at once.
func loopback() Options {
	o := production()
	o.Limits.ProbeTimeout, o.Limits.Budget, o.Limits.VerdictTTL = 10*time.Second, 15*time.Second, time.Minute
	return o
}

// production are the same options with the limits that the flags default to.
func production() Options {
	o := DefaultOptions()
	o.TrustedHosts = []string{"127.0.0.1"}
	o.AllowHTTP = true
	o.AllowCIDRs = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	o.Clock = clock.RealClock{}
	return o
}

// startService starts a service that lists the given models.
func startService(t testing.TB, o Options, models ...*v1alpha1.MaaSModel) *service {
	t.Helper()
	return startServiceResolving(t, nil, o, models...)
}

// startServiceResolving starts a service that asks the given resolver.
func startServiceResolving(t testing.TB, resolver *net.Resolver, o Options, models ...*v1alpha1.MaaSModel) *service {
	t.Helper()
	s := newService(t, resolver, o)
	s.show(t, models...)
	s.Server = httptest.NewServer(s.handler)
	t.Cleanup(s.Close)
	t.Cleanup(s.client.CloseIdleConnections)
	return s
}

// newService makes a service that has not synced and does not listen.
func newService(t testing.TB, resolver *net.Resolver, o Options) *service {
	t.Helper()
	s := &service{source: &fixedSource{}, registry: prometheus.NewRegistry(), log: &logBuffer{}}
	s.client.DisableCompression = true
	s.inside.Store(&rules.Cluster{})
	o.Registry = s.registry
	o.Log = slog.New(slog.NewJSONHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	o.Kinds = kind.NewLive(catalogue.BuiltIn(t))
	policy, err := o.policy()
	if err != nil {
		t.Fatal(err)
	}
	checker, err := access.NewChecker(t.Context(), access.Config{Limits: o.Limits, Policy: policy, Log: o.Log, Registry: o.Registry, Clock: o.Clock, Resolver: resolver, Cluster: &s.inside, Kinds: o.Kinds, ForwardTraceContext: o.ForwardTraceContext})
	if err != nil {
		t.Fatal(err)
	}
	s.renderer = &catalog.Renderer{Kinds: o.Kinds, Policy: policy}
	if s.handler, err = newHandler(o, s.source, checker); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		checker.Close()
		s.handler.pages.close()
	})
	return s
}

// show renders the next snapshot.
func (s *service) show(t testing.TB, models ...*v1alpha1.MaaSModel) {
	t.Helper()
	snapshot, err := s.renderer.Render(models, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	s.handler.checker.SetEndpoints(len(models))
	s.source.Store(snapshot)
}

// model makes a ready MaaSModel; names are "namespace/name".
func model(key, endpoint string, change ...func(*v1alpha1.MaaSModel)) *v1alpha1.MaaSModel {
	namespace, name, _ := strings.Cut(key, "/")
	m := &v1alpha1.MaaSModel{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: namespace, Name: name, ResourceVersion: "1",
			CreationTimestamp: metav1.Unix(1700000000, 0),
		},
		Status: v1alpha1.MaaSModelStatus{Phase: v1alpha1.PhaseReady, Endpoint: endpoint, Kind: "llmisvc"},
	}
	for _, c := range change {
		c(m)
	}
	return m
}

// backend is a model backend that knows who may use it.
type backend struct {
	*httptest.Server
	probes atomic.Int64
}

// startBackend answers probes with what answer does.
func startBackend(t testing.TB, answer http.HandlerFunc) *backend {
	b := &backend{}
	b.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b.probes.Add(1)
		answer(w, r)
	}))
	t.Cleanup(b.Close)
	return b
}

// admits answers 200 to the given tokens and 401 to others.
func admits(tokens ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for _, token := range tokens {
			if r.Header.Get("Authorization") == "Bearer "+token {
				_, _ = io.WriteString(w, `{"object":"list","data":[]}`)
				return
			}
		}
		w.WriteHeader(http.StatusUnauthorized)
	}
}

// status answers everybody alike.
func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

// hangs answers nobody until the caller leaves.
func hangs(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// reply is a response read to its end.
type reply struct {
	*http.Response
	body string
}

type header map[string]string

// do sends a request with the token, and headers beside it.
func (s *service) do(t testing.TB, method, path, token string, headers ...header) reply {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	for _, h := range headers {
		for name, value := range h {
			request.Header.Set(name, value)
		}
	}
	response, err := s.client.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{response, string(body)}
}

func (s *service) get(t testing.TB, path, token string, headers ...header) reply {
	t.Helper()
	return s.do(t, http.MethodGet, path, token, headers...)
}

// ids are the ids of a list, in its order.
func (r reply) ids(t testing.TB) []string {
	t.Helper()
	var list struct{ Data []struct{ ID string } }
	if err := json.Unmarshal([]byte(r.body), &list); err != nil {
		t.Fatalf("status %d, body %q: %v", r.StatusCode, r.body, err)
	}
	ids := make([]string, len(list.Data))
	for i, m := range list.Data {
		ids[i] = m.ID
	}
	return ids
}

// code is the code of an OpenAI error object.
func (r reply) code(t testing.TB) string {
	t.Helper()
	var object struct{ Error struct{ Code string } }
	if err := json.Unmarshal([]byte(r.body), &object); err != nil {
		t.Fatalf("status %d, body %q: %v", r.StatusCode, r.body, err)
	}
	return object.Error.Code
}
