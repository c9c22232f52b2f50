package endtoend_test

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/maas-kinds/maas/conformance/attacks/isolate"
	"github.com/maas-kinds/maas/conformance/testenv"
)

const clusterDomain = ".svc.cluster.local"

// names is the one resolver: a Service's name has an address among those of
// Services, any other host one outside, each its own.
type names struct {
	mu    sync.Mutex
	known map[string]netip.Addr
}

func startNames(t *testing.T) *names {
	t.Helper()
	connection, err := new(net.ListenConfig).ListenPacket(t.Context(), "udp", net.JoinHostPort(isolate.Nameserver, "53"))
	if err != nil {
		t.Fatal(err)
	}
	n := &names{known: map[string]netip.Addr{}}
	var answering sync.WaitGroup
	answering.Go(func() { testenv.ServeDNSPackets(connection, n.answer) })
	t.Cleanup(func() {
		_ = connection.Close()
		answering.Wait()
	})
	return n
}

// answer knows no host that no endpoint has, such as one that a search path makes.
func (n *names) answer(query []byte) ([]byte, error) {
	message, question, err := testenv.DNSReply(query)
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	address, ok := n.known[canonical(question.Name.String())]
	n.mu.Unlock()
	if !ok {
		message.RCode = dnsmessage.RCodeNameError
	} else {
		message.Answers = testenv.DNSRecords(question.Name, question.Type, []netip.Addr{address})
	}
	return message.Pack()
}

// canonical is a host in lower case, without a final dot, and in full if it is a
// Service's.
func canonical(host string) string {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if name, ok := strings.CutSuffix(host, ".svc"); ok {
		return name + clusterDomain
	}
	return host
}

// inside says whether a host is the name of a Service.
func inside(host string) bool { return strings.HasSuffix(canonical(host), clusterDomain) }

// address gives a host its address: one that it is, or the next.
func (n *names) address(host string) netip.Addr {
	if literal, err := netip.ParseAddr(host); err == nil {
		return literal
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	name := canonical(host)
	if _, ok := n.known[name]; !ok {
		network := "198.51.100.%d"
		if inside(host) {
			network = "10.98.7.%d" // of the network that testenv's API server gives Services
		}
		n.known[name] = netip.MustParseAddr(fmt.Sprintf(network, len(n.known)+1))
	}
	return n.known[name]
}
