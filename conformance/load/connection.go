package load

import (
	"bufio"
	"bytes"
	"context"
	"net"
	"net/http"
	"strconv"
	"time"
)

// replyWithin is how long an API may take for a reply.
const replyWithin = 30 * time.Second

// connection is one caller's, which is kept. It costs little: it runs on the
// cores that are measured.
type connection struct {
	address string
	// query of what is asked, with its question mark; none for the whole list.
	query  string
	conn   net.Conn
	reader *bufio.Reader
	body   bytes.Buffer
}

// reply is what a list was answered with. The body is valid until the next one.
type reply struct {
	status int
	// marked is set where the list says that it has gaps.
	marked     bool
	retryAfter time.Duration
	body       []byte
}

// list asks for the models of a token's.
func (c *connection) list(ctx context.Context, token string) (reply, error) {
	r, err := c.exchange(ctx, token)
	if err != nil {
		c.close()
	}
	return r, err
}

func (c *connection) exchange(ctx context.Context, token string) (reply, error) {
	if c.conn == nil {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", c.address)
		if err != nil {
			return reply{}, err
		}
		c.conn, c.reader = conn, bufio.NewReaderSize(conn, 64<<10)
	}
	if err := c.conn.SetDeadline(time.Now().Add(replyWithin)); err != nil {
		return reply{}, err
	}
	conn := c.conn // another goroutine may end it while this one closes it
	defer context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })()
	if _, err := conn.Write([]byte("GET /v1/models" + c.query + " HTTP/1.1\r\nHost: " + c.address + "\r\nAuthorization: Bearer " + token + "\r\n\r\n")); err != nil {
		return reply{}, err
	}
	response, err := http.ReadResponse(c.reader, nil)
	if err != nil {
		return reply{}, err
	}
	defer response.Body.Close()
	c.body.Reset()
	if _, err := c.body.ReadFrom(response.Body); err != nil {
		return reply{}, err
	}
	if response.Close {
		c.close()
	}
	seconds, _ := strconv.Atoi(response.Header.Get("Retry-After"))
	return reply{
		status: response.StatusCode, marked: response.Header.Get("X-Models-Incomplete") != "",
		retryAfter: time.Duration(seconds) * time.Second, body: c.body.Bytes(),
	}, nil
}

func (c *connection) close() {
	if c.conn != nil {
		_ = c.conn.Close()
		c.conn = nil
	}
}
