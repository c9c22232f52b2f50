package attacks

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"runtime/pprof"
	"strings"
	"testing"

	eventsv1 "k8s.io/api/events/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// astray says whether a text holds any token of this run, or its beginning, but
// those of the callers who are named: as it is, in another case, or encoded.
func (w *world) astray(text []byte, but ...*caller) bool {
	for _, c := range but {
		text = bytes.ReplaceAll(text, []byte(c.mark), nil)
	}
	lower := bytes.ToLower(text)
	if bytes.Contains(lower, []byte(strings.ToLower(w.prefix))) || bytes.Contains(lower, []byte(hex.EncodeToString([]byte(w.prefix)))) {
		return true
	}
	for shift := range 3 {
		// Base64 reads three bytes at a time: the mark may begin at each of them.
		encoded := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat(" ", shift) + w.prefix))
		if bytes.Contains(text, []byte(encoded[shift+1:len(encoded)-2])) {
			return true
		}
	}
	return false
}

// expectClean looks for tokens in what nobody may find one in.
func (s *scene) expectClean(where, text string) {
	if s.astray([]byte(text)) {
		s.errorf("%s has a token: %.2000s", where, around(text, s.prefix))
	}
}

func around(text, mark string) string {
	i := max(0, strings.Index(strings.ToLower(text), strings.ToLower(mark))-200)
	return text[i:min(len(text), i+400)]
}

// lookForTokens is the one place in which a row's tokens are looked for.
func (s *scene) lookForTokens() {
	s.expectClean("the metrics page", s.metricsPage())
	s.expectClean("the description of the API", s.get("/openapi.json", s.witness).body)
	s.expectClean("DNS", s.names.questions())
	s.mu.Lock()
	heard, callers, parties := s.heard, s.callers, s.parties
	s.mu.Unlock()
	for _, r := range heard {
		s.expectClean("a reply", string(r.bytes()))
	}
	for _, p := range parties {
		may := callers
		if p.closed {
			may = nil
		}
		for _, r := range p.got() {
			if sent := r.bytes(); s.astray(sent, may...) {
				s.errorf("a token came to %s (%s), where it may not be: %.2000q", p.at, p.host, sent)
			}
		}
	}
	s.network.mu.Lock()
	strangers := s.network.strangers
	s.network.mu.Unlock()
	for _, r := range strangers {
		sent := r.bytes()
		for _, c := range callers {
			if bytes.Contains(sent, []byte(c.mark)) {
				s.errorf("the token of %s came to %s, a stranger: %.2000q", c.name, r.at, sent)
			}
		}
	}
}

func (s *scene) metricsPage() string {
	subject := s.start()
	connection, err := new(net.Dialer).DialContext(s.t.Context(), "tcp", subject.metrics)
	if err != nil {
		s.errorf("the metrics page: %v", err)
		return ""
	}
	defer func() { _ = connection.Close() }()
	c := s.listening(connection)
	if err := c.send("GET /metrics HTTP/1.1\r\nHost: metrics\r\nConnection: close\r\n\r\n"); err != nil {
		s.errorf("the metrics page: %v", err)
	}
	return c.receive("GET").body
}

// expectNothingAstray looks for every token of the run in what all rows share.
func (w *world) expectNothingAstray(t *testing.T) {
	ctx := context.WithoutCancel(t.Context())
	var goroutines bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&goroutines, 2); err != nil {
		t.Error(err)
	}
	places := map[string][]byte{"the dump of goroutines": goroutines.Bytes(), "DNS": []byte(w.names.questions())}
	processes, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Error(err)
	}
	for _, name := range processes {
		if line, err := os.ReadFile(name); err == nil { // or it has ended
			places["the list of processes"] = append(places["the list of processes"], line...)
		}
	}
	for name, list := range map[string]client.ObjectList{"a MaaSModel": &v1alpha1.MaaSModelList{}, "an Event": &eventsv1.EventList{}} {
		if err := w.env.Client.List(ctx, list); err != nil {
			t.Error(err)
		}
		stored, err := json.Marshal(list)
		if err != nil {
			t.Error(err)
		}
		places[name] = stored
	}
	for name, text := range places {
		if len(text) == 0 || w.astray(text) {
			t.Errorf("%s has a token, or nothing is there: %.2000s", name, around(string(text), w.prefix))
		}
	}
}
