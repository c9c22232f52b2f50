package api

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// A second request hides in each of these. It is answered only where the first
// ends without any doubt.
func TestOneRequestHasOneAnswer(t *testing.T) {
	const (
		hidden  = "GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n"
		refused = "refused" // 400 or 501, and the end
		once    = "once"    // answered, and the end
		twice   = "twice"   // two requests, two answers
	)
	get := func(lines ...string) string {
		return strings.Join(append([]string{"GET /healthz HTTP/1.1", "Host: x"}, lines...), "\r\n") + "\r\n\r\n"
	}
	post := func(lines ...string) string { return strings.Replace(get(lines...), "GET", "POST", 1) }
	chunked, none := "Transfer-Encoding: chunked", "0\r\n\r\n"
	length := func(body string) string { return fmt.Sprint("Content-Length: ", len(body)) }
	for name, test := range map[string]struct{ sent, want string }{
		"two requests": {get() + hidden, twice},
		"two requests with an empty line between":        {get() + "\r\n" + hidden, twice},
		"both lengths, the hidden one in Content-Length": {post(chunked, length(none+hidden)) + none + hidden, once},
		"both lengths, the other way round":              {post(length(none+hidden), chunked) + none + hidden, once},
		"both lengths that agree":                        {post(length(none), chunked) + none + hidden, once},
		"both lengths in a GET":                          {get(length(none), chunked) + none + hidden, once},
		"chunks alone":                                   {post(chunked) + none + hidden, once},
		"chunks with a trailer":                          {post(chunked) + "0\r\nX: " + "y\r\n\r\n" + hidden, once},
		"a length and a body":                            {post(length("ab")) + "ab" + hidden, once},
		"a body in a GET":                                {get(length(hidden)) + hidden, once},
		"both lengths in OPTIONS *":                      {strings.Replace(post(chunked, length(none+hidden)), "POST /healthz", "OPTIONS *", 1) + none + hidden, once},
		"chunks in HTTP/1.0":                             {strings.Replace(post(chunked, "Content-Length: 0", "Connection: keep-alive"), "HTTP/1.1", "HTTP/1.0", 1) + hidden, once},
		"HTTP/1.0 that would be kept":                    {strings.Replace(get("Connection: keep-alive"), "HTTP/1.1", "HTTP/1.0", 1) + hidden, once},
		"two lengths":                                    {post("Content-Length: 0", length(hidden)) + hidden, refused},
		"two lengths in one":                             {post("Content-Length: 0, "+length(hidden)[16:]) + hidden, refused},
		"a length with a sign":                           {post("Content-Length: +2") + "ab" + hidden, refused},
		"a negative length":                              {post("Content-Length: -1") + hidden, refused},
		"a length in hexadecimal":                        {post("Content-Length: 0x2") + "ab" + hidden, refused},
		"an empty length":                                {post("Content-Length:") + hidden, refused},
		"chunked twice":                                  {post(chunked, chunked) + none + hidden, refused},
		"chunked twice in one":                           {post("Transfer-Encoding: chunked, chunked") + none + hidden, refused},
		"a coding that there is not":                     {post("Transfer-Encoding: xchunked", length(none)) + none + hidden, refused},
		"chunked with a tab":                             {post("Transfer-Encoding: chunked\t;x", length(none)) + none + hidden, refused},
		"identity":                                       {post("Transfer-Encoding: identity", length(none)) + none + hidden, refused},
		"a space before the colon":                       {post("Transfer-Encoding : chunked", length(none)) + none + hidden, refused},
		"a space before the first name":                  {strings.Replace(get(), "Host", " Host", 1) + hidden, refused},
		"no host":                                        {strings.Replace(get(), "Host: x\r\n", "", 1) + hidden, refused},
		"two hosts":                                      {get("Host: y") + hidden, refused},
		"a NUL in a value":                               {get("X: a\x00b") + hidden, refused},
		"a bare CR in a value":                           {get("X: a\rTransfer-Encoding: chunked") + hidden, refused},
		"a coding on a folded line":                      {post("Transfer-Encoding:\r\n chunked", length(none)) + none + hidden, once},
		"a length on a folded line":                      {post("Content-Length:\r\n 2") + "ab" + hidden, once},
		"lines that end in LF alone":                     {strings.ReplaceAll(get(), "\r\n", "\n") + hidden, twice},
		"a coding behind LF alone":                       {strings.ReplaceAll(post(chunked, length(none)), "\r\n", "\n") + none + hidden, once},
		"another host in the request line":               {strings.Replace(get(), "GET /healthz", "GET http://other.test/healthz", 1) + hidden, twice},
		"a length over 2^63":                             {post("Content-Length: 9223372036854775808") + hidden, refused},
	} {
		t.Run(name, func(t *testing.T) {
			o := loopback()
			s := newService(t, nil, o)
			s.show(t)
			statuses := exchange(t, serveOn(t, s, o, false).address, test.sent)
			ok := map[string]bool{
				refused: len(statuses) == 1 && (statuses[0] == http.StatusBadRequest || statuses[0] == http.StatusNotImplemented),
				once:    len(statuses) == 1 && statuses[0] != http.StatusBadRequest,
				twice:   len(statuses) == 2,
			}
			if !ok[test.want] {
				t.Errorf("answered with %v, want it %s", statuses, test.want)
			}
		})
	}
}

// exchange sends bytes and then nothing, and gives the statuses of all answers.
func exchange(t *testing.T, address, sent string) (statuses []int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	connection, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = connection.Close() }()
	defer context.AfterFunc(ctx, func() { _ = connection.Close() })()
	if _, err := io.WriteString(connection, sent); err != nil {
		t.Fatal(err)
	}
	if tcp, ok := connection.(*net.TCPConn); ok {
		_ = tcp.CloseWrite()
	}
	reader := bufio.NewReader(connection)
	for {
		response, err := http.ReadResponse(reader, nil) //nolint:bodyclose // it is of the connection, which the test closes
		if err != nil {
			return statuses
		}
		if _, err := io.Copy(io.Discard, response.Body); err != nil {
			t.Errorf("after %v: %v", statuses, err)
		}
		statuses = append(statuses, response.StatusCode)
	}
}

func TestRequestsAtATime(t *testing.T) {
	arrived, answer := make(chan struct{}), make(chan struct{})
	slow := startBackend(t, func(http.ResponseWriter, *http.Request) {
		arrived <- struct{}{}
		<-answer
	})
	o := loopback()
	o.MaxRequests = 1
	s := startService(t, o, model("a/granite", slow.URL))
	first := make(chan reply, 1)
	go func() { first <- s.get(t, "/v1/models", "alice") }()
	<-arrived
	for path, want := range map[string]int{
		"/v1/models": 503, "/v1/models/granite": 503, "/openapi.json": 503, "/nothing": 503,
		"/healthz": 200, "/readyz": 200, // else a busy replica would be restarted
	} {
		got := s.get(t, path, "bob")
		if got.StatusCode != want {
			t.Errorf("%s: status %d, want %d", path, got.StatusCode, want)
		}
		if want == 503 && (got.code(t) != "overloaded" || got.Header.Get("Retry-After") != "1") {
			t.Errorf("%s: %v, %s", path, got.Header, got.body)
		}
	}
	close(answer)
	if got := <-first; got.StatusCode != http.StatusOK {
		t.Errorf("the first got %d, %s", got.StatusCode, got.body)
	}
	if got := s.get(t, "/v1/models", "alice"); got.StatusCode != http.StatusOK {
		t.Errorf("status %d when there is room again", got.StatusCode)
	}
}
