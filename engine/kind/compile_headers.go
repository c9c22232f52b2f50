package kind

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// ownHeaders say where a request goes, how the message is framed, or who sends
// it: a constant there would break the request, or let every caller in as
// somebody else. They are in lower case.
var ownHeaders = []string{
	"connection", "content-length", "expect", "host", "http2-settings", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade",
	"x-http-method", "x-http-method-override", "x-method-override", "x-rewrite-url",
	"forwarded", "from", "via", "x-real-ip", "client-ip", "x-client-ip", "x-cluster-client-ip", "true-client-ip", "x-host", "eppn", "mail", "signature", "signature-input", "dpop",
}

// ownPrefixes begin the names that proxies and gateways give to what they say of
// the caller, and that backends behind them believe: families whose members are
// too many to list. Envoy strips its own from strangers' requests for that
// reason (HTTP header sanitizing).
var ownPrefixes = []string{
	"impersonate-",                           // Kubernetes' API server
	"x-forwarded-", "x-original-", "remote-", // oauth2-proxy and most others; ingress-nginx and IIS; Authelia and Apache
	"x-remote-", "x-webauth-", "x-authentik-", // Kubernetes' request header authentication; Grafana; authentik
	"x-amzn-", "x-goog-", "x-ms-client-principal", // the load balancers of AWS, Google and Azure
	"x-apigateway-api-", "x-endpoint-api-", "x-consumer-", // gateways of Google; Kong
	"cf-", "fastly-client-", "tailscale-", "x-tailscale-", "x-pomerium-", "x-envoy-", "x-istio-",
	"ssl-", "x-ssl-", // TLS that ends before: ingress-nginx, HAProxy
	"proxy-", "x-maas-",
}

// ownWords are parts of a name that say what the value is, whoever chose the
// name: somebody, or what proves somebody.
var ownWords = []string{
	"user", "users", "username", "userid", "userinfo", "useremail", "uid", "upn", "email", "login", "group", "groups", "account", "actor", "behalf", "caller", "orgid", "role", "roles", "principal",
	"identity", "subject", "claim", "claims", "authn", "authz", "auth", "authenticated", "authorization", "authentication", "assertion",
	"oidc", "saml", "jwt", "token", "key", "apikey", "secret", "password", "credential", "credentials", "creds", "cookie", "session", "cert", "clientcert", "certificate", "dn",
}

// speaks says whether a header says who calls, where to, or how the message is
// framed. CGI and WSGI cannot tell "_" from "-", so neither does this.
func speaks(name string) bool {
	name = strings.ReplaceAll(strings.ToLower(name), "_", "-")
	if name == "user-agent" {
		return false
	}
	return slices.Contains(ownHeaders, name) ||
		slices.ContainsFunc(ownPrefixes, func(prefix string) bool { return strings.HasPrefix(name, prefix) }) ||
		slices.ContainsFunc(strings.Split(name, "-"), func(word string) bool { return slices.Contains(ownWords, word) })
}

func (c compiler) probeHeaders() map[string]string {
	headers := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(c.spec.Probe.Headers)) {
		value := c.spec.Probe.Headers[name]
		at := "/spec/probe/headers/" + syntax.EscapePointer(name)
		canonical := http.CanonicalHeaderKey(name)
		_, twice := headers[canonical]
		switch {
		case !headerName.MatchString(name):
			c.doc.FaultAt(at, "%q is not the name of a header", name)
		case speaks(name):
			c.doc.FaultAt(at, "%s says who calls, where to, or how the message is framed, which no constant can: remove it; "+
				"what callers themselves send in a header is passed on by maas-api --forward-headers", canonical)
		case strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' }):
			c.doc.FaultAt(at, "the value has a character that a header cannot hold, write printable ASCII")
		case twice:
			c.doc.FaultAt(at, "%s is written twice, in different case", canonical)
		}
		headers[canonical] = value
	}
	if len(headers) == 0 {
		return nil
	}
	return headers
}

// headerName is a token of RFC 9110.
var headerName = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")
