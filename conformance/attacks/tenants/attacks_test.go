package tenants_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"strings"
	"testing"

	eventsv1 "k8s.io/api/events/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/attacks/isolate"
)

// attack is one thing that a tenant tries. Each has its control in it: something
// harmless of the same form has to work, see expectKeptOut.
type attack struct {
	name string
	// why it would matter if it worked.
	why string
	// try does it as the tenant; token is the Authorization of somebody who lists.
	try func(n *tenant, token string)
}

// TestTenants tries everything against one installation. However an attack ends,
// no token may be where none may go.
func TestTenants(t *testing.T) {
	isolate.Require(t)
	w := newWorld(t)
	w.dns.setOutside("evil.example", outside)
	w.dns.setOutside("metadata.google.internal", "169.254.169.254")
	for _, attacks := range [][]attack{endpoints(), names(), answers(), rights(), turns(), ids(), crowds()} {
		for _, a := range attacks {
			t.Run(a.name, func(t *testing.T) {
				n := w.tenant(t)
				mark := "mark-" + rand.Text()
				a.try(n, "Bearer "+mark)
				w.expectKept(t, mark, a.why)
			})
		}
	}
}

// expectKept looks for a token everywhere it may not be.
func (w *world) expectKept(t *testing.T, mark, why string) {
	t.Helper()
	for _, found := range w.wire.astray() {
		t.Errorf("%s: %s", why, found)
	}
	for name, log := range w.logs {
		if strings.Contains(log.String(), mark) {
			t.Errorf("the log of %s has a token", name)
		}
	}
	for _, list := range []client.ObjectList{&v1alpha1.MaaSModelList{}, &eventsv1.EventList{}} {
		if err := w.env.Client.List(t.Context(), list); err != nil {
			t.Fatal(err)
		}
		stored, err := json.Marshal(list)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(stored, []byte(mark)) {
			t.Errorf("a %T of the cluster has a token", list)
		}
	}
}
