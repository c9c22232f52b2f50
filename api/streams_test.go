package api

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/maas-kinds/maas/conformance/testenv"
)

// streams is a client of HTTP/2 that says what it wants.
type streams struct {
	*http2.Framer
	address string
	block   bytes.Buffer
	encoder *hpack.Encoder
}

func openStreams(t *testing.T, address string) *streams {
	t.Helper()
	dialer := tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}}}
	connection, err := dialer.DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	context.AfterFunc(t.Context(), func() { _ = connection.Close() })
	if _, err := connection.Write([]byte(http2.ClientPreface)); err != nil {
		t.Fatal(err)
	}
	s := &streams{Framer: http2.NewFramer(connection, connection), address: address}
	s.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	s.encoder = hpack.NewEncoder(&s.block)
	if err := s.WriteSettings(); err != nil {
		t.Fatal(err)
	}
	return s
}

// list encodes GET /v1/models with the token, and other headers.
func (s *streams) list(token string, others ...hpack.HeaderField) []byte {
	s.block.Reset()
	for _, field := range append([]hpack.HeaderField{
		{Name: ":method", Value: "GET"}, {Name: ":scheme", Value: "https"}, {Name: ":authority", Value: s.address},
		{Name: ":path", Value: "/v1/models"}, {Name: "authorization", Value: "Bearer " + token},
	}, others...) {
		_ = s.encoder.WriteField(field) // into a buffer
	}
	return bytes.Clone(s.block.Bytes())
}

// send sends a request, in as many frames as it needs.
func (s *streams) send(stream uint32, block []byte) error {
	const frame = 16 << 10
	first := block[:min(len(block), frame)]
	err := s.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: first, EndStream: true, EndHeaders: len(block) <= frame})
	for rest := block[len(first):]; len(rest) > 0 && err == nil; {
		next := rest[:min(len(rest), frame)]
		rest = rest[len(next):]
		err = s.WriteContinuation(stream, len(rest) == 0, next)
	}
	return err
}

// until reads frames until one is wanted, and describes it.
func (s *streams) until(wanted func(http2.Frame) string) (string, error) {
	for {
		frame, err := s.ReadFrame()
		if err != nil {
			return "", err
		}
		if what := wanted(frame); what != "" {
			return what, nil
		}
	}
}

// fate is what becomes of a request or its connection.
func fate(frame http2.Frame) string {
	switch f := frame.(type) {
	case *http2.MetaHeadersFrame:
		return "status " + f.PseudoValue("status")
	case *http2.RSTStreamFrame:
		return f.ErrCode.String()
	case *http2.GoAwayFrame:
		return "end: " + f.ErrCode.String()
	}
	return ""
}

func TestHeadersOfHTTP2AreBounded(t *testing.T) {
	fill := func(bytes int) []hpack.HeaderField {
		return []hpack.HeaderField{{Name: "x-fill", Value: strings.Repeat("~", bytes)}}
	}
	// One entry of the table and many references to it: kilobytes that become
	// gigabytes.
	bomb := make([]hpack.HeaderField, 20_000)
	for i := range bomb {
		bomb[i] = hpack.HeaderField{Name: "x-bomb", Value: strings.Repeat("~", 3000)}
	}
	for name, test := range map[string]struct {
		headers []hpack.HeaderField
		want    string
	}{
		"a usual one":              {nil, "status 200"},
		"nearly 64 KiB":            {fill(60 << 10), "status 200"},
		"more than 64 KiB":         {fill(70 << 10), "status 431"},
		"ten thousand headers":     {make10000(), "status 431"},
		"one that blows itself up": {bomb, "status 431"},
	} {
		t.Run(name, func(t *testing.T) {
			o := loopback()
			s := newService(t, nil, o)
			s.show(t)
			client := openStreams(t, serveOn(t, s, o, true).address)
			sent := make(chan error, 1)
			go func() { sent <- client.send(1, client.list("alice", test.headers...)) }()
			got, err := client.until(fate)
			// Where much too much is sent the connection may end before a reply is read.
			if ended := err != nil || strings.HasPrefix(got, "end: "); got != test.want && (!ended || test.want != "status 431") {
				t.Errorf("got %s, %v, want %s", got, err, test.want)
			}
		})
	}
}

func make10000() []hpack.HeaderField {
	fields := make([]hpack.HeaderField, 10_000)
	for i := range fields {
		fields[i] = hpack.HeaderField{Name: fmt.Sprint("x-", i), Value: "x"}
	}
	return fields
}

// A connection has 32 streams at a time, and a header's end.
func TestStreamsAtATime(t *testing.T) {
	o := loopback()
	s := newService(t, nil, o)
	answer := make(chan struct{})
	s.show(t, model("a/slow", startBackend(t, func(http.ResponseWriter, *http.Request) { <-answer }).URL))
	defer close(answer)
	address := serveOn(t, s, o, true).address

	t.Run("the setting", func(t *testing.T) {
		got, err := openStreams(t, address).until(func(frame http2.Frame) string {
			if settings, ok := frame.(*http2.SettingsFrame); ok && !settings.IsAck() {
				most, _ := settings.Value(http2.SettingMaxConcurrentStreams)
				return fmt.Sprint(most)
			}
			return ""
		})
		if got != "32" || err != nil {
			t.Errorf("%s streams, %v", got, err)
		}
	})
	t.Run("one too many", func(t *testing.T) {
		client := openStreams(t, address)
		for i := range uint32(33) {
			if err := client.send(2*i+1, client.list(fmt.Sprint("user", i))); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := client.until(fate); got != "REFUSED_STREAM" && got != "PROTOCOL_ERROR" && got != "end: PROTOCOL_ERROR" {
			t.Errorf("the 33rd got %q, %v", got, err)
		}
	})
	t.Run("a header that does not end", func(t *testing.T) {
		client := openStreams(t, address)
		block := client.list("alice")
		if err := client.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: block, EndStream: true}); err != nil {
			t.Fatal(err)
		}
		go func() {
			fill := client.list("alice", hpack.HeaderField{Name: "x", Value: strings.Repeat("~", 10_000), Sensitive: true})
			for client.WriteContinuation(1, false, fill) == nil {
			}
		}()
		got, err := client.until(fate)
		if err == nil && !strings.HasPrefix(got, "end: ") {
			t.Errorf("got %s, want the end of the connection", got)
		}
	})
}

// Who takes back one request after another is told to go, and has caused no
// probe beyond those that were sent before.
func TestRapidResetEndsTheConnection(t *testing.T) {
	var probes atomic.Int64
	backend := startBackend(t, func(http.ResponseWriter, *http.Request) { probes.Add(1) })
	o := loopback()
	s := newService(t, nil, o)
	s.show(t, spread(backend.URL, 15)...)
	address := serveOn(t, s, o, true).address
	client := openStreams(t, address)
	end := make(chan string, 1)
	go func() {
		got, err := client.until(func(frame http2.Frame) string {
			if what := fate(frame); strings.HasPrefix(what, "end: ") {
				return what
			}
			return ""
		})
		if err != nil {
			got = err.Error()
		}
		end <- got
	}()
	sent, ended := 0, ""
	for stream := uint32(1); ended == "" && stream < 1<<20; stream += 2 {
		if client.send(stream, client.list(fmt.Sprint("flood", stream))) == nil && client.WriteRSTStream(stream, http2.ErrCodeCancel) == nil {
			sent++
		}
		select {
		case ended = <-end:
		default:
		}
	}
	if ended == "" {
		t.Fatalf("%d requests were taken back over one connection", sent)
	}
	t.Logf("%s after %d requests, %d probes", ended, sent, probes.Load())
	testenv.Eventually(t, soon, func() error { // the others are served as ever
		next := openStreams(t, address)
		if err := next.send(1, next.list("alice")); err != nil {
			return err
		}
		if got, err := next.until(fate); err != nil || got != "status 200" {
			return fmt.Errorf("%s, %w", got, err)
		}
		return nil
	})
}
