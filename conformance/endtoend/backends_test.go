package endtoend_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// backends answer at the hosts of endpoints, each under the name and with the
// certificate that callers know it by.
type backends struct {
	// t is the test that ends them.
	t         *testing.T
	names     *names
	authority tls.Certificate
	serving   map[string]bool

	mu sync.Mutex
	// callers are the tokens that each address lets in.
	callers map[string][]string
}

// newBackends makes the authority that certificates are signed by, which programs
// that start from here on find among the system's.
func newBackends(t *testing.T, n *names) *backends {
	t.Helper()
	b := &backends{t: t, names: n, callers: map[string][]string{}, serving: map[string]bool{}}
	b.authority = b.issue(t, &x509.Certificate{
		Subject: pkix.Name{CommonName: "end to end"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	})
	file := filepath.Join(t.TempDir(), "authority.crt")
	content := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: b.authority.Certificate[0]})
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SSL_CERT_FILE", file)
	return b
}

// issue signs a certificate: by itself while there is no authority.
func (b *backends) issue(t *testing.T, template *x509.Certificate) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template.SerialNumber = big.NewInt(int64(len(b.serving)) + 1)
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(24*time.Hour)
	parent, signer := template, any(key)
	if b.authority.Leaf != nil {
		parent, signer = b.authority.Leaf, b.authority.PrivateKey
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

// serve has a backend at an endpoint let a token in, beside those that it lets in
// already.
func (b *backends) serve(t *testing.T, endpoint, token string) {
	t.Helper()
	u, err := url.Parse(endpoint)
	if err != nil {
		t.Fatal(err)
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	at := net.JoinHostPort(b.names.address(u.Hostname()).String(), port)
	b.mu.Lock()
	b.callers[at] = append(b.callers[at], token)
	b.mu.Unlock()
	if b.serving[at] {
		return
	}
	b.serving[at] = true
	listener, err := new(net.ListenConfig).Listen(b.t.Context(), "tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	if u.Scheme == "https" {
		certificate := &x509.Certificate{ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, DNSNames: []string{u.Hostname()}}
		if literal, err := netip.ParseAddr(u.Hostname()); err == nil {
			certificate.DNSNames, certificate.IPAddresses = nil, []net.IP{literal.AsSlice()}
		}
		listener = tls.NewListener(listener, &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{b.issue(t, certificate)}})
	}
	backend := &http.Server{Handler: b.answering(at), ReadHeaderTimeout: time.Minute, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
	go func() { _ = backend.Serve(listener) }()
	b.t.Cleanup(func() { _ = backend.Close() })
}

// answering lets in who has one of the tokens.
func (b *backends) answering(at string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		b.mu.Lock()
		known := slices.Contains(b.callers[at], token)
		b.mu.Unlock()
		if !known {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"object":"list","data":[]}`)
	})
}
