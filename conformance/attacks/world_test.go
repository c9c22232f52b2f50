package attacks

import (
	"crypto/rand"
	"net"
	"net/netip"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/maas-kinds/maas/engine/registry"

	corev1 "k8s.io/api/core/v1"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/maas-kinds/maas/conformance/attacks/isolate"
	"github.com/maas-kinds/maas/conformance/testenv"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/kinds"
)

// patience is how long a row waits for what should take a moment.
const patience = 30 * time.Second

// podNetwork is what the cluster's node gives its Pods addresses from.
const podNetwork = "10.244.0.0/16"

// world is what the rows have in common: a real API server, the network, DNS.
type world struct {
	env       *testenv.Env
	network   *network
	names     *names
	authority *authority
	kinds     *kind.Live
	// prefix begins every mark of the run.
	prefix string
	// services counts the addresses of Services that were given out.
	services atomic.Uint32
}

// newWorld makes the world of one test function; there is one at a time.
func newWorld(t *testing.T) *world {
	t.Helper()
	set, err := registry.Load(registry.Source{FS: kinds.FS})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{env: server.Env(t), names: startNames(t), kinds: kind.NewLive(set), prefix: "mark" + rand.Text()[:8]}
	w.authority = readAuthority(t, os.Getenv(authorityDir))
	w.network = startNetwork(t, w.authority)
	w.network.put(t, &party{at: netip.MustParseAddrPort(net.JoinHostPort(isolate.Nameserver, "53")), serve: w.names.serve})
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{GenerateName: "node-"}, Spec: corev1.NodeSpec{PodCIDR: podNetwork, PodCIDRs: []string{podNetwork}}}
	if err := w.env.Client.Create(t.Context(), node); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.expectNothingAstray(t) })
	return w
}

// service is the address of a Service that nobody else has.
func (w *world) service() netip.Addr {
	n := w.services.Add(1) + 1<<8 // the first addresses are the cluster's own
	return netip.AddrFrom4([4]byte{10, 96 + byte(n>>16)%16, byte(n >> 8), byte(n)})
}
