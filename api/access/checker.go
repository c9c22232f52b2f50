package access

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/maypok86/otter/v2"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/semaphore"
	"k8s.io/utils/clock"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/engine/kind"
)

// Limits bound what probing may cost.
type Limits struct {
	// VerdictTTL is how long an allowed verdict is believed; 0 remembers
	// nothing. Denials are believed for a second at most.
	VerdictTTL time.Duration
	// ProbeTimeout is how long one endpoint may take to answer, and before that to be
	// connected with.
	ProbeTimeout time.Duration
	// Budget is how long a check may ask, and what this process is late meanwhile, up
	// to as much again. Before, while others ask, it waits for as long at most.
	Budget time.Duration
	// PerCheck is how many probes one check may have under way at a time. While
	// models of others wait, those of one namespace have three quarters of them.
	PerCheck int
	// InFlight is how many probes may be under way at a time altogether, three
	// quarters of them of one namespace's models, and three quarters of those at one
	// host. Checks that want more wait, or are told to come again.
	InFlight int
	// CallerRate and CallerBurst are the probes a second, and at once, that one
	// caller may cause.
	CallerRate, CallerBurst int
	// ByPeer bounds what callers at one address cost whom no endpoint has let in
	// lately: PeerRate and PeerBurst are their probes a second, and at once.
	ByPeer              bool
	PeerRate, PeerBurst int
	// BreakerFaults is after how many consecutive faults an endpoint is left
	// alone, or a caller kept from it; one timeout is enough. BreakerOpen is for
	// how long.
	BreakerFaults int
	BreakerOpen   time.Duration
}

// Longest is how long a check may take, with the time for which it waits.
func (l Limits) Longest() time.Duration { return l.patience() + 2*l.Budget }

// patience is how long a check may wait before it asks. Whoever is told to come again
// waits a second at least, and nobody is served meanwhile if all others do.
func (l Limits) patience() time.Duration { return l.Budget }

// DefaultLimits are those of the flags' defaults.
func DefaultLimits() Limits {
	return Limits{
		VerdictTTL: 5 * time.Second, ProbeTimeout: time.Second, Budget: 1500 * time.Millisecond,
		PerCheck: 64, InFlight: 512, CallerRate: 200, CallerBurst: 1000, PeerRate: 1000, PeerBurst: 10_000,
		BreakerFaults: 3, BreakerOpen: 2 * time.Second,
	}
}

// trialPatience is how long a check waits for the trial probe of an endpoint
// that was at fault: enough for a healthy one to be listed at once, little
// enough that a dead one is not felt.
const trialPatience = 100 * time.Millisecond

// Checker asks endpoints whether they let callers in. It is safe for
// concurrent use.
type Checker struct {
	limits    Limits
	log       *slog.Logger
	guard     *guard
	transport http.RoundTripper
	memory    *memory
	// breakers are those of endpoints, troubles those of callers at endpoints.
	breakers *breakers[targetKey]
	troubles *breakers[decisionKey]
	throttle *throttle[callerKey]
	peers    *peers
	// A check is admitted first; then its probes take turns.
	admission *admission
	turns     *turns
	// rests are bodies that are read after their verdicts.
	rests   *semaphore.Weighted
	flights *flights
	workers *workers
	// renewing has the callers whose permissions are being renewed.
	renewing sync.Map
	underWay underWay
	metrics  *metrics
	reported *otter.Cache[string, struct{}]

	lateness *lateness
	clock    clock.WithTickerAndDelayedExecution

	cancel context.CancelFunc
	// untilClose is the context of what goes on without the request that it is for.
	untilClose func(request context.Context) context.Context
	// running counts what Close waits for; mu keeps it from growing after that.
	running sync.WaitGroup
	mu      sync.RWMutex
	closed  bool
}

// Config is what a Checker is made of.
type Config struct {
	Limits Limits
	Policy *Policy
	// Cluster says what is inside the cluster and where its API server is;
	// until it knows, no connection is made. Nil is a cluster of which nothing
	// is known: what its names lead to is refused.
	Cluster *endpoint.LiveCluster
	// Resolver finds the addresses of endpoints; nil means the system's.
	Resolver *net.Resolver
	// Roots are trusted for https endpoints, until SetRoots; nil means those of the
	// system.
	Roots *x509.CertPool
	Log   *slog.Logger
	// Registry receives the metrics.
	Registry prometheus.Registerer
	Clock    clock.WithTickerAndDelayedExecution
	// Kinds in force: the series of others are left out of the metrics. Nil keeps all.
	Kinds *kind.Live
	// ForwardTraceContext has probes carry the W3C trace context of the request that
	// sends them.
	ForwardTraceContext bool
}

// NewChecker makes a Checker. Close it when it is not needed any more.
func NewChecker(ctx context.Context, config Config) (*Checker, error) {
	g := &guard{policy: config.Policy, cluster: config.Cluster}
	if g.cluster == nil {
		g.cluster = &endpoint.LiveCluster{}
		g.cluster.Store(&endpoint.Cluster{})
	}
	transport := newTransport(g, config)
	c := &Checker{
		limits:    config.Limits,
		log:       config.Log,
		guard:     g,
		transport: tracedTransport{transport, config.ForwardTraceContext},
		clock:     config.Clock,
		turns:     newTurns(config.Limits.InFlight, config.Clock),
		rests:     semaphore.NewWeighted(int64(config.Limits.InFlight)),
		flights:   newFlights(),
		lateness:  newLateness(config.Clock, config.Registry),
	}
	transport.distrusts = c.reportDistrust
	closing, cancel := context.WithCancel(context.WithoutCancel(ctx))
	c.cancel = cancel
	c.workers = newWorkers(closing)
	c.untilClose = func(request context.Context) context.Context { return untilClose{closing, request} }
	var errs [7]error
	c.admission, errs[6] = newAdmission(config.Limits, config.Clock)
	c.memory, errs[0] = newMemory(config.Limits.VerdictTTL)
	c.breakers, errs[1] = newBreakers[targetKey](maxBreakers, config.Limits.BreakerFaults, config.Limits.BreakerOpen)
	c.troubles, errs[4] = newBreakers[decisionKey](maxTroubles, config.Limits.BreakerFaults, config.Limits.BreakerOpen)
	c.throttle, errs[2] = newThrottle[callerKey](config.Limits.CallerRate, config.Limits.CallerBurst, callerLists)
	c.peers, errs[5] = newPeers(config.Limits)
	c.reported, errs[3] = otter.New(&otter.Options[string, struct{}]{MaximumSize: maxBreakers})
	if err := errors.Join(errs[:]...); err != nil {
		c.cancel()
		return nil, err
	}
	c.metrics = newMetrics(config.Registry, config.Kinds, c.breakers, c.admission.waiting)
	c.running.Go(func() { transport.expire(closing) })
	c.running.Go(func() { c.lateness.measure(closing) })
	return c, nil
}

// Close ends the probes under way and everything that runs in the background.
func (c *Checker) Close() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.cancel()
	c.running.Wait()
	c.memory.close()
	c.breakers.byKey.StopAllGoroutines()
	c.troubles.byKey.StopAllGoroutines()
	c.throttle.buckets.StopAllGoroutines()
	c.peers.close()
	c.admission.seniors.close()
	c.reported.StopAllGoroutines()
}

// begin says whether something may still be started; if so, it counts as
// running until c.running.Done.
func (c *Checker) begin() bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if !c.closed {
		c.running.Add(1)
	}
	return !c.closed
}

// SetSelf says where this process listens. Probes never go there.
func (c *Checker) SetSelf(listen netip.AddrPort) error {
	addresses, err := localAddresses(listen)
	if err != nil {
		return fmt.Errorf("learning this API's own addresses: %w", err)
	}
	c.guard.self.Store(&addresses)
	return nil
}

// Check gives the caller's verdict on each of the targets, in verdicts, which
// must be as long. What is not remembered is asked, within the budget: whoever
// has not answered by then is Unreachable. So is what is not asked because the
// Summary is Busy.
func (c *Checker) Check(ctx context.Context, caller *Caller, targets []*Target, verdicts []Decision) Summary {
	return c.check(ctx, inquiry{caller: caller, targets: targets, verdicts: &Verdicts{Decisions: verdicts}}, c.clock.Now().UnixNano()).Summary
}

func (c *Checker) check(ctx context.Context, in inquiry, now int64) *tally {
	all := c.recallAll(in, now)
	c.metrics.verdicts(all.recalled, len(all.missed))
	c.renew(ctx, in.caller, in.targets, all.aged)
	if len(all.missed) > 0 {
		var answers []answer
		answers, all.Busy, all.Late = c.askAll(ctx, in.caller, all.admitted, in.targets, all.missed)
		for k, a := range answers {
			in.set(all.missed[k], a.verdict, Asked{a.checked, a.took})
			all.asked(a)
		}
	}
	return all
}
