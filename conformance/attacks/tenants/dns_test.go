package tenants_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/conformance/attacks/isolate"
	"github.com/maas-kinds/maas/conformance/testenv"
)

const clusterDomain = ".svc.cluster.local."

// clusterDNS answers as CoreDNS does (its kubernetes plugin): a Service by its
// cluster address, a headless one by its EndpointSlices, an ExternalName by a
// CNAME. All other names are outside, and have the address that is set.
type clusterDNS struct {
	reader client.Reader
	mu     sync.Mutex
	// outside are addresses by name, with the final dot.
	outside map[string]netip.Addr
	// instead are answers for names inside, given before any Service is looked at;
	// they take turns, and the last one stays.
	instead map[string][]netip.Addr
}

func startDNS(t *testing.T, reader client.Reader) *clusterDNS {
	t.Helper()
	connection, err := new(net.ListenConfig).ListenPacket(t.Context(), "udp", isolate.Nameserver+":53")
	if err != nil {
		t.Fatal(err)
	}
	d := &clusterDNS{reader: reader, outside: map[string]netip.Addr{}, instead: map[string][]netip.Addr{}}
	var answering sync.WaitGroup
	answering.Go(func() {
		buffer := make([]byte, 1500)
		for {
			size, from, err := connection.ReadFrom(buffer)
			if errors.Is(err, net.ErrClosed) {
				return
			}
			query := append([]byte(nil), buffer[:size]...)
			answering.Go(func() {
				if reply, err := d.answer(context.WithoutCancel(t.Context()), query); err == nil {
					_, _ = connection.WriteTo(reply, from)
				}
			})
		}
	})
	t.Cleanup(func() {
		_ = connection.Close()
		answering.Wait()
	})
	return d
}

func (d *clusterDNS) answer(ctx context.Context, query []byte) ([]byte, error) {
	message, question, err := testenv.DNSReply(query)
	if err != nil {
		return nil, err
	}
	addresses, alias := d.lookUp(ctx, strings.ToLower(question.Name.String()), question.Type)
	owner := question.Name
	if alias != "" {
		target, err := dnsmessage.NewName(alias)
		if err != nil {
			return nil, err
		}
		message.Answers = append(message.Answers, dnsmessage.Resource{
			Header: dnsmessage.ResourceHeader{Name: owner, Class: dnsmessage.ClassINET}, Body: &dnsmessage.CNAMEResource{CNAME: target}})
		owner = target
	}
	if len(addresses) == 0 && alias == "" {
		message.RCode = dnsmessage.RCodeNameError
	}
	message.Answers = append(message.Answers, testenv.DNSRecords(owner, question.Type, addresses)...)
	return message.Pack()
}

// lookUp gives a name's addresses, and the name that it is an alias of.
func (d *clusterDNS) lookUp(ctx context.Context, name string, asked dnsmessage.Type) (addresses []netip.Addr, alias string) {
	d.mu.Lock()
	turns, given := d.instead[name]
	if given {
		addresses = turns[:1]
		if len(turns) > 1 && asked == dnsmessage.TypeA { // a look-up asks for both types
			d.instead[name] = turns[1:]
		}
	}
	outside, known := d.outside[name]
	d.mu.Unlock()
	switch {
	case given:
		return addresses, ""
	case known:
		return []netip.Addr{outside}, ""
	}
	labels := strings.Split(strings.TrimSuffix(name, clusterDomain), ".")
	if !strings.HasSuffix(name, clusterDomain) || len(labels) != 2 {
		return nil, ""
	}
	service := &corev1.Service{}
	if err := d.reader.Get(ctx, client.ObjectKey{Namespace: labels[1], Name: labels[0]}, service); err != nil {
		return nil, ""
	}
	switch {
	case service.Spec.Type == corev1.ServiceTypeExternalName:
		target := strings.TrimSuffix(service.Spec.ExternalName, ".") + "."
		addresses, _ = d.lookUp(ctx, target, asked)
		if address, err := netip.ParseAddr(service.Spec.ExternalName); err == nil {
			addresses = []netip.Addr{address} // some resolvers take such a name for the address
		}
		return addresses, target
	case service.Spec.ClusterIP != corev1.ClusterIPNone:
		address, err := netip.ParseAddr(service.Spec.ClusterIP)
		if err != nil {
			return nil, ""
		}
		return []netip.Addr{address}, ""
	}
	return d.endpoints(ctx, service), ""
}

func (d *clusterDNS) endpoints(ctx context.Context, service *corev1.Service) (addresses []netip.Addr) {
	var slices discoveryv1.EndpointSliceList
	if err := d.reader.List(ctx, &slices, client.InNamespace(service.Namespace), client.MatchingLabels{discoveryv1.LabelServiceName: service.Name}); err != nil {
		return nil
	}
	for _, slice := range slices.Items {
		for _, endpoint := range slice.Endpoints {
			for _, text := range endpoint.Addresses {
				if address, err := netip.ParseAddr(text); err == nil {
					addresses = append(addresses, address)
				}
			}
		}
	}
	return addresses
}

func (d *clusterDNS) setOutside(name, address string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.outside[name+"."] = netip.MustParseAddr(address)
}

// setInstead takes a name with its final dot.
func (d *clusterDNS) setInstead(name string, turns ...string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, turn := range turns {
		d.instead[name] = append(d.instead[name], netip.MustParseAddr(turn))
	}
}
