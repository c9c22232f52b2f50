package api

import (
	"testing"

	"github.com/maas-kinds/maas/conformance/testenv"
)

// names is a DNS server.
type names struct{ *testenv.DNS }

func startDNS(t testing.TB) *names {
	t.Helper()
	return &names{testenv.StartDNS(t)}
}

// set gives a name its answers, one list of addresses a turn.
func (n *names) set(name string, answers ...[]string) { n.Set(name, answers...) }
