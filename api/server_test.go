package api

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"github.com/maas-kinds/maas/engine/registry"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	clocktesting "k8s.io/utils/clock/testing"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/testenv"
	"github.com/maas-kinds/maas/engine/kind"
)

var apiServer testenv.Shared

func TestMain(m *testing.M) { os.Exit(apiServer.Main(m)) }

const soon = 30 * time.Second

// running is a whole API on real listeners beside a real API server.
type running struct {
	url, metrics string
	client       *http.Client
	log          *logBuffer
	clock        *clocktesting.FakeClock
	stop         context.CancelFunc
	ended        chan error
}

func runAPI(t *testing.T, o Options) *running {
	t.Helper()
	env := apiServer.Env(t)
	before := goleak.IgnoreCurrent()
	r := &running{log: &logBuffer{}, clock: clocktesting.NewFakeClock(time.Now()), ended: make(chan error, 1)}
	o.Cluster, o.Clock, o.Registry = env.Config, r.clock, prometheus.NewRegistry()
	o.Log = slog.New(slog.NewJSONHandler(r.log, nil))
	o.Kinds = kind.NewLive(registry.New().Set()) // none: serving does not depend on kinds
	api, err := New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	main, metrics := listen(t), listen(t)
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	r.client = &http.Client{Transport: transport}
	r.url, r.metrics = "http://"+main.Addr().String(), "http://"+metrics.Addr().String()
	if o.TLSCertFile != "" {
		r.url = "https://" + main.Addr().String()
	}
	ctx, stop := context.WithCancel(t.Context())
	r.stop = stop
	go func() {
		r.ended <- api.Serve(ctx, main, metrics)
		close(r.ended)
	}()
	t.Cleanup(func() {
		stop()
		step := time.NewTicker(10 * time.Millisecond)
		defer step.Stop()
		for waiting := true; waiting; {
			select {
			case err := <-r.ended:
				if err != nil {
					t.Errorf("serving ended with: %v", err)
				}
				waiting = false
			case <-step.C:
				r.clock.Step(time.Minute) // past the shutdown delay
			}
		}
		transport.CloseIdleConnections()
		if err := goleak.Find(before); err != nil {
			t.Errorf("left running: %v", err)
		}
	})
	return r
}

func listen(t testing.TB) net.Listener {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func (r *running) get(t *testing.T, url string) (int, string, error) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		return 0, "", err
	}
	request.Header.Set("Authorization", "Bearer alice")
	response, err := r.client.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	return response.StatusCode, string(body), err
}

// eventually waits for status 200 with a text in the body.
func (r *running) eventually(t *testing.T, url, text string) {
	t.Helper()
	testenv.Eventually(t, soon, func() error {
		r.clock.Step(time.Second) // lets the catalog settle
		got, body, err := r.get(t, url)
		if err != nil || got != http.StatusOK || !strings.Contains(body, text) {
			return fmt.Errorf("%s gives %d, %q, %w", url, got, body, err)
		}
		return nil
	})
}

// publish puts a ready model into the API server.
func publish(t *testing.T, namespace, name, endpoint string) {
	t.Helper()
	env := apiServer.Env(t)
	m := &v1alpha1.MaaSModel{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
		Spec:       v1alpha1.MaaSModelSpec{ModelRef: v1alpha1.ModelReference{Kind: "llmisvc", Name: name}},
	}
	if err := env.Client.Create(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	m.Status = v1alpha1.MaaSModelStatus{Phase: v1alpha1.PhaseReady, Endpoint: endpoint}
	if err := env.Client.Status().Update(t.Context(), m); err != nil {
		t.Fatal(err)
	}
}

func TestServeAndDrain(t *testing.T) {
	namespace := apiServer.Env(t).Namespace(t)
	arrived, answer := make(chan struct{}), make(chan struct{})
	slow := startBackend(t, func(http.ResponseWriter, *http.Request) {
		arrived <- struct{}{}
		<-answer
	})
	publish(t, namespace, "slow", slow.URL)
	o := loopback()
	o.Namespaces = []string{namespace}
	o.Limits.ProbeTimeout, o.Limits.Budget = time.Minute, time.Minute // the clock is moved
	r := runAPI(t, o)
	r.eventually(t, r.url+"/readyz", "ok")

	type result struct {
		status int
		body   string
		err    error
	}
	underWay := make(chan result, 1)
	go func() {
		var got result
		got.status, got.body, got.err = r.get(t, r.url+"/v1/models")
		underWay <- got
	}()
	<-arrived
	r.stop()
	testenv.Eventually(t, soon, func() error { // not ready, but serving: the clock stands still in the delay
		status, body, err := r.get(t, r.url+"/readyz")
		if err != nil || status != http.StatusServiceUnavailable || !strings.Contains(body, "shutting_down") {
			return fmt.Errorf("/readyz gives %d, %q, %w", status, body, err)
		}
		return nil
	})
	if status, _, err := r.get(t, r.url+"/healthz"); err != nil || status != http.StatusOK {
		t.Errorf("/healthz in the delay: %d, %v", status, err)
	}
	testenv.Eventually(t, soon, func() error { // after it, nobody is let in
		r.clock.Step(o.ShutdownDelay)
		if _, _, err := r.get(t, r.url+"/healthz"); err == nil {
			return fmt.Errorf("still taking requests")
		}
		return nil
	})
	close(answer)
	if got := <-underWay; got.err != nil || got.status != http.StatusOK || !strings.Contains(got.body, `"slow"`) {
		t.Errorf("the request under way got %d, %q, %v", got.status, got.body, got.err)
	}
}

func TestMetricsAreOnAPortOfTheirOwn(t *testing.T) {
	namespace := apiServer.Env(t).Namespace(t)
	yes, no := startBackend(t, admits("alice")), startBackend(t, admits())
	publish(t, namespace, "granite", yes.URL)
	publish(t, namespace, "secret", no.URL)
	o := loopback()
	o.Namespaces = []string{namespace}
	r := runAPI(t, o)
	r.eventually(t, r.url+"/v1/models", "granite")
	r.eventually(t, r.url+"/v1/models", "granite")
	if status, _, err := r.get(t, r.url+"/metrics"); err != nil || status != http.StatusNotFound {
		t.Errorf("/metrics beside the API: %d, %v", status, err)
	}
	// An answer may be on its way before the last probe is counted out.
	r.eventually(t, r.metrics+"/metrics", "maas_api_probes_in_flight 0")
	_, text, err := r.get(t, r.metrics+"/metrics")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		`maas_api_request_duration_seconds_count{route="/v1/models",status="200"}`,
		`maas_api_probe_duration_seconds_count{kind="unknown",outcome="allowed"} 1`,
		`maas_api_probe_duration_seconds_count{kind="unknown",outcome="denied"}`,
		`maas_api_verdict_lookups_total{result="hit"}`, `maas_api_verdict_lookups_total{result="miss"}`,
		`maas_api_breakers{state="closed"} 2`, `maas_api_breakers{state="open"} 0`,
		`maas_api_catalog_models 2`, `maas_api_catalog_age_seconds`, `maas_api_requests_in_flight 0`, `maas_api_probes_in_flight 0`,
		`maas_api_incomplete_lists_total`, `maas_api_refused_endpoints_total 0`,
	} {
		if !strings.Contains(text, line) {
			t.Errorf("no %s in the metrics:\n%s", line, text)
		}
	}
}

func TestEndpointsThatResolveToThisAPIAreRefused(t *testing.T) {
	namespace := apiServer.Env(t).Namespace(t)
	o := loopback()
	o.Namespaces = []string{namespace}
	r := runAPI(t, o)
	publish(t, namespace, "itself", r.url)
	publish(t, namespace, "apiserver", strings.Replace(apiServer.Env(t).Config.Host, "https://", "http://", 1))
	r.eventually(t, r.metrics+"/metrics", "maas_api_catalog_models 2")
	if status, body, err := r.get(t, r.url+"/v1/models"); err != nil || status != http.StatusOK || body != "{\"object\":\"list\",\"data\":[]}\n" {
		t.Errorf("%d, %q, %v", status, body, err)
	}
	for _, text := range []string{"is this API itself", "is the Kubernetes API server"} {
		if !strings.Contains(r.log.String(), text) {
			t.Errorf("the log does not say %q:\n%s", text, r.log)
		}
	}
}

func TestCertificatesAreReadAgain(t *testing.T) {
	o := loopback()
	dir := t.TempDir()
	o.TLSCertFile, o.TLSKeyFile = filepath.Join(dir, "tls.crt"), filepath.Join(dir, "tls.key")
	writeCertificate(t, o, 1)
	r := runAPI(t, o)
	serial := func() (int64, error) {
		r.client.CloseIdleConnections()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.url+"/healthz", nil)
		if err != nil {
			return 0, err
		}
		response, err := r.client.Do(request)
		if err != nil {
			return 0, err
		}
		return response.TLS.PeerCertificates[0].SerialNumber.Int64(), response.Body.Close()
	}
	r.eventually(t, r.url+"/healthz", "ok")
	if got, err := serial(); got != 1 || err != nil {
		t.Errorf("certificate %d, %v", got, err)
	}
	writeCertificate(t, o, 2)
	testenv.Eventually(t, soon, func() error {
		if got, err := serial(); got != 2 || err != nil {
			return fmt.Errorf("certificate %d, %w", got, err)
		}
		return nil
	})
}

func writeCertificate(t testing.TB, o Options, serial int64) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(serial), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{o.TLSKeyFile: {Type: "PRIVATE KEY", Bytes: encoded}, o.TLSCertFile: {Type: "CERTIFICATE", Bytes: certificate}} {
		// As a mounted Secret changes: in one step.
		if err := os.WriteFile(file+".new", pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(file+".new", file); err != nil {
			t.Fatal(err)
		}
	}
}

func TestServeSaysWhyItCannot(t *testing.T) {
	taken := listen(t)
	defer func() { _ = taken.Close() }()
	o := loopback()
	o.Cluster, o.Registry, o.Log = apiServer.Env(t).Config, prometheus.NewRegistry(), slog.New(slog.DiscardHandler)
	o.Listen, o.MetricsListen = taken.Addr().String(), "0"
	api, err := New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if err := api.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "--listen") || !strings.Contains(err.Error(), taken.Addr().String()) {
		t.Errorf("a port in use gives: %v", err)
	}
}

func TestCancelledClientsLeaveNothingBehind(t *testing.T) {
	before := goleak.IgnoreCurrent()
	t.Run("clients", func(t *testing.T) {
		o := loopback()
		o.Limits.ProbeTimeout = 200 * time.Millisecond
		var models []*v1alpha1.MaaSModel
		var hung []*backend
		for i := range 10 {
			hung = append(hung, startBackend(t, hangs))
			models = append(models, model(fmt.Sprintf("a/m%d", i), hung[i].URL))
		}
		s := startService(t, o, models...)
		ctx, leave := context.WithCancel(t.Context())
		finished := make(chan struct{}, 40)
		for i := range cap(finished) {
			go func() {
				defer func() { finished <- struct{}{} }()
				request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+"/v1/models", nil)
				if err != nil {
					t.Error(err)
					return
				}
				request.Header.Set("Authorization", fmt.Sprint("Bearer ", i))
				if response, err := s.Client().Do(request); err == nil {
					_ = response.Body.Close()
				}
			}()
		}
		testenv.Eventually(t, soon, func() error {
			if hung[0].probes.Load() == 0 {
				return fmt.Errorf("no probe under way")
			}
			return nil
		})
		leave()
		for range cap(finished) {
			<-finished
		}
	})
	if err := goleak.Find(before); err != nil {
		t.Error(err)
	}
}
