package access

import (
	"crypto/tls"
	"net"
	"net/http"
	"net/url"
	"strconv"
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
		DialContext:            dialer.DialContext,
		TLSClientConfig:        &tls.Config{RootCAs: config.Roots, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    timeout,
		DisableCompression:     true,
		MaxIdleConns:           maxIdleConns,
		MaxIdleConnsPerHost:    config.Limits.PerCheck,
		IdleConnTimeout:        idleConnTimeout,
		MaxResponseHeaderBytes: maxResponseHeader,
	}
}

// hostPort splits a client configuration's host, which is a URL or host:port.
// An empty host gives an empty answer.
func hostPort(raw string) (string, uint16, error) {
	if raw == "" {
		return "", 0, nil
	}
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		if u, err = url.Parse("https://" + raw); err != nil {
			return "", 0, err
		}
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80"}[u.Scheme]
	}
	if port == "" {
		port = "443"
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return u.Hostname(), uint16(n), err
}
