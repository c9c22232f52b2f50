package api

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// names is a DNS server. Each name has answers that take turns; the last one
// stays.
type names struct {
	*net.Resolver
	mu      sync.Mutex
	answers map[string][][]netip.Addr
}

func startDNS(t testing.TB) *names {
	t.Helper()
	connection, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n := &names{answers: map[string][][]netip.Addr{}}
	n.Resolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", connection.LocalAddr().String())
	}}
	done := make(chan struct{})
	go func() {
		defer close(done)
		buffer := make([]byte, 1500)
		for {
			size, from, err := connection.ReadFrom(buffer)
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if reply, err := n.answer(buffer[:size]); err == nil {
				_, _ = connection.WriteTo(reply, from)
			}
		}
	}()
	t.Cleanup(func() {
		_ = connection.Close()
		<-done
	})
	return n
}

// set gives a name its answers, one list of addresses a turn.
func (n *names) set(name string, answers ...[]string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.answers[name+"."] = nil
	for _, answer := range answers {
		var addresses []netip.Addr
		for _, address := range answer {
			addresses = append(addresses, netip.MustParseAddr(address))
		}
		n.answers[name+"."] = append(n.answers[name+"."], addresses)
	}
}

func (n *names) answer(query []byte) ([]byte, error) {
	var parser dnsmessage.Parser
	head, err := parser.Start(query)
	if err != nil {
		return nil, err
	}
	question, err := parser.Question()
	if err != nil {
		return nil, err
	}
	message := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: head.ID, Response: true, Authoritative: true, RCode: dnsmessage.RCodeSuccess},
		Questions: []dnsmessage.Question{question},
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	turns, known := n.answers[question.Name.String()]
	if !known {
		message.RCode = dnsmessage.RCodeNameError
		return message.Pack()
	}
	for _, address := range turns[0] {
		record := dnsmessage.Resource{Header: dnsmessage.ResourceHeader{Name: question.Name, Class: dnsmessage.ClassINET}}
		switch {
		case address.Is4() && question.Type == dnsmessage.TypeA:
			record.Body = &dnsmessage.AResource{A: address.As4()}
		case !address.Is4() && question.Type == dnsmessage.TypeAAAA:
			record.Body = &dnsmessage.AAAAResource{AAAA: address.As16()}
		default:
			continue
		}
		message.Answers = append(message.Answers, record)
	}
	// A lookup asks for both types at a time; one of them ends the turn.
	if question.Type == dnsmessage.TypeA && len(turns) > 1 {
		n.answers[question.Name.String()] = turns[1:]
	}
	return message.Pack()
}
