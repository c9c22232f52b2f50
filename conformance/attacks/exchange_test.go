package attacks

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
)

// exchange is one request to a party, which answers it with whatever bytes it
// likes.
type exchange struct {
	conn    net.Conn
	request *http.Request
	// turn counts the requests of the connection, from 1.
	turn int
}

// speaking reads requests and has each answered, until the connection ends.
func speaking(answer func(x *exchange)) func(net.Conn) {
	return func(connection net.Conn) {
		reader := bufio.NewReader(connection)
		for turn := 1; ; turn++ {
			request, err := http.ReadRequest(reader)
			if err != nil {
				return
			}
			answer(&exchange{conn: connection, request: request, turn: turn})
			if request.Close {
				return
			}
		}
	}
}

// write sends text as it stands, and says whether the other end still takes it.
func (x *exchange) write(format string, args ...any) bool {
	_, err := fmt.Fprintf(x.conn, format, args...)
	return err == nil
}

// status is a plain answer, after which the connection can be used again.
func (x *exchange) status(code int) {
	const body = `{"object":"list","data":[]}`
	x.write("HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", code, http.StatusText(code), len(body), body)
}

// raw sends an answer as a row has written it down, {TOKEN} standing for the
// credentials that came with the request, and ends the connection.
func (x *exchange) raw(text string) {
	x.write("%s", strings.ReplaceAll(text, "{TOKEN}", x.authorization()))
	_ = x.conn.Close()
}

func (x *exchange) authorization() string { return x.request.Header.Get("Authorization") }
