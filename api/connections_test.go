package api

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/conformance/testenv"
)

func TestConnections(t *testing.T) {
	for name, test := range map[string]struct {
		// steps are "come NAME", "ask NAME", "done NAME" and "go NAME".
		steps string
		// want is what came of those who came: "in", "NAME out" or "refused".
		want string
		// waiting and answering are what is counted in the end.
		waiting, answering int
	}{
		"there is room":                                  {"come a, come b", "in, in", 2, 0},
		"the first to wait makes room":                   {"come a, come b, come c, come d", "in, in, in, a out", 3, 0},
		"who has just been answered has waited least":    {"come a, come b, come c, ask a, done a, come d", "in, in, in, b out", 3, 0},
		"who is being answered makes no room":            {"come a, come b, come c, ask a, come d", "in, in, in, b out", 2, 1},
		"nobody makes room where all are being answered": {"come a, come b, come c, ask a, ask b, ask c, come d", "in, in, in, refused", 0, 3},
		"who goes makes room":                            {"come a, come b, come c, go b, come d, come e", "in, in, in, in, a out", 3, 0},
		"also while being answered":                      {"come a, come b, come c, ask a, ask b, ask c, go b, come d", "in, in, in, in", 1, 2},
		"who goes twice counts once":                     {"come a, come b, go a, go a", "in, in", 1, 0},
		"who was displaced counts no more":               {"come a, come b, come c, come d, ask a, done a, go a", "in, in, in, a out", 3, 0},
		"idle twice is idle once":                        {"come a, done a, done a, ask a, ask a", "in", 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			book := newConnections(3)
			names := map[string]*clientConnection{}
			var got []string
			for step := range strings.SplitSeq(test.steps, ", ") {
				verb, name, _ := strings.Cut(step, " ")
				switch verb {
				case "come":
					names[name] = &clientConnection{among: book}
					displaced, ok := book.enter(names[name])
					what := map[bool]string{true: "in", false: "refused"}[ok]
					for who, c := range names {
						if c == displaced {
							what = who + " out"
						}
					}
					got = append(got, what)
				case "ask", "done":
					book.answer(names[name], verb == "ask")
				case "go":
					book.leave(names[name])
				}
			}
			if diff := cmp.Diff(test.want, strings.Join(got, ", ")); diff != "" {
				t.Errorf("who came (-want +got):\n%s", diff)
			}
			if waiting, answering := book.count(); waiting != test.waiting || answering != test.answering {
				t.Errorf("%d waiting and %d answering, want %d and %d", waiting, answering, test.waiting, test.answering)
			}
		})
	}
}

// Two thousand connections on which nothing comes, or a header that never
// ends, do not keep a caller out.
func TestIdleConnectionsKeepNobodyOut(t *testing.T) {
	for name, test := range map[string]struct {
		secure bool
		says   string
	}{
		"silent":                  {},
		"silent before TLS":       {secure: true},
		"half a header":           {says: "GET /v1/models HTTP/1.1\r\nHost: x\r\nX-Slow: "},
		"after a request":         {says: "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"},
		"half a request after it": {says: "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /healthz HTTP/1.1\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			o := loopback()
			o.MaxConnections = 200
			s := newService(t, nil, o)
			s.show(t, model("a/granite", startBackend(t, admits("alice")).URL))
			clients := serveOn(t, s, o, test.secure)
			for range 600 {
				connection, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", clients.address)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = connection.Close() })
				if _, err := io.WriteString(connection, test.says); err != nil && test.says == "" {
					t.Fatal(err)
				}
			}
			scheme := map[bool]string{false: "http", true: "https"}[test.secure]
			client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true}}
			testenv.Eventually(t, soon, func() error {
				request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, scheme+"://"+clients.address+"/v1/models", nil)
				if err != nil {
					return err
				}
				request.Header.Set("Authorization", "Bearer alice")
				response, err := client.Do(request)
				if err != nil {
					return err
				}
				defer func() { _ = response.Body.Close() }()
				if body, err := io.ReadAll(response.Body); err != nil || !strings.Contains(string(body), "granite") {
					return fmt.Errorf("status %d, %s, %w", response.StatusCode, body, err)
				}
				return nil
			})
			if waiting, answering := clients.count(); waiting+answering > 200 {
				t.Errorf("%d connections waiting and %d answering, want 200 at most", waiting, answering)
			}
		})
	}
}

// A body that never comes holds a connection no longer than a second.
func TestBodiesHoldNoConnection(t *testing.T) {
	o := loopback()
	s := newService(t, nil, o)
	s.show(t)
	clients := serveOn(t, s, o, false)
	connection, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", clients.address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = connection.Close() }()
	if _, err := io.WriteString(connection, "POST /v1/models HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	reader := bufio.NewReader(connection)
	response, err := http.ReadResponse(reader, nil) //nolint:bodyclose // it is of the connection, which the test closes
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(response.Body); err != nil || response.StatusCode != http.StatusMethodNotAllowed || !response.Close {
		t.Errorf("status %d, %s, %v, want a 405 and the end", response.StatusCode, body, err)
	}
	if _, err := reader.ReadByte(); err == nil {
		t.Error("the connection goes on")
	}
}
