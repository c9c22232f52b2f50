package attacks

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// reply is an answer of the subject, read to its end. Status 0 means that there
// was none.
type reply struct {
	status int
	header http.Header
	body   string
	err    error
}

// session is a connection to the subject. What comes back over it is looked
// through for tokens at the end of the row.
type session struct {
	net.Conn
	reader *bufio.Reader
}

// dial connects to the subject, by TLS where it speaks that.
func (s *scene) dial(protocols ...string) (*session, error) {
	subject := s.start()
	connection, err := new(net.Dialer).DialContext(s.t.Context(), "tcp", subject.address)
	if err != nil {
		return nil, err
	}
	_ = connection.SetDeadline(time.Now().Add(patience))
	if subject.secure {
		connection = tls.Client(connection, &tls.Config{InsecureSkipVerify: true, NextProtos: protocols})
	}
	return s.listening(connection), nil
}

// listening has what comes over a connection looked through.
func (s *scene) listening(connection net.Conn) *session {
	r := &record{at: netip.AddrPort{}}
	s.mu.Lock()
	s.heard = append(s.heard, r)
	s.mu.Unlock()
	heard := &recorded{Conn: connection, record: r}
	return &session{Conn: heard, reader: bufio.NewReader(heard)}
}

// send writes text as it stands.
func (c *session) send(text string) error {
	_, err := io.WriteString(c, text)
	return err
}

// receive reads an answer to a request of the given method.
func (c *session) receive(method string) reply {
	response, err := http.ReadResponse(c.reader, &http.Request{Method: method})
	if err != nil {
		return reply{err: err}
	}
	body, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	return reply{status: response.StatusCode, header: response.Header, body: string(body), err: err}
}

// raw sends a request as it stands on a connection of its own, and gives the
// answers to it: two at most, which is one more than there may be.
func (s *scene) raw(text string, method string) []reply { return s.answers(text, method, 2) }

// answers are what comes back for text on a connection of its own, to the most.
func (s *scene) answers(text, method string, most int) []reply {
	c, err := s.dial()
	if err != nil {
		return nil
	}
	defer func() { _ = c.Close() }()
	if err := c.send(text); err != nil {
		return nil
	}
	var replies []reply
	for {
		r := c.receive(method)
		if r.status == 0 {
			return replies
		}
		replies = append(replies, r)
		if len(replies) == most || r.header.Get("Connection") == "close" {
			return replies
		}
	}
}

// request asks for a path as a caller, nil for nobody, with more header lines.
func (s *scene) request(method, path string, who *caller, lines ...string) reply {
	text := method + " " + path + " HTTP/1.1\r\nHost: maas.example.com\r\nConnection: close\r\n"
	if who != nil {
		text += "Authorization: " + who.authorization() + "\r\n"
	}
	for _, line := range lines {
		text += line + "\r\n"
	}
	replies := s.raw(text+"\r\n", method)
	if len(replies) != 1 {
		return reply{err: fmt.Errorf("%d answers", len(replies))}
	}
	return replies[0]
}

func (s *scene) get(path string, who *caller, lines ...string) reply {
	return s.request(http.MethodGet, path, who, lines...)
}

// list is what a caller is listed.
func (s *scene) list(who *caller, lines ...string) reply { return s.get("/v1/models", who, lines...) }

// expectListed waits until a caller is listed a model: a backend may have been
// at fault before.
func (s *scene) expectListed(who *caller, model string) {
	s.t.Helper()
	s.eventually(who.name+" is listed "+model, func() error {
		got := s.list(who)
		if got.status != http.StatusOK || !slices.Contains(got.ids(), model) {
			return fmt.Errorf("status %d, %s %w", got.status, got.body, got.err)
		}
		return nil
	})
}

// expectHidden asks twice for a list, and for the model itself: the model is in
// none of the answers.
func (s *scene) expectHidden(who *caller, model string) {
	s.t.Helper()
	for range 2 {
		if got := s.list(who); got.status == 0 || slices.Contains(got.ids(), model) {
			s.errorf("%s is listed %s: status %d, %s %v", who.name, model, got.status, got.body, got.err)
		}
	}
	if got := s.get("/v1/models/"+model, who); got.status == 0 || got.status == http.StatusOK || strings.Contains(got.body, `"id"`) {
		s.errorf("%s is shown %s: status %d, %s %v", who.name, model, got.status, got.body, got.err)
	}
}
