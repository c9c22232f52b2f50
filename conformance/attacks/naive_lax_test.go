package attacks

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// serveLax is a front that reads requests as it likes: it takes Content-Length
// where there is Transfer-Encoding as well, the last of several lengths, any
// line end, and passes what follows on as a request of its own.
func (n *naive) serveLax(listener net.Listener, backend string) {
	var serving sync.WaitGroup
	defer serving.Wait()
	for {
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		serving.Go(func() {
			defer func() { _ = connection.Close() }()
			reader := bufio.NewReader(connection)
			for n.passOn(reader, connection, backend) {
				continue
			}
		})
	}
}

func (n *naive) passOn(reader *bufio.Reader, to net.Conn, backend string) bool {
	head := ""
	length, last := 0, false
	for {
		line, err := reader.ReadString('\n')
		if err != nil {
			return false
		}
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			break
		}
		name, value, found := strings.Cut(line, ":")
		name = strings.ToLower(strings.TrimSpace(name))
		switch {
		case name == "content-length":
			length, _ = strconv.Atoi(strings.Trim(strings.TrimSpace(value), "+-"))
		case name == "transfer-encoding":
			continue
		case name == "connection":
			last = strings.Contains(value, "close")
		case found || head == "":
			head += line + "\r\n"
		}
	}
	_, _ = io.CopyN(io.Discard, reader, int64(max(0, length)))
	behind, err := new(net.Dialer).DialContext(n.t.Context(), "tcp", backend)
	if err != nil {
		return false
	}
	defer func() { _ = behind.Close() }()
	_, _ = fmt.Fprintf(behind, "%sConnection: close\r\n\r\n", head)
	response, err := http.ReadResponse(bufio.NewReader(behind), nil)
	if err != nil {
		return false
	}
	defer func() { _ = response.Body.Close() }()
	response.Close = last
	return response.Write(to) == nil && !last
}
