package access

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/utils/clock"

	"github.com/maas-kinds/maas/conformance/testenv"
	"github.com/maas-kinds/maas/engine/kind"
)

// certificate is one for a name, and trusted by the pool.
func certificate(t *testing.T, name string) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{name}, NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// A name that is resolved in full is the endpoint's to the backend: in the Host
// header, in the TLS server name, and in the certificate that is asked for.
func TestTheBackendSeesTheNameOfTheEndpoint(t *testing.T) {
	const name = "granite.llm.svc"
	cert, roots := certificate(t, name)
	var mu sync.Mutex
	var seen []string
	backend := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, "host "+r.Host, "server name "+r.TLS.ServerName)
	}))
	backend.TLS = &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{cert}}
	backend.StartTLS()
	t.Cleanup(backend.Close)
	_, port, err := net.SplitHostPort(backend.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	dns := testenv.StartDNS(t)
	dns.Set(name+".cluster.example", []string{"127.0.0.1"})
	policy, err := NewPolicy(ClusterLocal("cluster.example"), false, networks("127.0.0.0/8"))
	if err != nil {
		t.Fatal(err)
	}
	limits := DefaultLimits()
	limits.ProbeTimeout, limits.Budget = 10*time.Second, 15*time.Second
	c, err := NewChecker(t.Context(), Config{
		Limits: limits, Policy: policy.InDomain("cluster.example"), Resolver: dns.Resolver, Roots: roots,
		Log: slog.New(slog.DiscardHandler), Registry: prometheus.NewRegistry(), Clock: clock.RealClock{},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	verdicts := make([]Decision, 1)
	c.Check(t.Context(), caller(t, "alice"), []*Target{c.guard.policy.Target("llm/granite", "https://"+name+":"+port, "k", kind.DefaultProbe())}, verdicts)
	mu.Lock()
	defer mu.Unlock()
	if diff := cmp.Diff([]string{"host " + name + ":" + port, "server name " + name}, seen); diff != "" || verdicts[0] != Allowed {
		t.Errorf("verdict %v, the backend saw (-want +got):\n%s", verdicts[0], diff)
	}
	if dns.Asked(name) != 0 {
		t.Error("the name was asked for as it stands in the endpoint")
	}
}
