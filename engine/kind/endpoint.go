package kind

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

const maxEndpointLength = 2048

// EndpointRules say which URLs may be published as an endpoint and be sent a
// caller's credentials. The zero value refuses everything that no model
// backend in a cluster lives at.
type EndpointRules struct {
	// AllowCIDRs lifts the refusal of loopback, link-local, multicast and
	// unspecified addresses for the addresses it contains.
	AllowCIDRs []netip.Prefix
}

// ErrEndpoint is wrapped by every error of Parse.
var ErrEndpoint = errors.New("not a valid endpoint")

// Parse checks an endpoint: an absolute http or https URL with a host and
// without credentials, query or fragment, whose host is not an address that
// CheckAddr refuses. The error wraps ErrEndpoint and says what to write; it
// never repeats credentials.
func (r EndpointRules) Parse(raw string) (*url.URL, error) {
	refuse := func(format string, args ...any) (*url.URL, error) {
		return nil, fmt.Errorf("%w: "+format, append([]any{ErrEndpoint}, args...)...)
	}
	if len(raw) > maxEndpointLength {
		return refuse("it is longer than %d characters", maxEndpointLength)
	}
	if strings.ContainsFunc(raw, func(c rune) bool { return c <= ' ' || c == '\\' || c == 0x7f }) {
		return refuse("it contains a space, a control character or a backslash")
	}
	shown := "the value"
	if !strings.ContainsAny(raw, "@?#") {
		shown = strconv.Quote(raw)
	}
	u, err := url.Parse(raw)
	if err != nil {
		// url.Error repeats the input, which may hold a password.
		return refuse("it does not parse as a URL")
	}
	switch {
	case u.User != nil:
		return refuse("remove the user name and password before the host")
	case u.Scheme != "http" && u.Scheme != "https":
		return refuse("%s is not an absolute http or https URL", shown)
	case u.Opaque != "" || u.Hostname() == "":
		return refuse("%s names no host", shown)
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.HasSuffix(raw, "#"):
		return refuse("it has a query or a fragment, write the base URL only")
	case !validPort(u):
		return refuse("%s has a port outside 1 to 65535", shown)
	case hasDotSegment(u):
		return refuse("%s has a . or .. path segment", shown)
	}
	if err := r.checkHost(u.Hostname()); err != nil {
		return refuse("%s: %w", shown, err)
	}
	return u, nil
}

func validPort(u *url.URL) bool {
	if strings.HasSuffix(u.Host, ":") {
		return false
	}
	if u.Port() == "" {
		return true
	}
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	return err == nil && port > 0
}

func hasDotSegment(u *url.URL) bool {
	for segment := range strings.SplitSeq(u.Path, "/") {
		if segment == "." || segment == ".." {
			return true
		}
	}
	return false
}

// checkHost refuses what can be refused without DNS: address literals and the
// names that mean this machine. Numeric hosts that only a lenient resolver
// reads as an address, such as 0x7f.1 or 2130706433, are refused as well.
func (r EndpointRules) checkHost(host string) error {
	name := strings.TrimSuffix(strings.ToLower(host), ".")
	if name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return r.CheckAddr(netip.AddrFrom4([4]byte{127, 0, 0, 1}))
	}
	if addr, err := netip.ParseAddr(name); err == nil {
		return r.CheckAddr(addr)
	}
	if strings.ContainsFunc(name, func(r rune) bool { return !isHostRune(r) || r == ':' }) {
		return fmt.Errorf("%s is no host name: it has a character other than letters, digits, dots and hyphens", strconv.Quote(host))
	}
	last := name[strings.LastIndexByte(name, '.')+1:]
	if _, err := strconv.ParseUint(last, 0, 64); err == nil {
		return fmt.Errorf("%s is a number that is not written as an IP address", host)
	}
	return nil
}

// CheckAddr refuses addresses that no backend lives at: loopback, link-local
// (cloud metadata services among them), multicast and unspecified, also when
// an IPv4 address is wrapped in IPv6. Private addresses are allowed: cluster
// addresses are private.
func (r EndpointRules) CheckAddr(addr netip.Addr) error {
	addr = unwrap(addr.WithZone(""))
	for _, prefix := range r.AllowCIDRs {
		if prefix.Contains(addr) {
			return nil
		}
	}
	switch {
	case addr.IsLoopback():
		return fmt.Errorf("%s is a loopback address", addr)
	case addr.IsLinkLocalUnicast():
		return fmt.Errorf("%s is a link-local address, where metadata services live", addr)
	case addr == metadataIPv6:
		return fmt.Errorf("%s is a metadata service", addr)
	case addr.IsMulticast():
		return fmt.Errorf("%s is a multicast address", addr)
	case addr.IsUnspecified() || zeroNetwork.Contains(addr) || addr == broadcast:
		return fmt.Errorf("%s is not the address of a host", addr)
	}
	return nil
}

var (
	metadataIPv6 = netip.MustParseAddr("fd00:ec2::254")
	broadcast    = netip.AddrFrom4([4]byte{255, 255, 255, 255})
	zeroNetwork  = netip.MustParsePrefix("0.0.0.0/8")
	nat64        = netip.MustParsePrefix("64:ff9b::/96")
)

// unwrap gives the IPv4 address inside an IPv4-mapped or NAT64 IPv6 address.
func unwrap(addr netip.Addr) netip.Addr {
	addr = addr.Unmap()
	if nat64.Contains(addr) {
		b := addr.As16()
		return netip.AddrFrom4([4]byte(b[12:]))
	}
	return addr
}
