package api

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
	clocktesting "k8s.io/utils/clock/testing"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/testenv"
)

// event is one server-sent event as a client reads it.
type event struct {
	Name string
	Data struct {
		IDs        []string `json:"ids"`
		Changed    []struct{ ID, Name string }
		Removed    []string
		Incomplete bool
		AsOf       string `json:"as_of"`
		Reason     string
	}
}

// String is "changed +a=text -b incomplete".
func (e event) String() string {
	text := e.Name
	for _, m := range e.Data.Changed {
		text += " +" + m.ID
		if m.Name != "" {
			text += "=" + m.Name
		}
	}
	for _, id := range e.Data.Removed {
		text += " -" + id
	}
	if e.Data.Incomplete {
		text += " incomplete"
	}
	return strings.TrimSpace(text + " " + e.Data.Reason)
}

// watching is a client that watches. Time passes for the watch while the client waits for
// an event, and only then.
type watching struct {
	*http.Response
	clock  *clocktesting.FakeClock
	events chan event
	leave  context.CancelFunc
}

// standStill has watches go by a clock of their own.
func (s *service) standStill() *clocktesting.FakeClock {
	stopped := clocktesting.NewFakeClock(time.Now())
	s.handler.watches.clock = stopped
	return stopped
}

func watchAt(t *testing.T, client *http.Client, clock *clocktesting.FakeClock, url, token string) *watching {
	t.Helper()
	ctx, leave := context.WithCancel(t.Context())
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	w := &watching{response, clock, make(chan event), leave}
	t.Cleanup(func() {
		leave()
		_ = response.Body.Close()
	})
	go w.read()
	return w
}

func (w *watching) read() {
	defer close(w.events)
	lines, e := bufio.NewScanner(w.Body), event{}
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		switch field, value, _ := strings.Cut(lines.Text(), ": "); field {
		case "event":
			e.Name = value
		case "data":
			if err := json.Unmarshal([]byte(value), &e.Data); err != nil {
				e.Name = "not JSON: " + value
			}
		case "":
			if lines.Text() == "" && e.Name != "" {
				select {
				case w.events <- e:
				case <-w.Request.Context().Done():
					return
				}
				e = event{}
			}
		}
	}
}

// next is the next event; empty at the end of the stream.
func (w *watching) next(t *testing.T) string {
	t.Helper()
	var next string
	testenv.Eventually(t, soon, func() error {
		select {
		case e := <-w.events:
			next = e.String()
			return nil
		default:
			w.clock.Step(lookEvery)
			return fmt.Errorf("no event")
		}
	})
	return next
}

func (w *watching) wants(t *testing.T, wanted ...string) {
	t.Helper()
	for _, want := range wanted {
		if got := w.next(t); got != want {
			t.Errorf("the next event is %q, want %q", got, want)
		}
	}
}

// says is a model with a text.
func says(key, endpoint, text string) *v1alpha1.MaaSModel {
	return model(key, endpoint, func(m *v1alpha1.MaaSModel) {
		m.Status.Model, m.ResourceVersion = &v1alpha1.ModelInfo{DisplayName: text}, text
	})
}

// overBoth runs a test over HTTP/1.1 and, with TLS, HTTP/2.
func overBoth(t *testing.T, o Options, test func(t *testing.T, s *service, client *http.Client, url string)) {
	for name, secure := range map[string]bool{"HTTP/1.1": false, "HTTP/2": true} {
		t.Run(name, func(t *testing.T) {
			s := newService(t, nil, o)
			url := map[bool]string{false: "http://", true: "https://"}[secure] + serveOn(t, s, o, secure).address
			transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true}
			t.Cleanup(transport.CloseIdleConnections)
			test(t, s, &http.Client{Transport: transport}, url)
		})
	}
}

// What backends say while somebody watches.
func TestWatchFollowsBackends(t *testing.T) {
	o := loopback()
	o.Limits.VerdictTTL = 0 // every round asks
	overBoth(t, o, func(t *testing.T, s *service, client *http.Client, url string) {
		var one, two atomic.Int64
		one.Store(200)
		two.Store(403)
		answers := func(code *atomic.Int64) http.HandlerFunc {
			return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(int(code.Load())) }
		}
		first, second, hidden := startBackend(t, answers(&one)), startBackend(t, answers(&two)), startBackend(t, admits("bob"))
		s.show(t, says("a/one", first.URL, "x"), says("a/two", second.URL, "x"))
		w := watchAt(t, client, s.standStill(), url+"/v1/models?watch=true", "alice")
		if got := w.Header.Get("Content-Type") + " " + w.Header.Get("Content-Encoding") + w.Header.Get("ETag") + w.Header.Get("Content-Length"); got != "text/event-stream " || w.Header.Get("Cache-Control") != "private, no-cache" || w.StatusCode != http.StatusOK {
			t.Errorf("status %d, header %v", w.StatusCode, w.Header)
		}
		w.wants(t, "sync +one=x")

		two.Store(200) // somebody is given access
		w.wants(t, "changed +two=x")
		s.show(t, says("a/one", first.URL, "y"), says("a/two", second.URL, "x"), says("b/secret", hidden.URL, "x"))
		w.wants(t, "changed +one=y")
		one.Store(401) // and loses it
		w.wants(t, "changed -one")
		two.Store(502) // nobody can say: it is not gone
		w.wants(t, "changed incomplete")
		s.show(t, says("a/one", first.URL, "y"), says("a/two", second.URL, "new"), says("b/secret", hidden.URL, "y"), says("b/more", first.URL+"/more", "x"))
		one.Store(200)
		w.wants(t, "changed +more=x incomplete", "changed +one=y incomplete") // and nothing new is shown of it
		two.Store(200)
		w.wants(t, "changed +two=new")
		s.show(t, says("a/one", first.URL, "y"))
		w.wants(t, "changed -more -two")
		s.handler.watches.close()
		w.wants(t, "end shutting_down", "")
		testenv.Eventually(t, soon, func() error {
			if log := s.log.String(); !strings.Contains(log, `"status":200`) || !strings.Contains(log, `"listed":1,"watch":"shutting_down"`) {
				return fmt.Errorf("the log has no line of it:\n%s", log)
			}
			return nil
		})
		if hidden.probes.Load() == 0 {
			t.Error("the hidden model was never asked for")
		}
		s.shows(t, `maas_api_watches_ended_total{reason="shutting_down"} 1`)
		s.shows(t, `maas_api_requests_in_flight 0`)
		if strings.Contains(s.metrics(t), "maas_api_request_duration_seconds_count") {
			t.Error("the time of a watch is counted as that of an answer")
		}
	})
}

// However much changes, a watch asks a backend what a list every ten seconds asks, and
// that of a model again of which something new is to be shown.
func TestWatchCostsWhatListsDo(t *testing.T) {
	o := loopback()
	o.Limits.VerdictTTL = 0
	s := startService(t, o)
	visible, hidden := startBackend(t, admits("alice")), startBackend(t, admits("bob"))
	s.show(t, says("a/one", visible.URL, "x"), says("a/secret", hidden.URL, "x"))
	w := watchAt(t, s.Client(), s.standStill(), s.URL+"/v1/models?watch=true", "alice")
	began := w.clock.Now()
	w.wants(t, "sync +one=x")
	const times = 40
	for i := range times {
		s.show(t, says("a/one", visible.URL, fmt.Sprint(i)), says("a/secret", hidden.URL, fmt.Sprint(i)))
		w.wants(t, fmt.Sprint("changed +one=", i))
	}
	rounds := int64(w.clock.Since(began)/roundEvery) + 2 // the first, and the one that is begun
	if got := hidden.probes.Load(); got > rounds || got < 2 {
		t.Errorf("the hidden model was asked for %d times in %d rounds", got, rounds)
	}
	if got := visible.probes.Load(); got > rounds+times || got < times {
		t.Errorf("the one that is shown was asked for %d times in %d rounds and %d changes", got, rounds, times)
	}
}

func TestWatchErrors(t *testing.T) {
	yes, down := startBackend(t, admits("alice")), startBackend(t, status(502))
	o := loopback()
	s := startService(t, o, model("a/granite", yes.URL))
	for name, test := range map[string]struct {
		method, query, token string
		status               int
		code, param          string
	}{
		"no credentials":               {query: "watch=true", status: 401, code: "missing_authorization"},
		"a value that there is not":    {query: "watch=1", token: "alice", status: 400, code: "invalid_parameter", param: "watch"},
		"given twice":                  {query: "watch=true&watch=true", token: "alice", status: 400, code: "invalid_parameter", param: "watch"},
		"with limit":                   {query: "watch=true&limit=3", token: "alice", status: 400, code: "invalid_parameter", param: "limit"},
		"with after":                   {query: "after=x&watch=true", token: "alice", status: 400, code: "invalid_parameter", param: "after"},
		"with an order":                {query: "watch=true&sort=id", token: "alice", status: 400, code: "invalid_parameter", param: "sort"},
		"with fields":                  {query: "watch=true&fields=id", token: "alice", status: 400, code: "invalid_parameter", param: "fields"},
		"with facets":                  {query: "watch=true&facets=kind", token: "alice", status: 400, code: "invalid_parameter", param: "facets"},
		"in another form":              {query: "watch=true&format=ollama", token: "alice", status: 400, code: "invalid_parameter", param: "format"},
		"of a kind that there is not":  {query: "watch=true&kind=Nosuch", token: "alice", status: 400, code: "invalid_parameter", param: "kind"},
		"of a namespace that is none":  {query: "watch=true&namespace=A", token: "alice", status: 400, code: "invalid_parameter", param: "namespace"},
		"a method that there is not":   {method: "POST", query: "watch=true", token: "alice", status: 405, code: "method_not_allowed"},
		"not watched: a list":          {query: "watch=false&limit=3", token: "alice", status: 200},
		"the header alone is no watch": {method: "HEAD", query: "watch=true", token: "alice", status: 200},
	} {
		t.Run(name, func(t *testing.T) {
			if test.method == "" {
				test.method = http.MethodGet
			}
			got := s.do(t, test.method, modelsPath+"?"+test.query, test.token)
			if got.StatusCode != test.status || test.code != "" && got.code(t) != test.code {
				t.Errorf("status %d, %s, want %d, %s", got.StatusCode, got.body, test.status, test.code)
			}
			if test.param != "" && !strings.Contains(got.body, `"param":"`+test.param+`"`) {
				t.Errorf("%s: want param %s", got.body, test.param)
			}
			if test.method != http.MethodHead {
				s.checkReply(t, modelsPath, got)
			}
			if n := s.handler.watches.count(); n != 0 {
				t.Errorf("%d watches", n)
			}
		})
	}
	t.Run("nobody can be asked", func(t *testing.T) {
		s := startService(t, o, model("a/granite", down.URL))
		if got := s.get(t, "/v1/models?watch=true", "alice"); got.StatusCode != http.StatusServiceUnavailable || got.code(t) != "backends_unreachable" {
			t.Errorf("status %d, %s", got.StatusCode, got.body)
		}
	})
}

// Bounds are told before a stream begins, as errors.
func TestWatchBounds(t *testing.T) {
	yes := startBackend(t, admits("alice", "bob"))
	o := loopback()
	o.MaxWatches, o.MaxRequests = 9, 1
	s := startService(t, o, model("a/granite", yes.URL))
	clock := s.standStill()
	url := s.URL + "/v1/models?watch=true"
	var all []*watching
	for range maxCallerWatches {
		w := watchAt(t, s.Client(), clock, url, "alice")
		w.wants(t, "sync +granite")
		all = append(all, w)
	}
	got := s.get(t, "/v1/models?watch=true", "alice")
	if got.StatusCode != http.StatusTooManyRequests || got.code(t) != "rate_limit_exceeded" || got.Header.Get("Retry-After") != "10" {
		t.Errorf("the ninth of a caller: status %d, %v, %s", got.StatusCode, got.Header, got.body)
	}
	s.checkReply(t, modelsPath, got)
	watchAt(t, s.Client(), clock, url, "bob").wants(t, "sync +granite")
	got = s.get(t, "/v1/models?watch=true", "carol")
	if got.StatusCode != http.StatusServiceUnavailable || got.code(t) != "overloaded" || got.Header.Get("Retry-After") != "10" {
		t.Errorf("the tenth: status %d, %v, %s", got.StatusCode, got.Header, got.body)
	}
	s.checkReply(t, modelsPath, got)
	s.shows(t, `maas_api_overloaded_requests_total{limit="max-watches"} 1`)
	s.shows(t, `maas_api_watches 9`)
	// None of them holds the one turn there is.
	if diff := cmp.Diff([]string{"granite"}, s.get(t, "/v1/models", "alice").ids(t)); diff != "" {
		t.Errorf("a list meanwhile (-want +got):\n%s", diff)
	}
	all[0].leave()
	testenv.Eventually(t, soon, func() error { return s.has(t, `maas_api_watches_ended_total{reason="client_left"} 1`) })
	watchAt(t, s.Client(), clock, url, "carol").wants(t, "sync")
	w := watchAt(t, s.Client(), clock, url, "alice") // in the place of who sees nothing
	w.wants(t, "sync +granite")
	testenv.Eventually(t, soon, func() error { return s.has(t, `maas_api_watches_ended_total{reason="displaced"} 1`) })
}

// has says what is missing of the metrics.
func (s *service) has(t *testing.T, line string) error {
	if metrics := s.metrics(t); !strings.Contains(metrics, line+"\n") {
		return fmt.Errorf("no line %q in the metrics:\n%s", line, metrics)
	}
	return nil
}

// A watch outlives what bounds other requests.
func TestWatchOutlivesTimeouts(t *testing.T) {
	yes := startBackend(t, admits("alice"))
	for name, secure := range map[string]bool{"HTTP/1.1": false, "HTTP/2": true} {
		t.Run(name, func(t *testing.T) {
			s := newService(t, nil, loopback())
			s.show(t, model("a/granite", yes.URL))
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/canary" {
					for { // until its time is over
						if _, err := w.Write([]byte("x")); err != nil || http.NewResponseController(w).Flush() != nil {
							return
						}
					}
				}
				s.handler.ServeHTTP(w, r)
			}))
			server.Config.ReadTimeout, server.Config.WriteTimeout = 3*time.Second, 3*time.Second
			if server.EnableHTTP2 = secure; secure {
				server.StartTLS()
			} else {
				server.Start()
			}
			t.Cleanup(server.Close)
			// The time to read the first event is over by then as well.
			behind := clocktesting.NewFakeClock(time.Now().Add(2*time.Second - eventPatience))
			s.handler.watches.clock = behind
			w := watchAt(t, server.Client(), behind, server.URL+"/v1/models?watch=true", "alice")
			w.wants(t, "sync +granite")
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/canary", nil)
			if err != nil {
				t.Fatal(err)
			}
			response, err := server.Client().Do(request)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, response.Body); err == nil {
				t.Error("the time to write bounds nothing here")
			}
			_ = response.Body.Close()
			s.show(t, model("a/granite", yes.URL), model("a/more", yes.URL))
			w.wants(t, "changed +more")
			w.leave()
			testenv.Eventually(t, soon, func() error { return s.has(t, `maas_api_watches 0`) })
		})
	}
}

// Who does not read is cut off, and keeps nobody from anything.
func TestWatchThatIsNotRead(t *testing.T) {
	yes := startBackend(t, admits("alice"))
	o := loopback()
	s := newService(t, nil, o)
	s.show(t, spread(yes.URL, 1000)...) // more than the 64 KiB that a client of HTTP/2 has to take
	stopped := clocktesting.NewFakeClock(time.Now().Add(time.Second / 2).Add(-eventPatience))
	s.handler.watches.clock = stopped
	client := openStreams(t, serveOn(t, s, o, true).address)
	if err := client.send(1, client.at("/v1/models?watch=true", "alice")); err != nil {
		t.Fatal(err)
	}
	read := 0
	got, err := client.until(func(frame http2.Frame) string {
		if data, ok := frame.(*http2.DataFrame); ok {
			if read += len(data.Data()); read == 65535 {
				stopped.Step(eventPatience)
			}
		}
		if what := fate(frame); what != "status 200" {
			return what
		}
		return ""
	})
	if err != nil || got != "INTERNAL_ERROR" {
		t.Errorf("got %s, %v after %d bytes", got, err, read)
	}
	testenv.Eventually(t, soon, func() error { return s.has(t, `maas_api_watches_ended_total{reason="unread"} 1`) })
}

// at encodes GET of a path with the token.
func (s *streams) at(path, token string) []byte {
	s.block.Reset()
	for _, field := range []hpack.HeaderField{
		{Name: ":method", Value: "GET"}, {Name: ":scheme", Value: "https"}, {Name: ":authority", Value: s.address},
		{Name: ":path", Value: path}, {Name: "authorization", Value: "Bearer " + token},
	} {
		_ = s.encoder.WriteField(field) // into a buffer
	}
	return slices.Clone(s.block.Bytes())
}

// At the beginning of a shutdown watches end, while requests are still taken.
func TestWatchEndsAtShutdown(t *testing.T) {
	namespace := apiServer.Env(t).Namespace(t)
	publish(t, namespace, "granite", startBackend(t, admits("alice")).URL)
	o := loopback()
	o.Namespaces = []string{namespace}
	r := runAPI(t, o)
	r.eventually(t, r.url+"/v1/models", "granite")
	w := watchAt(t, r.client, r.clock, r.url+"/v1/models?watch=true", "alice")
	w.wants(t, "sync +granite")
	r.stop()
	if got := (<-w.events).String(); got != "end shutting_down" { // the clock stands still
		t.Errorf("the last event is %q", got)
	}
	if _, more := <-w.events; more {
		t.Error("and it was not the last")
	}
	if status, body, err := r.get(t, r.url+"/v1/models?watch=true"); err != nil || status != http.StatusServiceUnavailable || !strings.Contains(body, "shutting_down") {
		t.Errorf("a watch in the delay: %d, %q, %v", status, body, err)
	}
}
