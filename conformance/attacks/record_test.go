package attacks

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"net/netip"
	"sync"
)

// record is what came over one connection, TLS taken off.
type record struct {
	at netip.AddrPort
	mu sync.Mutex
	// sent is what the other end has sent.
	sent bytes.Buffer
}

// maxRecord bounds what is kept of one connection.
const maxRecord = 4 << 20

func (r *record) add(p []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.sent.Len() < maxRecord {
		r.sent.Write(p)
	}
}

func (r *record) bytes() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	return bytes.Clone(r.sent.Bytes())
}

func (r *record) String() string { return fmt.Sprintf("%s got %q", r.at, r.bytes()) }

// recorded is a connection that writes down what is read from it.
type recorded struct {
	net.Conn
	record *record
}

// Read implements net.Conn.
func (c *recorded) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.record.add(p[:n])
	return n, err
}

// buffered is a connection of which something was read ahead.
type buffered struct {
	net.Conn
	reader *bufio.Reader
}

// Read implements net.Conn.
func (c *buffered) Read(p []byte) (int, error) { return c.reader.Read(p) }
