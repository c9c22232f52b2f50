package access

import (
	"crypto/tls"
	"net"
	"net/http"
	"time"
)

const (
	maxResponseHeader = 16 << 10
	maxResponseBody   = 64 << 10
	idleConnTimeout   = 60 * time.Second
	maxIdleConns      = 2048
)

// newTransport makes the only way out of this process for credentials. It
// knows no proxy, follows nothing, and speaks HTTP/1.1: a connection a probe,
// kept for the next one.
func newTransport(g *guard, config Config) *http.Transport {
	timeout := config.Limits.ProbeTimeout
	dialer := &net.Dialer{Timeout: timeout, Resolver: config.Resolver, ControlContext: g.control}
	return &http.Transport{
		Proxy:                  nil,
		DialContext:            g.absolute(dialer.DialContext),
		TLSClientConfig:        &tls.Config{RootCAs: config.Roots, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    timeout,
		DisableCompression:     true,
		MaxIdleConns:           maxIdleConns,
		MaxIdleConnsPerHost:    config.Limits.PerCheck,
		IdleConnTimeout:        idleConnTimeout,
		MaxResponseHeaderBytes: maxResponseHeader,
	}
}
