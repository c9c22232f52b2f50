package testenv

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"net"
	"net/netip"
	"sync"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// DNS is a DNS server on loopback. Each name has answers that take turns; the
// last one stays. A name without answers does not exist.
type DNS struct {
	// Resolver asks this server and no other.
	*net.Resolver
	mu      sync.Mutex
	answers map[string][][]netip.Addr
	asked   map[string]int
}

// maxPacket is the longest reply over UDP that Go's resolver takes; a longer one
// is asked for again over TCP.
const maxPacket = 1232

// StartDNS starts a DNS server for one test.
func StartDNS(t testing.TB) *DNS {
	t.Helper()
	var listening net.ListenConfig
	stream, err := listening.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := stream.Addr().String()
	packets, err := listening.ListenPacket(t.Context(), "udp", address)
	if err != nil {
		t.Fatal(err)
	}
	d := &DNS{answers: map[string][][]netip.Addr{}, asked: map[string]int{}}
	d.Resolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}}
	var serving sync.WaitGroup
	serving.Go(func() {
		ServeDNSPackets(packets, func(query []byte) ([]byte, error) { return d.answer(query, maxPacket) })
	})
	serving.Go(func() { d.serveStream(stream) })
	t.Cleanup(func() {
		_ = packets.Close()
		_ = stream.Close()
		serving.Wait()
	})
	return d
}

// ServeDNSPackets answers queries one after the other until the connection is closed. A
// query with an error, or a nil reply, stays without an answer.
func ServeDNSPackets(connection net.PacketConn, answer func(query []byte) ([]byte, error)) {
	buffer := make([]byte, maxPacket)
	for {
		size, from, err := connection.ReadFrom(buffer)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if reply, err := answer(buffer[:size]); err == nil && reply != nil {
			_, _ = connection.WriteTo(reply, from)
		}
	}
}

// serveStream answers the one question of each connection, which is behind its
// length (RFC 1035, 4.2.2).
func (d *DNS) serveStream(listener net.Listener) {
	for {
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		var size uint16
		if binary.Read(connection, binary.BigEndian, &size) == nil {
			query := make([]byte, size)
			if _, err := io.ReadFull(connection, query); err == nil {
				if reply, err := d.answer(query, math.MaxUint16); err == nil {
					_, _ = connection.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(reply))), reply...)) //nolint:gosec // no reply is longer
				}
			}
		}
		_ = connection.Close()
	}
}

// Set gives a name its answers, one list of addresses a turn. The name has no
// final dot.
func (d *DNS) Set(name string, answers ...[]string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.answers[name+"."] = nil
	for _, answer := range answers {
		var addresses []netip.Addr
		for _, address := range answer {
			addresses = append(addresses, netip.MustParseAddr(address))
		}
		d.answers[name+"."] = append(d.answers[name+"."], addresses)
	}
}

// Asked is how often a name's IPv4 addresses were asked for.
func (d *DNS) Asked(name string) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.asked[name+"."]
}

// answer is the reply to a query. One that is longer than limit says so, and
// has no addresses.
func (d *DNS) answer(query []byte, limit int) ([]byte, error) {
	message, question, err := DNSReply(query)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	name := question.Name.String()
	turns := d.answers[name]
	if len(turns) > 0 {
		message.Answers = DNSRecords(question.Name, question.Type, turns[0])
	} else {
		message.RCode = dnsmessage.RCodeNameError
	}
	reply, err := message.Pack()
	if err == nil && len(reply) > limit {
		message.Truncated, message.Answers = true, nil
		return message.Pack()
	}
	if question.Type == dnsmessage.TypeA {
		d.asked[name]++
		// A lookup asks for both types at a time; one of them ends the turn.
		if len(turns) > 1 {
			d.answers[name] = turns[1:]
		}
	}
	return reply, err
}

// DNSReply begins the reply to a query: it has the question, and no answer yet.
func DNSReply(query []byte) (dnsmessage.Message, dnsmessage.Question, error) {
	var parser dnsmessage.Parser
	head, err := parser.Start(query)
	if err != nil {
		return dnsmessage.Message{}, dnsmessage.Question{}, err
	}
	question, err := parser.Question()
	return dnsmessage.Message{
		Header:    dnsmessage.Header{ID: head.ID, Response: true, Authoritative: true},
		Questions: []dnsmessage.Question{question},
	}, question, err
}

// DNSRecords are those of the addresses that are of the type that was asked for.
func DNSRecords(owner dnsmessage.Name, asked dnsmessage.Type, addresses []netip.Addr) []dnsmessage.Resource {
	var found []dnsmessage.Resource
	for _, address := range addresses {
		record := dnsmessage.Resource{Header: dnsmessage.ResourceHeader{Name: owner, Class: dnsmessage.ClassINET}}
		switch {
		case address.Is4() && asked == dnsmessage.TypeA:
			record.Body = &dnsmessage.AResource{A: address.As4()}
		case !address.Is4() && asked == dnsmessage.TypeAAAA:
			record.Body = &dnsmessage.AAAAResource{AAAA: address.As16()}
		default:
			continue
		}
		found = append(found, record)
	}
	return found
}
