package access

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
)

const (
	authorization        = "Authorization"
	maxAuthorizationSize = 16 << 10
	maxForwardedSize     = 16 << 10
)

// Errors of Identify.
var (
	// ErrNoCredentials means the request has no Authorization header.
	ErrNoCredentials = errors.New("the request has no Authorization header")
	// ErrManyCredentials means it is not clear which credentials count.
	ErrManyCredentials = errors.New("the request has more than one Authorization header")
	// ErrCredentialsTooLong means the Authorization header is over 16 KiB.
	ErrCredentialsTooLong = errors.New("the Authorization header is longer than 16 KiB")
	// ErrForwardedTooLong means the headers to forward are over 16 KiB together.
	ErrForwardedTooLong = errors.New("the headers to forward are longer than 16 KiB")
)

// Caller is who asks: the headers that its probes carry, and a key that stands
// for them wherever something is remembered.
type Caller struct {
	key    callerKey
	header http.Header
	// question is what the caller wants verdicts for.
	question question
}

// callerKey is an HMAC-SHA256 of the caller's headers under a secret that this
// process made at start and keeps to itself.
type callerKey [sha256.Size]byte

// Callers turns request headers into Callers.
type Callers struct {
	anonymous bool
	forward   []string
	// macs are hash.Hash, keyed with the secret.
	macs sync.Pool
}

// NewCallers makes Callers with a fresh secret. Forward names the headers that
// probes carry besides Authorization; anonymous admits requests without
// Authorization.
func NewCallers(forward []string, anonymous bool) (*Callers, error) {
	var errs []error
	names := make([]string, 0, len(forward))
	for _, name := range forward {
		if err := forwardable(name); err != nil {
			errs = append(errs, err)
			continue
		}
		names = append(names, http.CanonicalHeaderKey(name))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	slices.Sort(names)

	secret := make([]byte, sha256.Size)
	rand.Read(secret) // never fails, see crypto/rand
	return &Callers{
		anonymous: anonymous,
		forward:   slices.Compact(names),
		macs:      sync.Pool{New: func() any { return hmac.New(sha256.New, secret) }},
	}, nil
}

// headerName is a token as RFC 9110 defines it.
var headerName = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")

// forwardable refuses headers that belong to one connection or message, and
// those that say who the caller is by other means than Authorization to a
// proxy on the way.
func forwardable(name string) error {
	if !headerName.MatchString(name) {
		return fmt.Errorf("--forward-headers: %q: write a header name, for example X-Tenant", name)
	}
	switch canonical := http.CanonicalHeaderKey(name); canonical {
	case authorization:
		return fmt.Errorf("--forward-headers: %q: leave it out, it is always sent", name)
	case "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "Te", "Trailer",
		"Transfer-Encoding", "Upgrade", "Host", "Content-Length", "Content-Type", "Expect", "Accept-Encoding", MarkerHeader:
		return fmt.Errorf("--forward-headers: %q: leave it out, it belongs to one connection or message and a probe is another", name)
	}
	return nil
}

// Forwarded are the names of the headers that probes carry besides
// Authorization, canonical and sorted.
func (c *Callers) Forwarded() []string { return slices.Clone(c.forward) }

// Identify makes a Caller from a request's header, which it does not change.
// The error is one of the package's Err values and never holds a header value.
func (c *Callers) Identify(header http.Header) (*Caller, error) {
	values := header[authorization]
	switch {
	case len(values) > 1:
		return nil, ErrManyCredentials
	case len(values) == 1 && len(values[0]) > maxAuthorizationSize:
		return nil, ErrCredentialsTooLong
	case len(values) == 0 || strings.TrimSpace(values[0]) == "":
		if !c.anonymous {
			return nil, ErrNoCredentials
		}
		values = nil
	}
	caller := &Caller{header: make(http.Header, len(c.forward)+3)}
	if values != nil {
		caller.header[authorization] = values
	}
	size := 0
	for _, name := range c.forward {
		if values := header[name]; len(values) > 0 {
			caller.header[name] = values
			for _, value := range values {
				size += len(value)
			}
		}
	}
	if size > maxForwardedSize {
		return nil, ErrForwardedTooLong
	}
	caller.key = c.keyOf(caller.header)
	return caller, nil
}

// keyOf covers everything a backend may decide by. Counts and lengths go in
// with the values, so that no two sets of headers read the same.
func (c *Callers) keyOf(header http.Header) callerKey {
	mac, ok := c.macs.Get().(hash.Hash)
	if !ok { // the pool holds nothing else
		panic("access: no MAC in the pool")
	}
	defer c.macs.Put(mac)
	mac.Reset()
	feed(mac, header[authorization])
	for _, name := range c.forward {
		feed(mac, header[name])
	}
	var key callerKey
	mac.Sum(key[:0])
	return key
}

func feed(mac hash.Hash, values []string) {
	var buffer [64]byte
	mac.Write(binary.AppendUvarint(buffer[:0], uint64(len(values))))
	for _, value := range values {
		mac.Write(binary.AppendUvarint(buffer[:0], uint64(len(value))))
		for len(value) > 0 {
			n := copy(buffer[:], value)
			mac.Write(buffer[:n])
			value = value[n:]
		}
	}
}
