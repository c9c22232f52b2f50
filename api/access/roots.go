package access

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
)

// SetRoots replaces the authorities that https endpoints are held against; nil
// means those of the system. A connection that was made under others carries no
// further probe.
func (c *Checker) SetRoots(roots *x509.CertPool) {
	if wire, ok := c.transport.(tracedTransport); ok { // tests have others
		wire.setRoots(roots)
	}
}

func (t *transport) setRoots(roots *x509.CertPool) {
	config := t.tls.Load().Clone()
	config.RootCAs = roots
	t.tls.Store(config)
	t.rootsChanged.Add(1)
	// Those that are in use now find no more use afterwards, see kept.
	closeAll(t.idle.expire(t.clock.Now().Add(1)))
}

// trusted says whether the authorities under which a connection was made are
// those in force.
func (t *transport) trusted(c *connection) bool {
	return c.under == nil || c.under == t.tls.Load()
}

// reportDistrust logs why an endpoint's certificate is not trusted, once an
// endpoint and set of authorities, not once a probe. Nothing of the certificate is
// in it: whoever runs the backend has written that.
func (c *Checker) reportDistrust(target *Target, err error, rootsChanged int64) {
	reason, hint := distrust(err)
	if reason == "" {
		return
	}
	if c.isNews(fmt.Sprintf("%s %s %s %d", target.model, target.url.Host, reason, rootsChanged)) {
		c.log.Warn("model is not listed: the certificate of its endpoint is not trusted",
			"model", target.model, "host", target.url.Host, "reason", reason, "hint", hint)
	}
}

// distrust says what is wrong with a certificate, and what to do; nothing where
// the handshake has failed for another reason.
func distrust(err error) (reason, hint string) {
	var (
		verification *tls.CertificateVerificationError
		authority    x509.UnknownAuthorityError
		hostname     x509.HostnameError
		invalid      x509.CertificateInvalidError
	)
	switch {
	case !errors.As(err, &verification):
		return "", ""
	case errors.As(err, &authority):
		return "it is signed by an authority that is not trusted here",
			"put the authority's certificate into the file of --backend-ca-file, which is read again when it changes"
	case errors.As(err, &hostname):
		return "it is for other hosts", "give the backend a certificate for this host, or correct status.endpoint"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "it has expired, or is not valid yet", "renew the backend's certificate"
	default:
		return "it is not valid for a server", "give the backend another certificate"
	}
}
