package attacks

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/maas-kinds/maas/api"
)

// multiplexed are callers who speak HTTP/2, where one connection carries any
// number of requests, each as cheap as a few bytes.
func multiplexed() []attack {
	const why = "one caller takes the memory, or the turns, of all"
	row := func(name string, try func(s *stage), notices ...fault) attack {
		return attack{name: "HTTP/2: " + name, why: why, notices: notices, alone: true, try: staged(func(s *stage) {
			s.secured()
			s.expectListed(s.alice, alices)
			try(s)
		})}
	}
	ends := func(s *stage, again func(*multiplex) error) {
		if !s.endless(again) {
			s.errorf("the connection is still open")
		}
	}
	return append(fields(),
		row("requests that are taken back", func(s *stage) {
			ends(s, func(c *multiplex) error {
				stream, err := c.ask(s.text("Bearer TOKEN-and-more"), "/v1/models")
				return errors.Join(err, c.framer.WriteRSTStream(stream, http2.ErrCodeCancel), c.out.Flush())
			})
		}),
		row("a header without end", func(s *stage) {
			first := true
			ends(s, func(c *multiplex) error {
				if first {
					first = false
					return c.framer.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: c.encoded(":method", "GET"), EndStream: true})
				}
				return errors.Join(c.framer.WriteContinuation(1, false, c.encoded("x-more", strings.Repeat("x", 8000))), c.out.Flush())
			})
		}).leftOut(),
		row("a small header that is large", func(s *stage) {
			s.endless(func(c *multiplex) error {
				// The table has the field after its first use: a byte each from then on.
				more := []string{}
				for range 5000 {
					more = append(more, "x-large", strings.Repeat("x", 3000))
				}
				_, err := c.ask(s.text("Bearer TOKEN-and-more"), "/v1/models", more...)
				return errors.Join(err, c.out.Flush())
			})
		}).leftOut(),
		row("pings without end", func(s *stage) {
			s.endless(func(c *multiplex) error { return errors.Join(c.framer.WritePing(false, [8]byte{}), c.out.Flush()) })
		}).leftOut(),
		row("settings without end", func(s *stage) {
			s.endless(func(c *multiplex) error {
				return errors.Join(c.framer.WriteSettings(http2.Setting{ID: http2.SettingMaxFrameSize, Val: 1 << 14}), c.out.Flush())
			})
		}).leftOut(),
		row("replies that nobody reads", (*stage).unread, waitsForReaders),
	)
}

// secured has the API speak TLS, with which HTTP/2 comes.
func (s *stage) secured() {
	dir := os.Getenv(authorityDir)
	s.configure(func(o *api.Options) {
		o.TLSCertFile, o.TLSKeyFile = filepath.Join(dir, authorityFile), filepath.Join(dir, authorityKeyFile)
	})
}

// multiplex is a connection of HTTP/2.
type multiplex struct {
	*session
	out     *bufio.Writer
	framer  *http2.Framer
	block   bytes.Buffer
	encoder *hpack.Encoder
	stream  uint32
}

// multiplex connects, with what a client says of itself.
func (s *scene) multiplex(settings ...http2.Setting) (*multiplex, error) {
	plain, err := s.dial(http2.NextProtoTLS)
	if err != nil {
		return nil, err
	}
	c := &multiplex{session: plain, out: bufio.NewWriter(plain)}
	c.framer, c.encoder = http2.NewFramer(c.out, c.reader), hpack.NewEncoder(&c.block)
	c.framer.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	_, err = c.out.WriteString(http2.ClientPreface)
	return c, errors.Join(err, c.framer.WriteSettings(settings...), c.out.Flush())
}

// encoded are header fields, as name and value in turns.
func (c *multiplex) encoded(fields ...string) []byte {
	c.block.Reset()
	for pair := range slices.Chunk(fields, 2) {
		_ = c.encoder.WriteField(hpack.HeaderField{Name: pair[0], Value: pair[1]}) // a buffer fails never
	}
	return slices.Clone(c.block.Bytes())
}

// ask sends a request with more header fields; Flush sends it off.
func (c *multiplex) ask(authorization, path string, more ...string) (uint32, error) {
	fields := append([]string{":method", "GET", ":scheme", "https", ":authority", "maas.example.com", ":path", path, "authorization", authorization}, more...)
	return c.request(fields)
}

// request sends fields as they stand.
func (c *multiplex) request(fields []string) (uint32, error) {
	stream := c.stream*2 + 1
	c.stream++
	block := c.encoded(fields...)
	first := block[:min(len(block), 1<<14)]
	err := c.framer.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: first, EndStream: true, EndHeaders: len(first) == len(block)})
	for rest := block[len(first):]; len(rest) > 0 && err == nil; {
		piece := rest[:min(len(rest), 1<<14)]
		rest = rest[len(piece):]
		err = c.framer.WriteContinuation(stream, len(rest) == 0, piece)
	}
	return stream, err
}

// endless does something again and again without reading what comes back, for
// long, or until the connection is ended for it, which it says. Meanwhile alice
// is served.
func (s *stage) endless(again func(*multiplex) error) (isEnded bool) {
	s.start()
	c, err := s.multiplex()
	if err != nil {
		s.errorf("%v", err)
		return false
	}
	defer func() { _ = c.Close() }()
	ended := make(chan error)
	go func() {
		defer close(ended)
		for began := time.Now(); time.Since(began) < 5*time.Second; {
			if err := again(c); err != nil {
				ended <- err
				return
			}
		}
	}()
	for {
		s.expectListed(s.alice, alices)
		select {
		case err := <-ended:
			return err != nil
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// unread asks for more than fits into no window, on as many streams and
// connections as there are turns, and again when they end.
func (s *stage) unread() {
	s.start()
	turns := api.DefaultOptions().MaxRequests
	for sent := 0; sent < 2*turns; {
		c, err := s.multiplex(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 0})
		if err != nil {
			s.errorf("%v", err)
			return
		}
		defer func() { _ = c.Close() }()
		for range 32 {
			if _, err := c.ask("Bearer nobody", "/openapi.json"); err != nil {
				s.errorf("%v", err)
			}
			sent++
		}
		_ = c.out.Flush()
		go func() { _, _ = io.Copy(io.Discard, c.reader) }()
	}
	for range 20 {
		if got := s.list(s.alice); !slices.Contains(got.ids(), alices) {
			s.errorf("alice is answered %d, %s %v", got.status, got.body, got.err)
			return
		}
	}
}

// fields are requests that HTTP/1.1 could not carry, or means otherwise.
func fields() []attack {
	const why = "what HTTP/2 carries as a field would be a line of its own, or a second one, in HTTP/1.1, in which backends are asked"
	head := []string{":method", "GET", ":scheme", "https", ":authority", "maas.example.com", ":path", "/v1/models"}
	var found []attack
	for name, fields := range map[string][]string{
		"two credentials":            append(slices.Clone(head), "authorization", "BOB", "authorization", "ALICE"),
		"a line end in credentials":  append(slices.Clone(head), "authorization", "ALICE\r\nx-injected: 1"),
		"NUL in credentials":         append(slices.Clone(head), "authorization", "ALICE\x00"),
		"a capital in a name":        append(slices.Clone(head), "Authorization", "ALICE"),
		"a space in a name":          append(slices.Clone(head), "authorization ", "ALICE"),
		"a colon in a name":          append(slices.Clone(head), "authorization: ALICE\r\nx", "y"),
		"a coding":                   append(slices.Clone(head), "transfer-encoding", "chunked", "authorization", "ALICE"),
		"a connection":               append(slices.Clone(head), "connection", "authorization", "authorization", "ALICE"),
		"a pseudo field at the end":  append(slices.Clone(head[:6]), "authorization", "ALICE", ":path", "/v1/models"),
		"two paths":                  append(slices.Clone(head), ":path", "/v1/models/alices", "authorization", "ALICE"),
		"a path of two lines":        append(slices.Clone(head[:6]), ":path", "/v1/models HTTP/1.1\r\nAuthorization: ALICE\r\nX: ", "authorization", "BOB"),
		"a pseudo field nobody has":  append(slices.Clone(head), ":authorization", "ALICE"),
		"a protocol to change to":    append([]string{":method", "CONNECT", ":protocol", "websocket"}, append(slices.Clone(head[2:]), "authorization", "ALICE")...),
		"an authority of a stranger": append([]string{":method", "CONNECT", ":authority", elsewhere + ":80"}, "authorization", "ALICE"),
	} {
		found = append(found, attack{name: "HTTP/2: " + name, why: why, try: staged(func(s *stage) {
			s.secured()
			s.expectListed(s.alice, alices)
			c, err := s.multiplex()
			if err != nil {
				s.errorf("%v", err)
				return
			}
			defer func() { _ = c.Close() }()
			sent := slices.Clone(fields)
			for i := range sent {
				sent[i] = s.text(sent[i])
			}
			if _, err := c.request(sent); err != nil {
				s.errorf("%v", err)
			}
			_ = c.out.Flush()
			if status := c.status(); status != "" && !strings.HasPrefix(status, "4") {
				s.errorf("status %s", status)
			}
		})})
	}
	return found
}

// status is that of the one reply; empty where the stream or the connection ends
// without.
func (c *multiplex) status() string {
	for {
		frame, err := c.framer.ReadFrame()
		if err != nil {
			return ""
		}
		switch frame := frame.(type) {
		case *http2.MetaHeadersFrame:
			return frame.PseudoValue("status")
		case *http2.RSTStreamFrame, *http2.GoAwayFrame:
			return ""
		}
	}
}
