package attacks

import (
	"bufio"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"testing"
	"time"
)

// everywhere are the ports at which every address of the world is listened to.
func everywhere() []string {
	return []string{"53", "80", "443", "6443", "8000", "8080", "8443", "9000", "10250"}
}

// network is all addresses of the world. Whoever connects to one finds the party
// that was put there, or else a stranger, who lets everybody in and has a valid
// certificate for every name. All of them write down what they get.
type network struct {
	authority *authority
	running   sync.WaitGroup
	mu        sync.Mutex
	parties   map[netip.AddrPort]*party
	// strangers is what nobody's address was sent.
	strangers []*record
	open      map[net.Conn]struct{}
}

// party is somebody at an address.
type party struct {
	at netip.AddrPort
	// host is the name that leads there.
	host string
	// config makes the party speak TLS; nil for none.
	config *tls.Config
	serve  func(net.Conn)
	// closed parties may get no token at all.
	closed bool

	mu      sync.Mutex
	records []*record
}

func startNetwork(t *testing.T, a *authority) *network {
	n := &network{authority: a, parties: map[netip.AddrPort]*party{}, open: map[net.Conn]struct{}{}}
	var listeners []net.Listener
	for _, port := range everywhere() {
		listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", ":"+port)
		if err != nil {
			t.Fatal(err)
		}
		listeners = append(listeners, listener)
		n.running.Go(func() { n.accept(listener) })
	}
	t.Cleanup(func() {
		for _, listener := range listeners {
			_ = listener.Close()
		}
		n.mu.Lock()
		for connection := range n.open {
			_ = connection.Close()
		}
		n.mu.Unlock()
		n.running.Wait()
	})
	return n
}

func (n *network) accept(listener net.Listener) {
	for {
		connection, err := listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue
		}
		n.mu.Lock()
		n.open[connection] = struct{}{}
		n.mu.Unlock()
		n.running.Go(func() {
			defer func() {
				_ = connection.Close()
				n.mu.Lock()
				delete(n.open, connection)
				n.mu.Unlock()
			}()
			n.meet(connection)
		})
	}
}

// meet hands a connection to whoever is at its address.
func (n *network) meet(connection net.Conn) {
	at, err := netip.ParseAddrPort(connection.LocalAddr().String())
	if err != nil {
		return
	}
	at = netip.AddrPortFrom(at.Addr().Unmap(), at.Port())
	n.mu.Lock()
	p := n.parties[at]
	n.mu.Unlock()
	if p == nil {
		n.stranger(at, connection)
		return
	}
	if p.config != nil {
		secure := tls.Server(connection, p.config)
		_ = connection.SetDeadline(time.Now().Add(patience))
		if secure.Handshake() != nil { //nolint:noctx // it ends with the connection
			return
		}
		_ = connection.SetDeadline(time.Time{})
		connection = secure
	}
	r := &record{at: at}
	p.mu.Lock()
	p.records = append(p.records, r)
	p.mu.Unlock()
	p.serve(&recorded{Conn: connection, record: r})
}

// stranger answers at an address that nobody was put at.
func (n *network) stranger(at netip.AddrPort, connection net.Conn) {
	r := &record{at: at}
	n.mu.Lock()
	n.strangers = append(n.strangers, r)
	n.mu.Unlock()
	peeked := &recorded{Conn: connection, record: r}
	reader := bufio.NewReader(peeked)
	first, err := reader.Peek(1)
	if err != nil {
		return
	}
	var plain net.Conn = &buffered{Conn: peeked, reader: reader}
	if first[0] == handshakeRecord {
		secure := tls.Server(plain, n.authority.anyName())
		plain = &recorded{Conn: secure, record: r}
	}
	speaking(func(x *exchange) { x.status(http.StatusOK) })(plain)
}

// handshakeRecord is the first byte of every TLS connection (RFC 8446, 5.1).
const handshakeRecord = 22

// put puts a party at its address until the test ends.
func (n *network) put(t testing.TB, p *party) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.parties[p.at] != nil {
		t.Fatalf("%s is taken", p.at)
	}
	n.parties[p.at] = p
}

// remove leaves the address to strangers, and gives what the party got.
func (n *network) remove(p *party) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.parties, p.at)
}

// got is what the party was sent, a record a connection.
func (p *party) got() []*record {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]*record(nil), p.records...)
}
