package attacks

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/maas-kinds/maas/api"
)

// shown is how a backend shows that it is who it says, which is not so.
type shown func(s *scene, host string) (*tls.Config, error)

// certificates are wrong in one way each. No token may be sent after one, and
// the same backend with a right one is listed.
func certificates() []attack {
	edited := func(edit func(*x509.Certificate)) shown {
		return func(s *scene, host string) (*tls.Config, error) {
			certificate, err := s.authority.issue(host, edit)
			return serving(certificate), err
		}
	}
	named := func(names ...string) shown {
		return edited(func(c *x509.Certificate) {
			c.DNSNames = nil
			for _, name := range names {
				c.DNSNames = append(c.DNSNames, strings.ReplaceAll(name, "HOST", c.Subject.CommonName))
			}
		})
	}
	const why = "whoever stands in between gets the token"
	rows := map[string]shown{
		"expired": edited(func(c *x509.Certificate) {
			c.NotBefore, c.NotAfter = time.Now().Add(-2*time.Hour), time.Now().Add(-time.Hour)
		}),
		"not valid yet":                    edited(func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Hour) }),
		"of another name":                  named("other.example.com"),
		"of a name that only begins so":    named("HOST.evil.example"),
		"of a name that only ends so":      named("evil-HOST"),
		"of a name with NUL":               named("HOST\x00.evil.example"),
		"with the name in its subject":     named(),
		"with a wildcard for everything":   named("*"),
		"with a wildcard for two labels":   named("*.svc"),
		"with two wildcards":               named("*.*.svc"),
		"with a wildcard in the middle":    named("hostile.*.svc"),
		"with a wildcard in a label":       named("host*.svc", "h*stile.svc"),
		"with the address for a name":      edited(func(c *x509.Certificate) { c.DNSNames, c.IPAddresses = nil, []net.IP{net.IPv4(10, 96, 0, 1)} }),
		"for clients":                      edited(func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }),
		"for signing code":                 edited(func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning} }),
		"with an extension nobody knows":   edited(unknownCritical),
		"signed by itself":                 selfSigned,
		"of an authority nobody trusts":    unknownAuthority,
		"of an authority that is none":     leafAuthority,
		"of an authority with other names": constrainedAuthority,
		"signed with SHA-1":                signedWithSHA1,
	}
	var found []attack
	for name, how := range rows {
		found = append(found, unproven("a certificate "+name, why, how, trustsCertificates))
	}
	for name, version := range map[string]uint16{"1.0": tls.VersionTLS10, "1.1": tls.VersionTLS11} {
		found = append(found, unproven("TLS "+name, "its ciphers are broken", func(s *scene, host string) (*tls.Config, error) {
			certificate, err := s.authority.issue(host)
			config := serving(certificate)
			config.MinVersion, config.MaxVersion = tls.VersionTLS10, version
			return config, err
		}, speaksOldTLS))
	}
	return append(found,
		unproven("a demand for a client's certificate", "there is none to give", func(s *scene, host string) (*tls.Config, error) {
			certificate, err := s.authority.issue(host)
			config := serving(certificate)
			config.ClientAuth, config.MaxVersion = tls.RequireAnyClientCert, tls.VersionTLS12
			return config, err
		}),
		plainBehindTLS(), tlsBehindPlain(),
	)
}

func serving(certificates ...tls.Certificate) *tls.Config {
	return &tls.Config{Certificates: certificates}
}

// unproven offers a backend that is right and one that is wrong.
func unproven(name, why string, how shown, notices ...fault) attack {
	return attack{name: name, why: why, notices: notices, try: func(s *scene) {
		victim := s.caller("victim")
		good, err := s.authority.issue(s.host("good"))
		if err != nil {
			s.t.Fatal(err)
		}
		s.offer("good", s.secure("good", serving(good), s.admits(victim)).url(""))
		config, err := how(s, s.host("hostile"))
		if err != nil {
			s.t.Fatal(err)
		}
		bad := s.secure("hostile", config, s.admits(victim))
		bad.closed = true
		s.offer("hostile", bad.url(""))
		s.expectListed(victim, "good")
		s.expectHidden(victim, "hostile")
	}}
}

func unknownCritical(c *x509.Certificate) {
	c.ExtraExtensions = append(c.ExtraExtensions, extension(asn1.ObjectIdentifier{1, 2, 3, 4}))
}

func selfSigned(_ *scene, host string) (*tls.Config, error) {
	own, err := newAuthority(host)
	if err != nil {
		return nil, err
	}
	certificate, err := own.issue(host)
	return serving(certificate), err
}

func unknownAuthority(s *scene, host string) (*tls.Config, error) {
	// It has the name of the one that is trusted, and another key.
	other, err := newAuthority(s.authority.certificate.Subject.CommonName)
	if err != nil {
		return nil, err
	}
	certificate, err := other.issue(host)
	certificate.Certificate = append(certificate.Certificate, other.certificate.Raw)
	return serving(certificate), err
}

// between issues a certificate by an authority between, as it is described.
func between(s *scene, host string, describe func(*x509.Certificate)) (*tls.Config, error) {
	middle, err := s.authority.issue("between", describe)
	if err != nil {
		return nil, err
	}
	parsed, err := x509.ParseCertificate(middle.Certificate[0])
	if err != nil {
		return nil, err
	}
	key, ok := middle.PrivateKey.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("a %T does not sign", middle.PrivateKey)
	}
	certificate, err := (&authority{parsed, key}).issue(host)
	certificate.Certificate = append(certificate.Certificate, middle.Certificate[0])
	return serving(certificate), err
}

func leafAuthority(s *scene, host string) (*tls.Config, error) {
	return between(s, host, func(*x509.Certificate) {})
}

func constrainedAuthority(s *scene, host string) (*tls.Config, error) {
	return between(s, host, func(c *x509.Certificate) {
		c.IsCA, c.BasicConstraintsValid, c.KeyUsage = true, true, x509.KeyUsageCertSign
		c.PermittedDNSDomainsCritical, c.PermittedDNSDomains = true, []string{"example.com"}
	})
}

func signedWithSHA1(s *scene, host string) (*tls.Config, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	middle, err := s.authority.issueFor("between", key.Public(), func(c *x509.Certificate) {
		c.IsCA, c.BasicConstraintsValid, c.KeyUsage = true, true, x509.KeyUsageCertSign
	})
	if err != nil {
		return nil, err
	}
	parsed, err := x509.ParseCertificate(middle)
	if err != nil {
		return nil, err
	}
	certificate, err := (&authority{parsed, key}).issue(host, func(c *x509.Certificate) {
		c.SignatureAlgorithm, c.SerialNumber = x509.SHA1WithRSA, big.NewInt(7)
	})
	certificate.Certificate = append(certificate.Certificate, middle)
	return serving(certificate), err
}

// plainBehindTLS speaks http where https is expected.
func plainBehindTLS() attack {
	return attack{name: "http on a port of https", why: "a client that falls back sends the token in the clear", notices: []fault{failsOpen}, try: func(s *scene) {
		victim := s.caller("victim")
		p := s.secure("hostile", nil, speaking(func(x *exchange) { x.status(http.StatusOK) }))
		p.closed = true
		s.offer("hostile", "https://"+p.host)
		s.expectHidden(victim, "hostile")
	}}
}

// tlsBehindPlain speaks TLS where http is expected.
func tlsBehindPlain() attack {
	return attack{name: "https on a port of http", why: "an alert is no answer", notices: []fault{failsOpen}, try: func(s *scene) {
		victim := s.caller("victim")
		p := s.backend("hostile", func(connection net.Conn) {
			_ = tls.Server(connection, s.authority.anyName()).HandshakeContext(s.t.Context())
		})
		s.configure(func(o *api.Options) { o.Limits.VerdictTTL = 0 })
		s.offer("hostile", p.url(""))
		s.expectHidden(victim, "hostile")
		for _, r := range p.got() {
			if bytes.Contains(r.bytes(), []byte("Impersonate")) {
				s.errorf("the probe carries more than it may")
			}
		}
	}}
}
