package kind

import (
	"errors"
	"net/netip"
	"strconv"
	"strings"

	"github.com/maas-kinds/maas/api/endpoint"
)

// complete makes a URL of what backends publish as an address: a scheme and a
// port are added where there is none. Everything else stays as it is.
func complete(text, scheme string, port int) string {
	if scheme != "" && !strings.Contains(text, "://") {
		text = scheme + "://" + bracketed(text)
	}
	if port == 0 {
		return text
	}
	start := strings.Index(text, "://")
	if start < 0 {
		return text
	}
	start += len("://")
	end := len(text)
	if i := strings.IndexAny(text[start:], "/?#"); i >= 0 {
		end = start + i
	}
	authority := text[start:end]
	if authority == "" || strings.LastIndexByte(authority, ':') > strings.LastIndexByte(authority, ']') {
		return text
	}
	return text[:end] + ":" + strconv.Itoa(port) + text[end:]
}

// bracketed writes an IPv6 address as URLs have it.
func bracketed(host string) string {
	if addr, err := netip.ParseAddr(host); err == nil && addr.Is6() && addr.Zone() == "" {
		return "[" + host + "]"
	}
	return host
}

var (
	errNotScheme = errors.New("it is no URL scheme")
	errNotHost   = errors.New("it is no host name, address or port")
	errNotPath   = errors.New("it is no part of a URL's path")
)

// fitURL makes a value fit into a URL. A value comes from an object that its
// users may write: in the host it must not begin the path, and nowhere a
// query, a fragment or credentials. At the very start, alone or before a path,
// it may be a whole URL, which is held against the endpoint rules like every
// other.
func fitURL(before, text, after string) (string, error) {
	switch {
	case before == "" && strings.HasPrefix(after, "://"):
		if strings.ContainsAny(text, "/:@?#") {
			return "", errNotScheme
		}
		return text, nil
	case before == "" && (after == "" || after[0] == '/'):
		return bracketed(text), nil
	}
	_, authority, ok := strings.Cut(before, "://")
	if before == "" || ok && !strings.Contains(authority, "/") {
		text = bracketed(text)
		if strings.ContainsFunc(text, func(r rune) bool { return !endpoint.IsHostRune(r) }) {
			return "", errNotHost
		}
		return text, nil
	}
	if strings.ContainsAny(text, `@?#\%`) || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return "", errNotPath
	}
	if strings.HasSuffix(before, "/") {
		text = strings.TrimPrefix(text, "/")
	}
	return text, nil
}
