package api

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// speak sends bytes to a server, and gives the connection and what reads it.
func speak(t *testing.T, address, sent string) (*net.TCPConn, *bufio.Reader) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	t.Cleanup(cancel)
	connection, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	context.AfterFunc(ctx, func() { _ = connection.Close() })
	if _, err := io.WriteString(connection, sent); err != nil {
		t.Fatal(err)
	}
	tcp, ok := connection.(*net.TCPConn)
	if !ok {
		t.Fatalf("a connection of type %T", connection)
	}
	return tcp, bufio.NewReader(connection)
}

func readReply(t *testing.T, from *bufio.Reader) reply {
	t.Helper()
	response, err := http.ReadResponse(from, nil) //nolint:bodyclose // it is of the connection, which the test closes
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{response, string(body)}
}

// However a list is asked for, it is the whole list, in a form that its client can
// read to the end. TestOneRequestHasOneAnswer says what comes behind.
func TestFormsOfRequests(t *testing.T) {
	o := loopback()
	s := newService(t, nil, o)
	yes := startBackend(t, admits("alice"))
	s.show(t, many(yes.URL, 30)...)
	address := serveOn(t, s, o, false).address
	want := slices.Sorted(slices.Values(listedIn(s)))
	const alice = "Authorization: Bearer alice\r\n"
	for name, test := range map[string]struct {
		sent string
		// ends says that no other request is taken from the connection.
		ends bool
	}{
		"HTTP/1.1":                    {"GET /v1/models HTTP/1.1\r\nHost: x\r\n" + alice + "\r\n", false},
		"HTTP/1.0":                    {"GET /v1/models HTTP/1.0\r\n" + alice + "\r\n", true},
		"HTTP/1.0 that would be kept": {"GET /v1/models HTTP/1.0\r\nHost: x\r\nConnection: keep-alive\r\n" + alice + "\r\n", true},
		"a body":                      {"GET /v1/models HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n" + alice + "\r\n{}", true},
		"a body in chunks":            {"GET /v1/models HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n" + alice + "\r\n2\r\n{}\r\n0\r\n\r\n", true},
		"a body of none":              {"GET /v1/models HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n" + alice + "\r\n", false},
		"a body that does not come":   {"GET /v1/models HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n" + alice + "\r\n", true},
		"a body that is announced":    {"GET /v1/models HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n" + alice + "\r\n", true},
		"an upgrade":                  {"GET /v1/models HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n" + alice + "\r\n", false},
	} {
		t.Run(name, func(t *testing.T) {
			_, reader := speak(t, address, test.sent)
			got := readReply(t, reader)
			ids := []string{}
			if got.StatusCode == http.StatusOK {
				ids = got.ids(t)
			}
			if slices.Sort(ids); !slices.Equal(ids, want) || got.ContentLength != int64(len(got.body)) || len(got.TransferEncoding) > 0 {
				t.Errorf("status %d, length %d, %v: %d models, want %d", got.StatusCode, got.ContentLength, got.TransferEncoding, len(ids), len(want))
			}
			if got.Close != test.ends && !strings.Contains(test.sent, "HTTP/1.0") {
				t.Errorf("the connection ends: %v, want %v", got.Close, test.ends)
			}
			if test.ends {
				if _, err := reader.ReadByte(); err == nil {
					t.Error("the connection goes on")
				}
			}
		})
	}
}

func listedIn(s *service) (ids []string) {
	for _, entry := range s.source.Snapshot().Entries() {
		ids = append(ids, entry.ID)
	}
	return ids
}

// A client that has closed its half of the connection may be reading, or be gone:
// net/http cannot tell. What is known it gets. What is not is not asked on, and the
// reply says so; nobody else's list has a gap for it.
func TestHalfClosedConnections(t *testing.T) {
	arrived, answer := make(chan struct{}, 1), make(chan struct{})
	slow := startBackend(t, func(_ http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "Bearer slow" {
			arrived <- struct{}{}
			<-answer
		}
	})
	o := loopback()
	s := newService(t, nil, o)
	s.show(t, model("a/granite", slow.URL))
	address := serveOn(t, s, o, false).address
	list := func(token string) string {
		return "GET /v1/models HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token + "\r\n\r\n"
	}
	_, reader := speak(t, address, list("alice")) // remembered from here on
	readReply(t, reader)
	for range 20 {
		connection, reader := speak(t, address, list("alice"))
		_ = connection.CloseWrite()
		if got := readReply(t, reader); got.StatusCode != http.StatusOK || !slices.Equal(got.ids(t), []string{"granite"}) {
			t.Fatalf("what is known of alice is not told: %d, %s", got.StatusCode, got.body)
		}
		if _, err := reader.ReadByte(); err == nil {
			t.Fatal("the connection goes on")
		}
	}

	connection, reader := speak(t, address, list("slow"))
	<-arrived
	_ = connection.CloseWrite()
	got := readReply(t, reader) // before the backend has answered
	if got.StatusCode != http.StatusServiceUnavailable || got.Header.Get("Retry-After") == "" {
		t.Errorf("status %d, %v, %s", got.StatusCode, got.Header, got.body)
	}
	close(answer)
	_, reader = speak(t, address, list("slow")) // the probe was finished, and is remembered or asked again
	if got := readReply(t, reader); got.StatusCode != http.StatusOK || !slices.Equal(got.ids(t), []string{"granite"}) {
		t.Errorf("the same caller, whole: %d, %s", got.StatusCode, got.body)
	}
	_, reader = speak(t, address, list("bob"))
	if got := readReply(t, reader); got.StatusCode != http.StatusOK || !slices.Equal(got.ids(t), []string{"granite"}) {
		t.Errorf("another caller: %d, %s", got.StatusCode, got.body)
	}
}
