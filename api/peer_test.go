package api

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"
)

func TestPeer(t *testing.T) {
	prefixes := func(networks ...string) []netip.Prefix {
		found := []netip.Prefix{}
		for _, network := range networks {
			found = append(found, netip.MustParsePrefix(network))
		}
		return found
	}
	proxy := prefixes("10.0.0.0/24", "fd00::/64")
	for name, test := range map[string]struct {
		trusted []netip.Prefix
		remote  string
		header  []string
		want    string
	}{
		"nothing is known of proxies":               {nil, "203.0.113.9:4711", []string{"198.51.100.1"}, "invalid IP"},
		"no proxy at all":                           {prefixes(), "203.0.113.9:4711", []string{"198.51.100.1"}, "203.0.113.9"},
		"a client that comes past the proxy":        {proxy, "203.0.113.9:4711", []string{"198.51.100.1"}, "203.0.113.9"},
		"through the proxy":                         {proxy, "10.0.0.7:4711", []string{"203.0.113.9"}, "203.0.113.9"},
		"through two":                               {proxy, "10.0.0.7:4711", []string{"203.0.113.9, 10.0.0.8"}, "203.0.113.9"},
		"the client wrote addresses before":         {proxy, "10.0.0.7:4711", []string{"198.51.100.1,10.0.0.9, 203.0.113.9"}, "203.0.113.9"},
		"in a line of its own":                      {proxy, "10.0.0.7:4711", []string{"198.51.100.1", "203.0.113.9"}, "203.0.113.9"},
		"with ports":                                {proxy, "10.0.0.7:4711", []string{"203.0.113.9:80, 10.0.0.8:443"}, "203.0.113.9"},
		"IPv6":                                      {proxy, "[fd00::7]:4711", []string{"2001:db8::9"}, "2001:db8::9"},
		"IPv6 in brackets":                          {proxy, "[fd00::7]:4711", []string{"[2001:db8::9]"}, "2001:db8::9"},
		"IPv6 with a port":                          {proxy, "[fd00::7]:4711", []string{"[2001:db8::9]:443"}, "2001:db8::9"},
		"IPv4 in IPv6":                              {proxy, "[::ffff:10.0.0.7]:4711", []string{"::ffff:203.0.113.9"}, "203.0.113.9"},
		"gaps in the list":                          {proxy, "10.0.0.7:4711", []string{"203.0.113.9,, ", ""}, "203.0.113.9"},
		"nothing is said: the proxy stands for all": {proxy, "10.0.0.7:4711", nil, "10.0.0.7"},
		"a name":                                    {proxy, "10.0.0.7:4711", []string{"203.0.113.9, unknown"}, "10.0.0.7"},
		"a name before another proxy":               {proxy, "10.0.0.7:4711", []string{"_secret, 10.0.0.8"}, "10.0.0.8"},
		"proxies all the way":                       {proxy, "10.0.0.7:4711", []string{"10.0.0.9, 10.0.0.8"}, "10.0.0.9"},
		"no address":                                {proxy, "pipe", nil, "invalid IP"},
	} {
		t.Run(name, func(t *testing.T) {
			log := &logBuffer{}
			p := &proxies{trusted: test.trusted, log: slog.New(slog.NewTextHandler(log, nil))}
			for range 2 {
				r := &http.Request{RemoteAddr: test.remote, Header: http.Header{"Forwarded": {"for=192.0.2.1"}, "X-Real-Ip": {"192.0.2.1"}}}
				if test.header != nil {
					r.Header[forwardedFor] = test.header
				}
				if got := p.peer(r).String(); got != test.want {
					t.Errorf("peer %s, want %s", got, test.want)
				}
			}
			if told := strings.Count(log.String(), "does not say for whom"); (told == 1) != (test.want == "10.0.0.7" && test.header == nil) || told > 1 {
				t.Errorf("a silent proxy is in the log %d times:\n%s", told, log)
			}
		})
	}
}

// clientAt is a client at an address of this machine.
func clientAt(t *testing.T, address string) *http.Client {
	t.Helper()
	transport := &http.Transport{DialContext: (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}}).DialContext}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// listed is the head of a reply, whose body has been read.
type listed struct {
	StatusCode int
	Header     http.Header
}

// lists asks for the list over a client's connections.
func lists(t *testing.T, client *http.Client, url, token string, forwarded ...string) (listed, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/v1/models", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	for _, value := range forwarded {
		request.Header.Add(forwardedFor, value)
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return listed{response.StatusCode, response.Header}, string(body)
}

// runByPeer runs an API with one model, where an address may cause ten probes.
func runByPeer(t *testing.T, proxies ...string) *running {
	t.Helper()
	namespace := apiServer.Env(t).Namespace(t)
	publish(t, namespace, "granite", startBackend(t, admits("alice")).URL)
	o := loopback()
	o.Namespaces, o.TrustedProxies = []string{namespace}, []netip.Prefix{}
	for _, network := range proxies {
		o.TrustedProxies = append(o.TrustedProxies, netip.MustParsePrefix(network))
	}
	o.Limits.PeerRate, o.Limits.PeerBurst = 1, 1
	r := runAPI(t, o)
	r.eventually(t, r.metrics+"/metrics", "maas_api_catalog_models 1")
	return r
}

// Tokens that are made up without end keep those out who have none that is known,
// at the same address; nobody else.
func TestMadeUpTokensAreBoundedByAddress(t *testing.T) {
	r := runByPeer(t)
	here, there := clientAt(t, "127.0.0.1"), clientAt(t, "127.0.0.2")
	if response, body := lists(t, here, r.url, "alice"); response.StatusCode != http.StatusOK || !strings.Contains(body, "granite") {
		t.Fatalf("alice gets %d, %s", response.StatusCode, body)
	}
	refused := 0
	for i := range 30 {
		switch response, body := lists(t, here, r.url, fmt.Sprint("made-up-", i)); {
		case response.StatusCode == http.StatusOK && refused == 0:
		case response.StatusCode == http.StatusTooManyRequests && response.Header.Get("Retry-After") == "1" &&
			strings.Contains(body, "rate_limit_exceeded") && strings.Contains(body, "From your address"):
			refused++
		default:
			t.Fatalf("made-up token %d: %d, %v, %s", i, response.StatusCode, response.Header, body)
		}
	}
	if refused != 21 { // her own list was the first of ten
		t.Errorf("%d of 30 made-up tokens were refused", refused)
	}
	for name, client := range map[string]*http.Client{"here": here, "there": there} {
		if response, body := lists(t, client, r.url, "alice"); response.StatusCode != http.StatusOK || !strings.Contains(body, "granite") {
			t.Errorf("alice gets %d, %s, %s", response.StatusCode, body, name)
		}
	}
	if response, _ := lists(t, there, r.url, "bob"); response.StatusCode != http.StatusOK {
		t.Errorf("a stranger elsewhere gets %d", response.StatusCode)
	}
	r.eventually(t, r.metrics+"/metrics", `maas_api_overloaded_requests_total{limit="peer-probe-rate"} 21`)
	r.clock.Step(time.Second)
	if response, _ := lists(t, here, r.url, "made-up-later"); response.StatusCode != http.StatusOK {
		t.Errorf("a second later a stranger gets %d", response.StatusCode)
	}
}

// Behind a proxy every client has its own bucket, whatever it writes itself.
func TestClientsBehindAProxyAreToldApart(t *testing.T) {
	for name, test := range map[string]struct {
		trusted string
		// says is what the n-th request says of where it comes from.
		says    func(n int) []string
		bounded bool
	}{
		"one client":                           {"127.0.0.1/32", func(int) []string { return []string{"203.0.113.9"} }, true},
		"one that writes other addresses":      {"127.0.0.1/32", func(n int) []string { return []string{fmt.Sprintf("198.51.100.%d, 203.0.113.9", n)} }, true},
		"one that writes them in another line": {"127.0.0.1/32", func(n int) []string { return []string{fmt.Sprintf("198.51.100.%d", n), "203.0.113.9"} }, true},
		"one with an IPv6 network":             {"127.0.0.1/32", func(n int) []string { return []string{fmt.Sprintf("2001:db8::%x", n)} }, true},
		"many clients":                         {"127.0.0.1/32", func(n int) []string { return []string{fmt.Sprintf("203.0.113.%d", n)} }, false},
		"a proxy that says nothing":            {"127.0.0.1/32", func(int) []string { return nil }, true},
		"a client that is no proxy":            {"127.0.0.2/32", func(n int) []string { return []string{fmt.Sprintf("203.0.113.%d", n)} }, true},
	} {
		t.Run(name, func(t *testing.T) {
			r, client := runByPeer(t, test.trusted), clientAt(t, "127.0.0.1")
			refused := 0
			for i := range 20 {
				if response, _ := lists(t, client, r.url, fmt.Sprint("made-up-", i), test.says(i)...); response.StatusCode == http.StatusTooManyRequests {
					refused++
				}
			}
			if want := map[bool]int{true: 10, false: 0}[test.bounded]; refused != want {
				t.Errorf("%d of 20 were refused, want %d", refused, want)
			}
		})
	}
}
