package robustness

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/maas-kinds/maas/conformance/jsontree"
)

// adversarialURLs are what nobody may publish: sent a caller's credentials, each
// gives them to somebody else or reaches what only this cluster may reach.
var adversarialURLs = []string{
	"javascript:alert(1)", "file:///etc/passwd", "gopher://models.example.com/", "//" + takeover, "https://",
	"https://user:secret@models.example.com", "https://models.example.com@" + takeover, "https://models.example.com?next=1",
	"https://models.example.com/#fragment", "https://models.example.com/../admin", "https://models.example.com\\@" + takeover,
	"https://models.example.com\r\nX-Injected: 1", "https://models.example.com /v1", "https://models.example.com:0", "https://models.example.com:99999",
	"http://localhost", "http://metadata.localhost.", "http://127.0.0.1", "http://127.1", "http://2130706433", "http://0x7f.1", "http://[::1]",
	"http://[::ffff:127.0.0.1]", "http://[64:ff9b::7f00:1]", "http://169.254.169.254/latest/meta-data", "http://[fd00:ec2::254]", "http://[fe80::1%25eth0]",
	"http://0.0.0.0", "http://255.255.255.255", "http://224.0.0.1", "http://%31%32%37.0.0.1", "http://" + "a." + strings.Repeat("long.", 500) + "example.com",
	// What would change the meaning of a template when put into it.
	takeover + "/", takeover + "/#", takeover + "?", "@" + takeover, takeover + ":80/", "../..", "a/../../b", "127.0.0.1", "localhost", "169.254.169.254",
	"{name}", "%2e%2e", "a b", "\x00",
}

// takeover is the host of somebody who is not the backend.
const takeover = "attacker.example"

// adversarial puts hostile text where the kind reads text.
func (p *prober) adversarial(i int, at jsontree.Location) {
	object := p.base.Objects[i].Object
	before, ok := at.In(object).(string)
	if !ok {
		return
	}
	for _, value := range adversarialURLs {
		settled, ok := p.try(p.base.With(i, jsontree.With(object, at, value)), at.String()+" "+strconv.Quote(value))
		if ok && p.takenOver(before, settled.Settled.Status.Endpoint) {
			p.findings.note(safe, "case %s, %s %q: takes over the host of the template", p.name, at, value)
		}
	}
}

// takenOver says whether a value that was part of the host has become all of it.
func (p *prober) takenOver(before, endpoint string) bool {
	if before == "" || endpoint == "" || p.base.Decided.Endpoint == nil {
		return false
	}
	now, err := url.Parse(endpoint)
	if err != nil {
		return true
	}
	base, err := url.Parse(*p.base.Decided.Endpoint)
	return err == nil && now.Hostname() == takeover && base.Hostname() != before && strings.Contains(base.Hostname(), before) && !strings.Contains(before, "/")
}

// adversarialEndpoint says why an endpoint may not be published; "" when it may.
// It is written apart from the engine's own rules, to hold them to account.
func adversarialEndpoint(endpoint string) string {
	if strings.ContainsFunc(endpoint, func(r rune) bool { return r <= ' ' || r == '\\' || r == 0x7f }) || len(endpoint) > 2048 {
		return "has characters or a length that no endpoint has"
	}
	u, err := url.Parse(endpoint)
	switch {
	case err != nil:
		return "is no URL"
	case u.Scheme != "http" && u.Scheme != "https":
		return "is not http or https"
	case u.User != nil:
		return "has credentials"
	case u.Hostname() == "" || u.Opaque != "":
		return "has no host"
	case u.RawQuery != "" || u.ForceQuery || strings.Contains(endpoint, "#"):
		return "has a query or a fragment"
	case strings.Contains(u.Path+"/", "/../") || strings.Contains(u.Path+"/", "/./"):
		return "leaves its own path"
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return "has no valid port"
		}
	}
	return adversarialHost(strings.ToLower(strings.TrimSuffix(u.Hostname(), ".")))
}

func adversarialHost(host string) string {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return "is this machine"
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		last := host[strings.LastIndexByte(host, '.')+1:]
		if _, err := strconv.ParseUint(last, 0, 64); err == nil {
			return "hides an address in a number"
		}
		return ""
	}
	addr = addr.WithZone("").Unmap()
	if bytes := addr.As16(); addr.Is6() && netip.PrefixFrom(addr, 96).Masked().Addr() == netip.MustParseAddr("64:ff9b::") {
		addr = netip.AddrFrom4([4]byte(bytes[12:]))
	}
	switch {
	case addr.IsLoopback(), addr.IsUnspecified(), addr.Is4() && (addr.As4()[0] == 0 || addr.As4()[0] == 255):
		return "is this machine or nobody's"
	case addr.IsLinkLocalUnicast(), addr == netip.MustParseAddr("fd00:ec2::254"):
		return "is where metadata services live"
	case addr.IsMulticast():
		return "is many machines"
	}
	return ""
}
