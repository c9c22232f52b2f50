package attacks

import (
	"encoding/binary"
	"io"
	"math"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/maas-kinds/maas/conformance/attacks/isolate"
	"github.com/maas-kinds/maas/conformance/testenv"
)

// names is the DNS server that the whole process asks. A name that nobody has
// set does not exist.
type names struct {
	mu    sync.Mutex
	zones map[string]*zone
	asked []string
}

// zone is what there is to say of one name.
type zone struct {
	// turns are answers that take turns, one a look-up; the last one stays.
	turns [][]netip.Addr
	// alias is the name whose addresses are the answer, by a CNAME record.
	alias string
	// silent leaves questions without an answer.
	silent bool
	// code is the answer's; records are not left out for it.
	code dnsmessage.RCode
}

// maxPacket is the longest answer over UDP that Go's resolver takes.
const maxPacket = 1232

func startNames(t testing.TB) *names {
	t.Helper()
	n := &names{zones: map[string]*zone{}}
	var listening net.ListenConfig
	packets, err := listening.ListenPacket(t.Context(), "udp", net.JoinHostPort(isolate.Nameserver, "53"))
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() {
		testenv.ServeDNSPackets(packets, func(query []byte) ([]byte, error) { return n.answer(query, maxPacket) })
	})
	t.Cleanup(func() {
		_ = packets.Close()
		serving.Wait()
	})
	return n
}

// serve answers the one question of a connection, which comes behind its length
// (RFC 1035, 4.2.2).
func (n *names) serve(connection net.Conn) {
	var size uint16
	if binary.Read(connection, binary.BigEndian, &size) != nil {
		return
	}
	query := make([]byte, size)
	if _, err := io.ReadFull(connection, query); err != nil {
		return
	}
	if reply, err := n.answer(query, math.MaxUint16); err == nil && reply != nil {
		_, _ = connection.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(reply))), reply...))
	}
}

// set says what a name's answers are.
func (n *names) set(name string, z *zone) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.zones[strings.ToLower(name)+"."] = z
}

// questions are all names that were asked for.
func (n *names) questions() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return strings.Join(n.asked, "\n")
}

func (n *names) answer(query []byte, limit int) ([]byte, error) {
	message, question, err := testenv.DNSReply(query)
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.asked = append(n.asked, question.Name.String())
	owner, z := question.Name, n.zones[strings.ToLower(question.Name.String())]
	for hops := 0; z != nil && z.alias != "" && hops < 8; hops++ { // as CoreDNS does for an ExternalName
		target, err := dnsmessage.NewName(z.alias + ".")
		if err != nil {
			return nil, err
		}
		message.Answers = append(message.Answers, dnsmessage.Resource{
			Header: dnsmessage.ResourceHeader{Name: owner, Class: dnsmessage.ClassINET}, Body: &dnsmessage.CNAMEResource{CNAME: target}})
		owner, z = target, n.zones[strings.ToLower(z.alias)+"."]
	}
	switch {
	case z == nil:
		message.RCode = dnsmessage.RCodeNameError
	case z.silent:
		return nil, nil
	default:
		message.RCode = z.code
		message.Answers = append(message.Answers, z.records(owner, question.Type)...)
	}
	reply, err := message.Pack()
	if err == nil && len(reply) > limit {
		message.Truncated, message.Answers = true, nil
		return message.Pack()
	}
	if z != nil && len(z.turns) > 1 && question.Type == dnsmessage.TypeA { // a look-up asks for both types
		z.turns = z.turns[1:]
	}
	return reply, err
}

func (z *zone) records(owner dnsmessage.Name, asked dnsmessage.Type) []dnsmessage.Resource {
	if len(z.turns) == 0 {
		return nil
	}
	return testenv.DNSRecords(owner, asked, z.turns[0])
}
