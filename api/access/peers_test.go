package access

import (
	"fmt"
	"net/http"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// byPeer are limits that let an address have what ten whole lists cost at once, and
// no more.
func byPeer() Limits {
	limits := DefaultLimits()
	limits.ByPeer, limits.PeerRate, limits.PeerBurst = true, 1, 1
	return limits
}

func callerAt(t *testing.T, token, address string) *Caller {
	t.Helper()
	who := caller(t, token)
	if address != "" {
		who.CallsFrom(netip.MustParseAddr(address))
	}
	return who
}

// Callers with made-up tokens have one bucket an address between them.
func TestStrangersShareTheBucketOfTheirAddress(t *testing.T) {
	const burst = peerLists
	for name, test := range map[string]struct {
		limits Limits
		// address of the n-th caller.
		address func(n int) string
		// most are listed.
		most int
	}{
		"one address":                  {byPeer(), func(int) string { return "203.0.113.9" }, burst},
		"the same, mapped into IPv6":   {byPeer(), func(n int) string { return []string{"203.0.113.9", "::ffff:203.0.113.9"}[n%2] }, burst},
		"addresses of one /64":         {byPeer(), func(n int) string { return fmt.Sprintf("2001:db8::%x", n+1) }, burst},
		"a zone is no other address":   {byPeer(), func(n int) string { return fmt.Sprintf("fe80::1%%eth%d", n) }, burst},
		"addresses of many /64":        {byPeer(), func(n int) string { return fmt.Sprintf("2001:db8:0:%x::1", n) }, 3 * burst},
		"many addresses":               {byPeer(), func(n int) string { return fmt.Sprintf("203.0.113.%d", n) }, 3 * burst},
		"an address that is not known": {byPeer(), func(int) string { return "" }, 3 * burst},
		"no bound by address":          {DefaultLimits(), func(int) string { return "203.0.113.9" }, 3 * burst},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, n := newTestChecker(t, test.limits)
				defer c.Close()
				c.SetEndpoints(2)
				targets := models(t, c, n, "llm", 2, replies(http.StatusUnauthorized))
				listed := 0
				for i := range 3 * burst {
					summary := c.Check(t.Context(), callerAt(t, fmt.Sprint("made up ", i), test.address(i)), targets, make([]Decision, 2))
					switch {
					case summary.Decided == 2 && summary.RetryAfter == 0:
						listed++
					// Two probes, at two a second: the list costs what is there after a second.
					case !summary.ByPeer || summary.RetryAfter != time.Second || summary.Decided > 0:
						t.Errorf("%+v", summary)
					}
				}
				if listed != test.most {
					t.Errorf("%d lists were asked, want %d", listed, test.most)
				}
				if got := n.count(targets[0].url.Host); got != test.most {
					t.Errorf("%d probes of one model, want %d", got, test.most)
				}
				pass(time.Second)
				if got := c.checkOne(t.Context(), callerAt(t, "next", test.address(0)), targets[0]); got != Denied {
					t.Errorf("a second later the verdict is %d", got)
				}
			})
		})
	}
}

// Whoever a backend has let in is held back by nobody else at the address, and for
// ten minutes counts against nobody.
func TestKnownCallersAreNotBoundByAddress(t *testing.T) {
	const address = "203.0.113.9"
	for name, ttl := range map[string]time.Duration{"verdicts are remembered": DefaultLimits().VerdictTTL, "nothing is remembered": 0, "for longer than she is known": 2 * admittedFor} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				limits := byPeer()
				limits.VerdictTTL = ttl
				c, n := newTestChecker(t, limits)
				defer c.Close()
				c.SetEndpoints(2)
				hers, others := models(t, c, n, "hers", 1, replies(http.StatusOK))[0], models(t, c, n, "others", 1, replies(http.StatusUnauthorized))[0]
				alice := callerAt(t, "alice", address)
				if got := c.checkOne(t.Context(), alice, hers); got != Allowed {
					t.Fatalf("verdict %d", got)
				}
				spend := func() {
					for i := 0; ; i++ {
						if got := c.checkOne(t.Context(), callerAt(t, fmt.Sprint("made up ", i), address), others); got == PeerThrottled {
							return
						} else if got != Denied || i > 2*peerLists {
							t.Fatalf("verdict %d on the token made up as number %d", got, i)
						}
					}
				}
				for range 6 {
					spend()
					if got := c.checkOne(t.Context(), alice, others); got != Denied {
						t.Errorf("verdict %d on another model", got)
					}
					if got := c.checkOne(t.Context(), alice, hers); got != Allowed {
						t.Errorf("verdict %d on the model that let her in", got)
					}
					pass(2*time.Minute - time.Second)
				}
				pass(admittedFor + ttl)
				spend()
				if got := c.checkOne(t.Context(), alice, others); got != PeerThrottled {
					t.Errorf("verdict %d, long after she was let in", got)
				}
			})
		})
	}
}

// What is charged to an address tells no hidden model from one that is absent. A
// decoy that lets a caller in makes nobody known.
func TestHiddenAndAbsentCostAnAddressTheSame(t *testing.T) {
	asked := map[string]int{}
	for what, question := range map[string]func(n int) (token, id string){
		"hidden": func(n int) (string, string) { return fmt.Sprint("made up ", n), "h" },
		"absent": func(n int) (string, string) { return "carol", fmt.Sprint("absent ", n) },
	} {
		synctest.Test(t, func(t *testing.T) {
			k := newCatalogue(t, byPeer())
			defer k.c.Close()
			k.c.SetEndpoints(1)
			k.n.set("d1.svc", replies(http.StatusOK))
			for asked[what] < 5*peerLists {
				token, id := question(asked[what])
				if k.ask(t, callerAt(t, token, "203.0.113.9"), id) != Denied {
					break
				}
				asked[what]++
			}
		})
	}
	if diff := cmp.Diff(map[string]int{"hidden": peerLists, "absent": peerLists}, asked); diff != "" {
		t.Errorf("asked until there was no more (-want +got):\n%s", diff)
	}
}
