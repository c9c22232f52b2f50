package access

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/maypok86/otter/v2"
)

const (
	// peerLists is how many whole lists callers at one address may have asked at
	// once: after a restart nobody is known, and many may be behind one address.
	peerLists = 10
	// peerBits of an IPv6 address are one peer: a host has a whole /64 to choose
	// addresses from (RFC 4291, section 2.5.4; RFC 8981).
	peerBits = 64
)

// peers bound what the callers at one address cost whom no endpoint has let in
// lately. Each of them has a bucket of probes, but whoever makes tokens up has as
// many buckets. Whoever was let in is never held back by others at the address. A
// nil peers bounds nothing.
type peers struct {
	throttle *throttle[netip.Prefix]
	known    *otter.Cache[callerKey, struct{}]
}

// newPeers makes peers, nil where callers' addresses are not known.
func newPeers(limits Limits) (*peers, error) {
	if !limits.ByPeer {
		return nil, nil
	}
	throttle, err := newThrottle[netip.Prefix](limits.PeerRate, limits.PeerBurst, peerLists)
	if err != nil {
		return nil, err
	}
	// A permission that is still believed counts as well.
	known, err := otter.New(&otter.Options[callerKey, struct{}]{
		MaximumSize: maxBuckets, ExpiryCalculator: otter.ExpiryWriting[callerKey, struct{}](admittedFor + limits.VerdictTTL),
	})
	if err != nil {
		return nil, fmt.Errorf("making the cache of callers who are known: %w", err)
	}
	return &peers{throttle: throttle, known: known}, nil
}

// CallsFrom says at which address the caller is.
func (c *Caller) CallsFrom(peer netip.Addr) {
	bits := peerBits
	if peer = peer.Unmap(); peer.Is4() {
		bits = peer.BitLen()
	}
	// The zone is left out, and of an invalid address there is no prefix.
	c.peer, _ = peer.Prefix(bits)
}

// letIn notes that an endpoint has let a caller in.
func (p *peers) letIn(caller callerKey) {
	if p != nil {
		p.known.Set(caller, struct{}{})
	}
}

// charge takes as many probes out of the bucket of the caller's address, all or
// none: half a list is of no use to anybody. It says how long until there are as
// many, and is false then.
func (p *peers) charge(caller *Caller, probes int, now time.Time) (time.Duration, bool) {
	if p == nil || !caller.peer.IsValid() {
		return 0, true
	}
	if _, known := p.known.GetIfPresent(caller.key); known {
		return 0, true
	}
	return p.throttle.takeAll(caller.peer, probes, now)
}

func (p *peers) setEndpoints(n int) {
	if p != nil {
		p.throttle.setEndpoints(n)
	}
}

func (p *peers) close() {
	if p != nil {
		p.throttle.buckets.StopAllGoroutines()
		p.known.StopAllGoroutines()
	}
}

func throttledByPeer(wait time.Duration) answer {
	return answer{remembered: remembered{verdict: PeerThrottled}, retryAfter: wait}
}
