package endpoint

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const maxLength = 2048

// Rules say which URLs may be published as an endpoint and be sent a
// caller's credentials. The zero value refuses everything that no model
// backend in a cluster lives at.
type Rules struct {
	// AllowCIDRs lifts the refusal of RefusedNetworks for the addresses it
	// contains.
	AllowCIDRs []netip.Prefix
	// Cluster says which names are those of Services, and which networks they
	// may lead to; nil knows no network.
	Cluster *Cluster
}

// ErrInvalid is wrapped by every error of Parse.
var ErrInvalid = errors.New("not a valid endpoint")

// Parse checks an endpoint: an absolute http or https URL with a host and
// without credentials, query or fragment, whose host is not an address that
// CheckAddr refuses. The error wraps ErrInvalid and says what to write; it
// never repeats credentials.
func (r Rules) Parse(raw string) (*url.URL, error) {
	refuse := func(format string, args ...any) (*url.URL, error) {
		return nil, fmt.Errorf("%w: "+format, append([]any{ErrInvalid}, args...)...)
	}
	if len(raw) > maxLength {
		return refuse("it is longer than %d characters", maxLength)
	}
	if strings.ContainsFunc(raw, func(c rune) bool { return c <= ' ' || c == '\\' || c == 0x7f }) {
		return refuse("it contains a space, a control character or a backslash")
	}
	// RFC 3986 has ASCII alone. Other characters may be invisible, or look like
	// another address to whoever reads it.
	if strings.ContainsFunc(raw, func(c rune) bool { return c > 0x7f }) {
		return refuse("it contains characters that are not ASCII: percent-encode them, and write a host name in its xn-- form")
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
	case HasDotSegment(u):
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

// HasDotSegment says whether a path has a segment . or .., also an escaped one.
func HasDotSegment(u *url.URL) bool {
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
func (r Rules) checkHost(host string) error {
	name := strings.TrimSuffix(strings.ToLower(host), ".")
	if name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return r.CheckAddr(netip.AddrFrom4([4]byte{127, 0, 0, 1}))
	}
	if addr, err := netip.ParseAddr(name); err == nil {
		return r.CheckAddr(addr)
	}
	if strings.ContainsFunc(name, func(r rune) bool { return !IsHostRune(r) || r == ':' }) {
		return fmt.Errorf("%s is no host name: it has a character other than letters, digits, dots and hyphens", strconv.Quote(host))
	}
	labels := strings.Split(name, ".")
	switch last := labels[len(labels)-1]; {
	case slices.Contains(labels, ""):
		return fmt.Errorf("%s is no host name: it has two dots together, or one at the start", host)
	case endsInNumber.MatchString(last):
		return fmt.Errorf("%s ends in a number and is not written as an IP address: write a.b.c.d, or a name", host)
	}
	return nil
}

// endsInNumber is a last label by which the WHATWG URL Standard ("ends in a
// number") and inet_aton read the whole host as an IPv4 address. No top-level
// domain is like that.
var endsInNumber = regexp.MustCompile(`^([0-9]+|0x[0-9a-f]*)$`)

// IsHostRune says whether a character may be in the authority of a URL: in a
// host name, an address literal or a port.
func IsHostRune(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-._:[]", r)
}
