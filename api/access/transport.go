package access

import (
	"crypto/tls"
	"crypto/x509"
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
// kept for the next one. Roots nil means those of the system.
func newTransport(g *guard, roots *x509.CertPool, timeout time.Duration, perEndpoint int) *http.Transport {
	dialer := &net.Dialer{Timeout: timeout, ControlContext: g.control}
	return &http.Transport{
		Proxy:                  nil,
		DialContext:            dialer.DialContext,
		TLSClientConfig:        &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    timeout,
		DisableCompression:     true,
		MaxIdleConns:           maxIdleConns,
		MaxIdleConnsPerHost:    perEndpoint,
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
