package attacks

import (
	"fmt"
	"net/http"
	"net/netip"

	"golang.org/x/net/dns/dnsmessage"
)

// rebinding are names that lead inside, and then elsewhere.
func rebinding() []attack {
	var found []attack
	for _, address := range []string{elsewhere, "169.254.169.254", "127.0.0.1", apiServer, "::ffff:a9fe:a9fe", "fd00:ec2::254", "2001:db8::5"} {
		found = append(found, attack{
			name: "a name that means " + address + " the second time", notices: opened(address),
			why: "what a name meant when it was looked at says nothing of the next connection",
			try: func(s *scene) {
				asking(s)
				victim := s.caller("victim")
				b := s.backend("hostile", speaking(func(x *exchange) {
					x.write("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
					_ = x.conn.Close()
				}))
				s.offer("hostile", b.url(""))
				s.expectListed(victim, "hostile")
				s.lead(&zone{turns: [][]netip.Addr{{netip.MustParseAddr(address)}}})
				s.expectHidden(victim, "hostile")
				s.lead(&zone{turns: [][]netip.Addr{{b.at.Addr()}, {netip.MustParseAddr(address)}}})
				s.list(victim)
				s.list(victim)
			},
		})
	}
	for place, at := range map[string]int{"first": 0, "in the middle": 50, "last": 99} {
		found = append(found, attack{
			name: "one bad address among a hundred, " + place, notices: []fault{anyAddress},
			why: "each address is judged, wherever it stands, and the good one is not lost for it",
			try: func(s *scene) { s.hundred(at) },
		})
	}
	return append(found, aliases()...)
}

// hundred gives a name a hundred addresses of which only one has a backend.
func (s *scene) hundred(bad int) {
	victim := s.caller("victim")
	b := s.backend("hostile", s.admits(victim, s.witness))
	all := make([]netip.Addr, 0, 100)
	for range 100 {
		all = append(all, netip.MustParseAddr(elsewhere))
	}
	all[99-bad/2] = b.at.Addr()
	all[bad] = netip.MustParseAddr("169.254.169.254")
	s.lead(&zone{turns: [][]netip.Addr{all}})
	s.offer("hostile", b.url(""))
	s.expectListed(victim, "hostile")
}

// aliases are names with other names behind them, and DNS that does not do as it
// should.
func aliases() []attack {
	away := func(name, why string, zones map[string]*zone, notices ...fault) attack {
		return attack{name: name, why: why, notices: notices, try: func(s *scene) {
			for alias, z := range zones {
				if z.alias == "SELF" {
					z = &zone{alias: s.host("hostile") + ".cluster.local"}
				}
				if alias == "hostile" {
					s.lead(z)
				} else {
					s.names.set(alias, z)
				}
			}
			impatient(s)
			s.offer("hostile", "http://"+s.host("hostile"))
			victim := s.caller("victim")
			s.expectHidden(victim, "hostile")
			s.served(false)
		}}
	}
	at := func(addresses ...string) *zone {
		z := &zone{turns: [][]netip.Addr{nil}}
		for _, address := range addresses {
			z.turns[0] = append(z.turns[0], netip.MustParseAddr(address))
		}
		return z
	}
	const external = "an ExternalName is an alias: whoever may edit a Service sends tokens away"
	return []attack{
		away("an alias of a stranger", external, map[string]*zone{"hostile": {alias: "evil.example"}, "evil.example": at(elsewhere)}, anyAddress),
		away("an alias of the metadata service", external, map[string]*zone{"hostile": {alias: "metadata.google.internal"}, "metadata.google.internal": at("169.254.169.254")}, anyAddress),
		away("an alias of an alias of an alias", external, map[string]*zone{
			"hostile": {alias: "one.evil.example"}, "one.evil.example": {alias: "two.evil.example"}, "two.evil.example": at(elsewhere)}, anyAddress),
		away("an alias of the API server", external, map[string]*zone{"hostile": {alias: "kubernetes.default.svc.cluster.local"}, "kubernetes.default.svc.cluster.local": at(apiServer)}),
		away("an alias of itself", "a circle of names keeps a resolver busy", map[string]*zone{"hostile": {alias: "SELF"}}),
		away("a name that does not exist", "no address is no permission", map[string]*zone{}, failsOpen),
		away("a server failure", "no address is no permission", map[string]*zone{"hostile": {code: dnsmessage.RCodeServerFailure}}, failsOpen),
		away("a refusal of DNS", "no address is no permission", map[string]*zone{"hostile": {code: dnsmessage.RCodeRefused}}, failsOpen),
		away("a name without addresses", "no address is no permission", map[string]*zone{"hostile": at()}, failsOpen),
		away("DNS that does not answer", "a name that is waited for must not keep other models from lists", map[string]*zone{"hostile": {silent: true}}, failsOpen),
		away("several bad addresses", "the second address is judged as the first was", map[string]*zone{"hostile": at(elsewhere, "169.254.169.254", "2001:db8::5", "fd00:ec2::254")}, anyAddress),
		{name: "an answer of DNS with a thousand addresses", why: "an answer that takes long to go through must not take the list with it", try: func(s *scene) {
			impatient(s)
			z := &zone{turns: [][]netip.Addr{nil}}
			for i := range 1000 {
				z.turns[0] = append(z.turns[0], netip.MustParseAddr(fmt.Sprintf("203.0.%d.%d", 100+i/250, i%250)))
			}
			s.lead(z)
			s.offer("hostile", "http://"+s.host("hostile"))
			s.expectHidden(s.witness, "hostile")
			s.served(false)
		}},
		{name: "a search path", why: "a name that is completed by a search path leads where that says", try: func(s *scene) {
			// As somebody could who makes a namespace called "svc".
			s.names.set(s.host("hostile")+".svc.cluster.local", at("10.96.77.77"))
			s.names.set(s.host("hostile")+".maas-system.svc.cluster.local", at("10.96.77.77"))
			p := s.place(&party{at: netip.MustParseAddrPort("10.96.77.77:80"), host: "somebody else", closed: true, serve: speaking(func(x *exchange) { x.status(http.StatusOK) })})
			defer s.network.remove(p)
			s.offer("hostile", "http://"+s.host("hostile"))
			s.expectHidden(s.caller("victim"), "hostile")
		}},
	}
}
