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
	"net/netip"
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
	// ErrNoCredentials means the request has no header that holds credentials.
	ErrNoCredentials = errors.New("the request has no credentials")
	// ErrManyCredentials means it is not clear which credentials count.
	ErrManyCredentials = errors.New("the request gives credentials twice")
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
	// sends is what its probes carry, but for what kinds add.
	sends func() sent
	// peer is the address that it calls from; invalid where that is not known.
	peer netip.Prefix
	// question is what the caller wants verdicts for.
	question question
	// asksReluctant is set while it asks endpoints that take long to turn it away.
	asksReluctant bool
}

// callerKey is an HMAC-SHA256 of the caller's headers under a secret that this
// process made at start and keeps to itself.
type callerKey [sha256.Size]byte

// Callers turns request headers into Callers.
type Callers struct {
	anonymous bool
	forward   []string
	// credentials are the headers of which one is enough: Authorization, and some
	// of forward.
	credentials []string
	// macs are hash.Hash, keyed with the secret.
	macs sync.Pool
}

// NewCallers makes Callers with a fresh secret. Forward names the headers that
// probes carry besides Authorization, and credentials more of them, each of which
// says who calls as Authorization does. Anonymous admits requests without any.
func NewCallers(forward []string, anonymous bool, credentials ...string) (*Callers, error) {
	names, forwardErr := headerNames("--forward-headers", forward)
	holding, credentialsErr := headerNames("--credential-headers", credentials)
	if err := errors.Join(forwardErr, credentialsErr); err != nil {
		return nil, err
	}
	for _, name := range names {
		if isKey(name) {
			holding = append(holding, name)
		}
	}
	names = append(names, holding...)
	slices.Sort(names)
	slices.Sort(holding)

	secret := make([]byte, sha256.Size)
	rand.Read(secret) // never fails, see crypto/rand
	return &Callers{
		anonymous:   anonymous,
		forward:     slices.Compact(names),
		credentials: append([]string{authorization}, slices.Compact(holding)...),
		macs:        sync.Pool{New: func() any { return hmac.New(sha256.New, secret) }},
	}, nil
}

// isKey says whether a header holds credentials wherever it is used: Anthropic's
// clients send X-Api-Key and no Authorization (opendatahub-io/models-as-a-service,
// commit a04b06af), those of Azure OpenAI Api-Key (openai-python 3.3.1,
// src/openai/lib/azure.py). Of no other name is that assumed: a header that any
// client may send, such as X-Request-Source, must not be enough to be served.
func isKey(canonical string) bool { return canonical == "X-Api-Key" || canonical == "Api-Key" }

func headerNames(flag string, given []string) ([]string, error) {
	var errs []error
	names := make([]string, 0, len(given))
	for _, name := range given {
		if err := forwardable(name); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", flag, err))
		}
		names = append(names, http.CanonicalHeaderKey(name))
	}
	return names, errors.Join(errs...)
}

// headerName is a token as RFC 9110 defines it.
var headerName = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")

// forwardable refuses headers that belong to one connection or message, and
// those that say who the caller is by other means than Authorization to a
// proxy on the way.
func forwardable(name string) error {
	if !headerName.MatchString(name) {
		return fmt.Errorf("%q: write a header name, for example X-Tenant", name)
	}
	switch canonical := http.CanonicalHeaderKey(name); canonical {
	case authorization:
		return fmt.Errorf("%q: leave it out, it is always sent", name)
	case "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "Te", "Trailer",
		"Transfer-Encoding", "Upgrade", "Host", "Content-Length", "Content-Type", "Expect", "Accept-Encoding", MarkerHeader:
		return fmt.Errorf("%q: leave it out, it belongs to one connection or message and a probe is another", name)
	case "Traceparent", "Tracestate", "Baggage":
		// No verdict would be remembered for a caller who is another with each request.
		return fmt.Errorf("%q: leave it out, it differs from request to request; see --forward-trace-context", name)
	}
	return nil
}

// Key stands for the caller where something is counted for each: an HMAC of its
// headers under a secret of this process.
func (c *Caller) Key() [sha256.Size]byte { return c.key }

// Forwarded are the names of the headers that probes carry besides
// Authorization, canonical and sorted.
func (c *Callers) Forwarded() []string { return slices.Clone(c.forward) }

// Credentials are the names of the headers that hold credentials, Authorization
// first.
func (c *Callers) Credentials() []string { return slices.Clone(c.credentials) }

// Identify makes a Caller from a request's header, which it does not change.
// The error wraps one of the package's Err values and never holds a header value.
func (c *Callers) Identify(header http.Header) (*Caller, error) {
	if err := c.check(header); err != nil {
		return nil, err
	}
	caller := &Caller{header: make(http.Header, len(c.forward)+3)}
	if present(header[authorization]) {
		caller.header[authorization] = header[authorization]
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
	caller.sends = caller.sending()
	return caller, nil
}

// check says what is wrong with a request's credentials.
func (c *Callers) check(header http.Header) error {
	known := c.anonymous
	for _, name := range c.credentials {
		values := header[name]
		if len(values) > 1 {
			return fmt.Errorf("%w: there is more than one %s header", ErrManyCredentials, name)
		}
		known = known || present(values)
	}
	switch values := header[authorization]; {
	case len(values) == 1 && len(values[0]) > maxAuthorizationSize:
		return ErrCredentialsTooLong
	case !known:
		return ErrNoCredentials
	}
	return nil
}

// present says whether a header says anything: blanks are no credentials.
func present(values []string) bool { return len(values) == 1 && strings.TrimSpace(values[0]) != "" }

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
