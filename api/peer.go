package api

import (
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
)

// forwardedFor is the one header that is read: what a proxy does not write itself
// it passes on as the client wrote it, so to read Forwarded (RFC 7239) or X-Real-IP
// as well would let clients choose their address.
const forwardedFor = "X-Forwarded-For"

// proxies know at which address a request was made.
type proxies struct {
	// trusted are the networks of the proxies before this API; nil where nothing is
	// known of any, and empty where there are none.
	trusted []netip.Prefix
	log     *slog.Logger
	// silent is set once a proxy has said of nobody whom it speaks for.
	silent atomic.Bool
}

// peer is the address of who made a request: of the connection or, where a trusted
// proxy has made that, the last one in X-Forwarded-For that is no trusted proxy's.
// What stands before that anybody may have written. It is invalid where no address
// says who is who.
func (p *proxies) peer(r *http.Request) netip.Addr {
	if p.trusted == nil {
		return netip.Addr{}
	}
	remote, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	peer, hops := remote.Addr().Unmap(), strings.Join(r.Header[forwardedFor], ",")
	if hops == "" && p.trusts(peer) && !p.silent.Swap(true) {
		p.log.Warn("a trusted proxy does not say for whom it speaks: those behind it share the limit of one address",
			"proxy", peer, "hint", "let it add the client's address to "+forwardedFor+", or take it out of --trusted-proxies")
	}
	for p.trusts(peer) && hops != "" {
		comma := strings.LastIndexByte(hops, ',')
		hop := strings.TrimSpace(hops[comma+1:])
		hops = hops[:max(comma, 0)]
		if hop == "" {
			continue // of a list, RFC 9110, section 5.6.1.2
		}
		before, ok := parseHop(hop)
		if !ok {
			break // a name, or nobody's: then the proxy stands for it
		}
		peer = before
	}
	return peer
}

// parseHop reads an address as proxies write it, with a port or without.
func parseHop(hop string) (netip.Addr, bool) {
	addr, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(hop, "["), "]"))
	if err != nil {
		var both netip.AddrPort
		both, err = netip.ParseAddrPort(hop)
		addr = both.Addr()
	}
	return addr.Unmap(), err == nil
}

func (p *proxies) trusts(addr netip.Addr) bool {
	addr = addr.WithZone("")
	return slices.ContainsFunc(p.trusted, func(network netip.Prefix) bool { return network.Contains(addr) })
}
