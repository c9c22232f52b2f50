package access

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

// connection leads to one target. It carries one exchange at a time, and is
// used again only when nothing but the answer has come over it.
type connection struct {
	net.Conn
	// raw is the connection to the network below Conn.
	raw    net.Conn
	target targetKey
	// under is what the other end was held against; nil for plain http.
	under  *tls.Config
	reader *bufio.Reader
	head   *headRecorder
	peeker *peeker
	// interrupt ends what is read or written. release is given the connection when it
	// can be used again. Both are kept here since each exchange needs them.
	interrupt func()
	release   func(*connection)
	// idleSince is when it was released.
	idleSince time.Time
}

func newConnection(conn, raw net.Conn, target targetKey, release func(*connection)) *connection {
	head := &headRecorder{conn: conn}
	return &connection{
		Conn: conn, raw: raw, target: target, head: head, reader: bufio.NewReader(head), peeker: newPeeker(raw), release: release,
		interrupt: func() { _ = conn.SetDeadline(longAgo()) },
	}
}

// exchange sends the request, says so, and reads the header of the answer. Afterwards
// the connection is released, if it can be used again, or closed: when the body is
// read to its end or closed, or at once after an error.
func (c *connection) exchange(ctx context.Context, r *http.Request, request []byte, patience *patience) (*http.Response, error) {
	stop := context.AfterFunc(ctx, c.interrupt)
	response, keep, err := c.ask(r, request, patience)
	if err != nil {
		stop()
		_ = c.Close()
		return nil, err
	}
	if body, whole := c.arrivedWhole(response); whole {
		response.Body = body
		c.finish(stop, keep)
		return response, nil
	}
	response.Body = &answerBody{body: response.Body, connection: c, stop: stop, keep: keep}
	return response, nil
}

// finish ends an exchange. Nothing may be left over: it would be taken for the next
// answer.
func (c *connection) finish(stop func() bool, keep bool) {
	if stop() && keep && c.reader.Buffered() == 0 {
		c.release(c)
		return
	}
	_ = c.Close()
}

// arrivedWhole says whether the body has come with the header, as most do: nothing is
// left to wait for. It is skipped, or kept where its kind reads it.
func (c *connection) arrivedWhole(response *http.Response) (body io.ReadCloser, whole bool) {
	if response.Body == http.NoBody {
		return http.NoBody, true
	}
	length := response.ContentLength
	if length < 0 || length > int64(c.reader.Buffered()) {
		return nil, false
	}
	if c.target.Value().reads == "" {
		_, err := c.reader.Discard(int(length))
		return http.NoBody, err == nil
	}
	content := make([]byte, length)
	_, err := io.ReadFull(c.reader, content)
	return io.NopCloser(bytes.NewReader(content)), err == nil
}

// ask gives the answer, and whether the connection may be kept after it.
func (c *connection) ask(r *http.Request, request []byte, patience *patience) (response *http.Response, keep bool, err error) {
	c.head.start()
	defer c.head.stop()
	if _, err := c.Write(request); err != nil {
		return nil, false, err
	}
	patience.sent()
	for {
		// What is read of a body is read by probe, which closes it.
		response, err = http.ReadResponse(c.reader, r)
		if err != nil {
			return nil, false, err
		}
		// Interim answers announce the one that counts (RFC 9110, section 15.2).
		if response.StatusCode >= http.StatusOK || response.StatusCode == http.StatusSwitchingProtocols {
			break
		}
	}
	head := c.head.seen[:len(c.head.seen)-c.reader.Buffered()]
	return response, response.StatusCode >= http.StatusOK && !response.Close && framedOnce(head, response.ProtoAtLeast(1, 1)), nil
}

// answered says whether anything has come back for the last request.
func (c *connection) answered() bool { return c.head.read > 0 }

// silent says whether nothing has come over an idle connection. Only what is
// sent after that can be mistaken for the next answer.
func (c *connection) silent() bool {
	if c.raw == c.Conn {
		return c.peeker.nothingArrived()
	}
	// With a deadline in the past a read gives what TLS has already taken off
	// the network, and asks the network for nothing.
	if c.SetReadDeadline(longAgo()) != nil {
		return false
	}
	if _, err := c.reader.Peek(1); !errors.Is(err, os.ErrDeadlineExceeded) {
		return false
	}
	return c.SetReadDeadline(time.Time{}) == nil && c.peeker.nothingArrived()
}

func longAgo() time.Time { return time.Unix(1, 0) }

// framedOnce says whether the header says no more than once where the body
// ends. Recipients disagree about a message with Transfer-Encoding and
// Content-Length, or with the former in HTTP/1.0: the connection has to be
// closed after it (RFC 9112, sections 6.1 and 6.3).
func framedOnce(head []byte, chunkedAllowed bool) bool {
	lengths := 0
	for line := range bytes.Lines(head) {
		name, _, _ := bytes.Cut(line, []byte(":"))
		switch strings.ToLower(string(bytes.TrimSpace(name))) {
		case "content-length":
			lengths++
		case "transfer-encoding":
			if lengths++; !chunkedAllowed {
				return false
			}
		}
	}
	return lengths <= 1
}

// answerBody ends the exchange when its reader has come to the end, or has given up.
// It has one reader at a time.
type answerBody struct {
	body       io.Reader
	connection *connection
	stop       func() bool
	keep       bool
}

// finish is done once: after that the connection may be another answer's.
func (b *answerBody) finish(complete bool) {
	if c := b.connection; c != nil {
		b.connection = nil
		c.finish(b.stop, b.keep && complete)
	}
}

// Read implements io.Reader.
func (b *answerBody) Read(p []byte) (int, error) {
	n, err := b.body.Read(p)
	if err != nil {
		b.finish(errors.Is(err, io.EOF))
	}
	return n, err
}

// Close implements io.Closer. It reads no rest of a body, as long as that may be.
func (b *answerBody) Close() error {
	b.finish(false)
	return nil
}

var errHeaderTooLong = errors.New("the header of the answer is longer than 16 KiB")

// headRecorder reads from a connection and keeps what it read until the header
// of the answer is complete, which http.ReadResponse does not show as it was
// sent. It bounds that header, interim answers included.
type headRecorder struct {
	conn      net.Conn
	recording bool
	seen      []byte
	// read counts bytes since start.
	read int
}

// Read implements io.Reader.
func (h *headRecorder) Read(p []byte) (int, error) {
	if h.recording && len(h.seen) >= maxResponseHeader {
		return 0, errHeaderTooLong
	}
	n, err := h.conn.Read(p)
	h.read += n
	if h.recording {
		h.seen = append(h.seen, p[:n]...)
	}
	return n, err
}

func (h *headRecorder) start() { h.recording, h.seen, h.read = true, h.seen[:0], 0 }
func (h *headRecorder) stop()  { h.recording = false }
