package attacks

import (
	"net/http"
	"net/netip"
	"strings"

	"github.com/maas-kinds/maas/api"
)

// forbidden are addresses at which no backend lives, with what is there. Their
// sources are in the table of api/endpoint, which is held to this one.
func forbidden() map[string]string {
	return map[string]string{
		"127.0.0.1":                "the node's loopback",
		"127.8.9.10":               "the node's loopback",
		"::1":                      "the node's loopback",
		"0.0.0.0":                  "an address that means this machine",
		"::":                       "an address that means this machine",
		"0.1.2.3":                  "an address of this network",
		"169.254.169.254":          "metadata of AWS, Azure, GCP and others",
		"169.254.170.2":            "credentials of ECS tasks",
		"169.254.170.23":           "credentials of EKS pods",
		"169.254.1.1":              "link-local",
		"100.100.100.200":          "metadata of Alibaba Cloud",
		"168.63.129.16":            "the WireServer of Azure",
		"192.0.0.192":              "metadata of Oracle Cloud, classic",
		"fd00:ec2::254":            "metadata of AWS",
		"fd00:ec2::23":             "credentials of EKS pods",
		"fd00:c1::a9fe:a9fe":       "metadata of Oracle Cloud",
		"fd20:ce::254":             "metadata of GCP",
		"fd00:42::42":              "metadata of Scaleway",
		"::ffff:169.254.169.254":   "metadata, mapped",
		"::ffff:127.0.0.1":         "loopback, mapped",
		"::169.254.169.254":        "metadata, compatible",
		"::127.0.0.1":              "loopback, compatible",
		"::ffff:0:a9fe:a9fe":       "metadata, translated",
		"64:ff9b::a9fe:a9fe":       "metadata by NAT64",
		"64:ff9b:1::a9fe:a9fe":     "metadata by a local NAT64",
		"2002:a9fe:a9fe::1":        "metadata by 6to4",
		"2001:0:1:2:3:4:5601:5601": "metadata by Teredo",
		"64:ff9b::6464:64c8":       "metadata of Alibaba Cloud by NAT64",
		"2002:7f00:1::1":           "loopback by 6to4",
	}
}

// addresses are endpoints and names that lead to forbidden addresses.
func addresses() []attack {
	var found []attack
	for address, what := range forbidden() {
		found = append(found,
			leads("a Service's name that leads to "+address, what+": a name says nothing of where it leads", address),
			literal(address, what))
	}
	for address, what := range map[string]string{
		"203.0.113.7": "a stranger on the internet", "8.8.8.8": "a stranger on the internet", "2001:db8::7": "a stranger on the internet",
		"192.168.1.7": "a machine of the company, outside of the cluster", "10.0.0.7": "a node, outside of the cluster's networks",
		"172.16.5.5": "a machine of the company, outside of the cluster", "100.64.3.3": "a neighbour at the provider",
		"fd12:3456::7": "a machine of the company, outside of the cluster", apiServer: "the API server, which takes bearer tokens",
	} {
		found = append(found, leads("a Service's name that leads to "+address, what, address))
	}
	return append(found, written()...)
}

// apiServer is an address that no flag opens.
const apiServer = "10.96.0.1"

// opened are the faults with which tokens go to an address.
func opened(address string) []fault {
	if address == apiServer {
		return nil
	}
	return []fault{anyAddress}
}

// leads is a Service's name that DNS sends elsewhere, from the start.
func leads(name, why, address string) attack {
	return attack{name: name, why: why, notices: opened(address), try: func(s *scene) {
		s.lead(&zone{turns: [][]netip.Addr{{netip.MustParseAddr(address)}}})
		s.offer("hostile", "http://"+s.host("hostile"))
		s.offer("hostile-with-a-port", "http://"+s.host("hostile")+".cluster.local:8000/v1")
		victim := s.caller("victim")
		s.expectHidden(victim, "hostile")
		s.expectHidden(victim, "hostile-with-a-port")
	}}
}

// lead says what the name of a Service of the scene means.
func (s *scene) lead(z *zone) { s.names.set(s.host("hostile")+".cluster.local", z) }

// literal is the address itself, where the operator trusts every host.
func literal(address, what string) attack {
	return attack{name: "the address " + address, why: what + ": trusted hosts do not open it", notices: []fault{anyAddress}, try: func(s *scene) {
		trusting(s)
		host := address
		if strings.Contains(address, ":") {
			host = "[" + address + "]"
		}
		s.offer("hostile", "http://"+host)
		s.offer("hostile-with-a-port", "http://"+host+":8000/v1")
		victim := s.caller("victim")
		s.expectHidden(victim, "hostile")
		s.expectHidden(victim, "hostile-with-a-port")
	}}
}

// trusting is an API whose operator has opened all that flags for hosts open.
func trusting(s *scene) {
	s.configure(func(o *api.Options) { o.TrustedHosts, o.AllowHTTP = []string{"*"}, true })
}

// written are other ways to write an endpoint, with the default flags.
func written() []attack {
	const outside = "a token leaves the cluster"
	var found []attack
	for endpoint, why := range map[string]string{
		"http://203.0.113.7":                                 outside,
		"https://203.0.113.7":                                outside,
		"http://evil.example":                                outside,
		"https://evil.example":                               outside,
		"http://NAME.evil.example":                           "a name that only begins like a Service's",
		"http://evilsvc":                                     "a suffix without its dot",
		"http://svc":                                         "the suffix alone",
		"http://NAME@203.0.113.7":                            "the host is behind the user name",
		"http://203.0.113.7#.NAME":                           "the host is before the fragment",
		"http://203.0.113.7?.NAME":                           "the host is before the query",
		"http://203.0.113.7\\@NAME":                          "readers disagree about a backslash",
		"http://203.0.113.7/.NAME":                           "the suffix is in the path",
		"http://2130706433/":                                 "an address as a number",
		"http://0x7f.1/":                                     "an address in hex",
		"http://0177.0.0.1/":                                 "an address in octal",
		"http://127.1/":                                      "an address with parts left out",
		"http://localhost/":                                  "the node's loopback by name",
		"http://x.localhost./":                               "the node's loopback by name",
		"http://[fe80::1%25lo]/":                             "a zone is part of no address",
		"http://[::ffff:203.0.113.7]/":                       outside,
		"http://metadata.google.internal/":                   "metadata by name",
		"http://10.96.0.1:443/":                              "the API server by address",
		"http://kubernetes.default.svc:443/":                 "the API server by name",
		"https://kubernetes.default.svc/":                    "the API server by name",
		"https://kubernetes.default.svc.cluster.local:6443/": "the API server by name",
		"gopher://NAME/":                                     "a scheme that carries other protocols",
		"file:///etc/passwd":                                 "a file",
		"http://NAME:0/":                                     "a port that there is not",
		"http://NAME/../../admin":                            "a path that climbs",
		"http://xn--evil.svc.evil.example/":                  "a name in another script",
		"http://ＮＡＭＥ.svc/":                                   "letters of full width are another name",
		"http://evil.example%2F.svc/":                        "an escape in a host",
	} {
		found = append(found, attack{name: "the endpoint " + endpoint, why: why, try: func(s *scene) {
			strangers := &zone{turns: [][]netip.Addr{{netip.MustParseAddr("203.0.113.7")}}}
			for _, name := range []string{"evil.example", s.host("hostile") + ".evil.example", "evilsvc", "svc", "xn--evil.svc.evil.example", "metadata.google.internal"} {
				s.names.set(name, strangers)
			}
			s.names.set("kubernetes.default.svc.cluster.local", &zone{turns: [][]netip.Addr{{netip.MustParseAddr(apiServer)}}})
			victim := s.caller("victim")
			s.offer("hostile", strings.ReplaceAll(endpoint, "NAME", s.host("hostile")))
			s.expectHidden(victim, "hostile")
		}})
	}
	return append(found, itself(), throughItself(), proxied())
}

// itself is an endpoint at which the API that asks listens.
func itself() attack {
	return attack{name: "the API's own address", why: "an API that asks itself is kept busy", try: func(s *scene) {
		own := netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 244, byte(s.services.Add(1)), 9}), 8085)
		s.configure(func(o *api.Options) { o.Listen = own.String() })
		s.lead(&zone{turns: [][]netip.Addr{{own.Addr()}}})
		s.offer("hostile", "http://"+s.host("hostile")+":8085")
		victim := s.caller("victim")
		s.expectHidden(victim, "hostile")
		if !strings.Contains(s.subject.log.String(), "this API itself") {
			s.errorf("the log does not say why")
		}
	}}
}

// throughItself is an endpoint that leads to the API by way of somebody else, as
// the address of its Service does.
func throughItself() attack {
	return attack{name: "the API behind another address", why: "an API that asks itself is kept busy", notices: nil, try: func(s *scene) {
		victim := s.caller("victim")
		b := s.backend("hostile", speaking(func(x *exchange) {
			request := x.request.Clone(s.t.Context())
			request.URL.Scheme, request.URL.Host, request.RequestURI = "http", s.subject.address, ""
			response, err := new(http.Transport).RoundTrip(request)
			if err != nil {
				return
			}
			_ = response.Write(x.conn)
			_ = response.Body.Close()
		}))
		s.offer("hostile", b.url(""))
		s.expectHidden(victim, "hostile")
		if n := asked(b, victim); n == 0 || n > 6 {
			s.errorf("the API was asked %d times for 3 questions", n)
		}
	}}
}

// proxied is the environment of the process, which names a proxy.
func proxied() attack {
	return attack{name: "a proxy in the environment", why: "a proxy reads all tokens, and asks where the API may not", notices: []fault{obeysEnvironment}, try: func(s *scene) {
		victim := s.caller("victim")
		b := s.backend("good", s.admits(victim))
		s.offer("good", b.url(""))
		s.expectListed(victim, "good")
		if asked(b, victim) == 0 {
			s.errorf("the backend was not asked")
		}
	}}
}
