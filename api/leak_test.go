package api

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/prometheus/common/expfmt"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// secret is the token that must not get around.
const secret = "tok-4f1c9a-must-not-leak"

// trap is a server that credentials must not reach.
type trap struct {
	*httptest.Server
	caught atomic.Int64
}

// startServerAt starts a server at an address of this machine; port 0 is any.
func startServerAt(t testing.TB, address string, answer http.HandlerFunc) *httptest.Server {
	t.Helper()
	var listening net.ListenConfig
	listener, err := listening.Listen(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(answer)
	_ = server.Listener.Close()
	server.Listener = listener
	server.Start()
	t.Cleanup(server.Close)
	return server
}

func startTrap(t testing.TB, address string) *trap {
	t.Helper()
	caught := &trap{}
	caught.Server = startServerAt(t, address, func(w http.ResponseWriter, r *http.Request) {
		head := &bytes.Buffer{}
		_ = r.Header.Write(head)
		if strings.Contains(head.String()+r.URL.String(), secret) {
			caught.caught.Add(1)
		}
		w.WriteHeader(http.StatusOK)
	})
	return caught
}

func port(t testing.TB, server *httptest.Server) string {
	t.Helper()
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return u.Port()
}

// naive is a client as one writes it without a second thought: it checks the
// host and the address, then hands the URL to net/http with the header on
// every request, redirected ones among them.
func naive(t testing.TB, dns *names, o Options, endpoint string) {
	t.Helper()
	u, err := url.Parse(endpoint)
	if err != nil {
		t.Fatal(err)
	}
	if addresses, err := dns.LookupNetIP(t.Context(), "ip4", u.Hostname()); err == nil {
		for _, address := range addresses {
			if !o.AllowCIDRs[0].Contains(address.Unmap()) {
				t.Fatalf("the check that the naive client does would have caught %s", address)
			}
		}
	}
	transport := &http.Transport{DialContext: (&net.Dialer{Resolver: dns.Resolver}).DialContext}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		r.Header.Set("Authorization", "Bearer "+secret)
		return nil
	}}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, endpoint+"/v1/models", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+secret)
	if response, err := client.Do(request); err == nil {
		_ = response.Body.Close()
	}
}

// metrics are what a scrape shows.
func (s *service) metrics(t testing.TB) string {
	t.Helper()
	families, err := s.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	metrics := &bytes.Buffer{}
	for _, family := range families {
		if _, err := expfmt.MetricFamilyToText(metrics, family); err != nil {
			t.Fatal(err)
		}
	}
	return metrics.String()
}

// shows checks that the metrics have a line.
func (s *service) shows(t testing.TB, line string) {
	t.Helper()
	if metrics := s.metrics(t); !strings.Contains(metrics, line+"\n") {
		t.Errorf("no line %q in the metrics:\n%s", line, metrics)
	}
}

// clean checks that the token is nowhere in the log and the metrics.
func (s *service) clean(t testing.TB) {
	t.Helper()
	for name, text := range map[string]string{"log": s.log.String(), "metrics": s.metrics(t)} {
		if text == "" || strings.Contains(text, secret) {
			t.Errorf("the %s holds the token, or nothing:\n%s", name, text)
		}
	}
}

// Each case would lose the token with the naive client, which is tried first,
// and must not lose it here.
func TestTokensDoNotLeak(t *testing.T) {
	type world struct {
		trap     *trap
		endpoint string
	}
	redirect := func(status int, host string) func(*testing.T, *names) world {
		return func(t *testing.T, dns *names) world {
			caught := startTrap(t, "127.0.0.3:0")
			dns.set("models.test", []string{"127.0.0.2"})
			dns.set("sub.models.test", []string{"127.0.0.3"})
			dns.set("other.test", []string{"127.0.0.3"})
			first := startServerAt(t, "127.0.0.2:0", func(w http.ResponseWriter, r *http.Request) {
				if host == "models.test" && r.URL.Path == "/elsewhere" { // the same host and port
					caught.Config.Handler.ServeHTTP(w, r)
					return
				}
				to := fmt.Sprintf("http://%s:%s/elsewhere", host, port(t, caught.Server))
				if host == "models.test" {
					to = "/elsewhere"
				}
				http.Redirect(w, r, to, status)
			})
			return world{caught, "http://models.test:" + port(t, first)}
		}
	}
	cases := map[string]func(*testing.T, *names) world{
		"plain http to a host outside the cluster": func(t *testing.T, dns *names) world {
			dns.set("plain.test", []string{"127.0.0.2"})
			caught := startTrap(t, "127.0.0.2:0")
			return world{caught, "http://plain.test:" + port(t, caught.Server)}
		},
		"a host that nobody trusts": func(t *testing.T, dns *names) world {
			dns.set("models.test.evil.example", []string{"127.0.0.2"})
			caught := startTrap(t, "127.0.0.2:0")
			return world{caught, "http://models.test.evil.example:" + port(t, caught.Server)}
		},
		"user and password in the URL": func(t *testing.T, dns *names) world {
			dns.set("models.test", []string{"127.0.0.2"})
			caught := startTrap(t, "127.0.0.2:0")
			return world{caught, "http://models.test:x@models.test:" + port(t, caught.Server)}
		},
		"a DNS answer that flips between check and dial": func(t *testing.T, dns *names) world {
			caught := startTrap(t, "127.9.9.9:0")
			dns.set("models.test", []string{"127.0.0.2"}, []string{"127.9.9.9"})
			return world{caught, "http://models.test:" + port(t, caught.Server)}
		},
	}
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, host := range []string{"models.test", "sub.models.test", "other.test"} {
			cases[fmt.Sprintf("a %d to %s", status, host)] = redirect(status, host)
		}
	}
	for name, build := range cases {
		t.Run(name, func(t *testing.T) {
			o := loopback()
			o.TrustedHosts = []string{"models.test", "other.test", "plain.test"}
			o.AllowHTTP = !strings.Contains(name, "plain http")
			o.AllowCIDRs = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/16")}
			o.Limits.VerdictTTL = 0

			dns := startDNS(t)
			w := build(t, dns)
			naive(t, dns, o, w.endpoint)
			if w.trap.caught.Load() == 0 {
				t.Fatal("the trap does not even catch the naive client")
			}

			dns = startDNS(t)
			w = build(t, dns)
			s := startServiceResolving(t, dns.Resolver, o, model("a/granite", w.endpoint))
			for range 3 {
				if got := s.get(t, "/v1/models", secret); strings.Contains(got.body, "granite") || strings.Contains(got.body, secret) {
					t.Errorf("status %d, %s", got.StatusCode, got.body)
				}
			}
			if n := w.trap.caught.Load(); n != 0 {
				t.Errorf("the token was lost %d times", n)
			}
			s.clean(t)
		})
	}
}

// A name that meant a backend may come to mean a metadata service.
func TestANameIsJudgedAtEveryConnection(t *testing.T) {
	dns := startDNS(t)
	backend := startServerAt(t, "127.0.0.2:0", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "close")
		admits(secret)(w, r)
	})
	caught := startTrap(t, "127.9.9.9:"+port(t, backend))
	o := loopback()
	o.TrustedHosts = []string{"models.test"}
	o.AllowCIDRs = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/16")}
	o.Limits.VerdictTTL = 0
	s := startServiceResolving(t, dns.Resolver, o, model("a/granite", "http://models.test:"+port(t, backend)))

	dns.set("models.test", []string{"127.0.0.2"})
	if got := s.get(t, "/v1/models", secret); !strings.Contains(got.body, "granite") {
		t.Fatalf("status %d, %s", got.StatusCode, got.body)
	}
	for _, answer := range []string{"127.9.9.9", "169.254.169.254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "fd00:ec2::254", "fe80::1", "::1", "0.0.0.0", "224.0.0.1",
		"100.100.100.200", "168.63.129.16", "192.0.0.192", "fd20:ce::254", "fd00:c1::a9fe:a9fe", "fd00:42::42", "64:ff9b:1::a9fe:a9fe", "2002:a9fe:a9fe::1", "::ffff:0:a9fe:a9fe"} {
		dns.set("models.test", []string{answer})
		got := s.get(t, "/v1/models", secret)
		if got.StatusCode != http.StatusOK || strings.Contains(got.body, "granite") || got.Header.Get("X-Models-Incomplete") != "" {
			t.Errorf("%s: status %d, %v, %s: want a refusal, which is a decision", answer, got.StatusCode, got.Header, got.body)
		}
	}
	if caught.caught.Load() != 0 {
		t.Error("the token was lost")
	}
	for _, text := range []string{"a/granite", "169.254.169.254", "loopback", "--allow-cidr"} {
		if !strings.Contains(s.log.String(), text) {
			t.Errorf("the log does not say %s:\n%s", text, s.log)
		}
	}
	s.clean(t)
}

func TestRefusalsAreLoggedOnceAnEndpoint(t *testing.T) {
	s := startService(t, loopback(), model("a/evil", "https://evil.test"), model("a/bad", "http://user:hunter2@models.test"))
	for range 5 {
		s.get(t, "/v1/models", secret)
	}
	s.show(t, model("a/evil", "https://evil.test", func(m *v1alpha1.MaaSModel) { m.ResourceVersion = "2" }), model("a/bad", "http://user:hunter2@models.test"))
	s.get(t, "/v1/models", secret)
	if n := strings.Count(s.log.String(), "model is not listed"); n != 2 || strings.Contains(s.log.String(), "hunter2") {
		t.Errorf("%d lines, want one an endpoint, without its password:\n%s", n, s.log)
	}
}

// A backend that throws the token back must not get it into a reply, a log or
// a metric.
func TestWhatBackendsSayIsNotPassedOn(t *testing.T) {
	for name, answer := range map[string]func(net.Conn){
		"in a body": func(c net.Conn) { _, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 24\r\n\r\n"+secret) },
		"in a header": func(c net.Conn) {
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Echo: "+secret+"\r\n\r\n")
		},
		"in a status text": func(c net.Conn) { _, _ = io.WriteString(c, "HTTP/1.1 500 "+secret+"\r\nContent-Length: 0\r\n\r\n") },
		"instead of HTTP":  func(c net.Conn) { _, _ = io.WriteString(c, secret+"\r\n\r\n") },
		"as a header too large": func(c net.Conn) {
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nX-Echo: "+strings.Repeat(secret, 2000)+"\r\n\r\n")
		},
		"without end": func(c net.Conn) { _, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n"+strings.Repeat(secret, 1<<16)) },
	} {
		t.Run(name, func(t *testing.T) {
			listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			var serving sync.WaitGroup
			serving.Go(func() {
				for {
					connection, err := listener.Accept()
					if err != nil {
						return
					}
					serving.Go(func() {
						defer func() { _ = connection.Close() }()
						buffer := make([]byte, 1<<16)
						_, _ = connection.Read(buffer)
						answer(connection)
					})
				}
			})
			t.Cleanup(serving.Wait)
			t.Cleanup(func() { _ = listener.Close() })
			s := startService(t, loopback(), model("a/echo", "http://"+listener.Addr().String()), model("a/granite", startBackend(t, admits(secret)).URL))
			got := s.get(t, "/v1/models", secret)
			head := &bytes.Buffer{}
			_ = got.Header.Write(head)
			if got.StatusCode != http.StatusOK || strings.Contains(head.String()+got.body, secret) {
				t.Errorf("status %d, %s%s", got.StatusCode, head, got.body)
			}
			s.clean(t)
		})
	}
}

// A client's credentials in places where they do not belong stay out of the
// log as well.
func TestTheLogNamesTheRouteAndNotThePath(t *testing.T) {
	s := startService(t, loopback())
	for _, path := range []string{"/v1/models?api_key=" + secret, "/v1/models/" + secret, "/" + secret, "/v1/models/../" + secret} {
		s.get(t, path, secret, header{"X-Api-Key": secret})
	}
	s.do(t, strings.ToUpper(secret), "/v1/models", secret)
	s.clean(t)
	if !strings.Contains(s.log.String(), `"route":"/v1/models/{id...}"`) {
		t.Errorf("no route in the log:\n%s", s.log)
	}
}

func TestNoProxyFromTheEnvironment(t *testing.T) {
	proxy := startTrap(t, "127.0.0.2:0")
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"} {
		t.Setenv(name, proxy.URL)
	}
	dns := startDNS(t)
	dns.set("models.test", []string{"127.0.0.1"})
	yes := startBackend(t, admits(secret))
	o := loopback()
	o.TrustedHosts = []string{"models.test"}
	s := startServiceResolving(t, dns.Resolver, o, model("a/granite", "http://models.test:"+port(t, yes.Server)))
	if got := s.get(t, "/v1/models", secret); !strings.Contains(got.body, "granite") || proxy.caught.Load() != 0 {
		t.Errorf("status %d, %s; the proxy saw the token %d times", got.StatusCode, got.body, proxy.caught.Load())
	}
}
