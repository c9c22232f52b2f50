package kind_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/engine/registry"
)

// A header that says who calls is a fault of the kind, by whatever proxy's
// name: constants in it would let every caller in as somebody else.
func TestConstantHeaders(t *testing.T) {
	names := map[string]bool{} // whether it may be a constant
	for _, name := range []string{
		"Impersonate-User", "Impersonate-Group", "Impersonate-Uid", "Impersonate-Extra-scopes", "impersonate-extra-acme.com%2Fproject",
		"X-Forwarded-User", "X-Forwarded-Groups", "X-Forwarded-Email", "X-Forwarded-Preferred-Username", "X-Forwarded-Access-Token", "x-forwarded-for",
		"X-Forwarded-Client-Cert", "X-Forwarded-Tls-Client-Cert-Info", "X-Forwarded-Uri", "X-Remote-User", "X-Remote-Group", "X-Remote-Extra-Scopes",
		"Remote-User", "Remote-Name", "Remote-Groups", "X-Auth-Request-User", "X-Auth-Request-Redirect", "X-Auth-Token", "X-Webauth-User", "X-Webauth-Name",
		"X-Amzn-Oidc-Identity", "X-Amzn-Oidc-Data", "X-Amzn-Mtls-Clientcert", "X-Goog-Authenticated-User-Email", "X-Goog-Iap-Jwt-Assertion", "X-Goog-Api-Key",
		"X-Ms-Client-Principal", "X-Ms-Client-Principal-Name", "X-Ms-Token-Aad-Access-Token", "Ocp-Apim-Subscription-Key", "X-Functions-Key",
		"X-Apigateway-Api-Userinfo", "X-Endpoint-Api-Consumer-Number", "X-Consumer-Id", "X-Consumer-Username", "X-Credential-Identifier", "X-Rh-Identity",
		"Cf-Access-Authenticated-User-Email", "Cf-Access-Jwt-Assertion", "Cf-Connecting-Ip", "Fastly-Client-Ip", "True-Client-Ip", "X-Real-Ip",
		"Tailscale-User-Login", "Tailscale-App-Capabilities", "X-Tailscale-Name", "X-Pomerium-Claim-Name", "X-Authentik-Name", "X-Vouch-User",
		"X-User", "X-User-Id", "X-Userid", "kubeflow-userid", "X-Trino-User", "Oidc_claim_sub", "X-Login", "X-Roles", "X-Session-Id",
		"X-Client-Cert", "X-Client-Dn", "Client-Cert", "Client-Cert-Chain", "Ssl-Client-Verify", "Ssl-Client-Subject-Dn", "X-Ssl-Client-S-Dn", "X-Ssl-Issuer",
		"X-Envoy-Internal", "X-Envoy-External-Address", "X-Envoy-Original-Path", "X-Istio-Attributes", "X-Original-Url", "X-Rewrite-Url",
		"X-Http-Method-Override", "X-Maas-Probe", "X-Maas-Username", "X-Maas-Subscription", "Proxy-Authorization", "Proxy-Connection",
		"Authorization", "Cookie", "X-Api-Key", "api-key", "Apikey", "Private-Token", "X-Csrf-Token", "X-Secret", "From", "Forwarded", "Via", "Dpop", "Signature-Input",
		"Host", "Content-Length", "Transfer-Encoding", "Te", "Upgrade", "Connection", "Expect", "Http2-Settings",
		"X-Group", "X-Account-Id", "X-Actor", "X-On-Behalf-Of", "X-Caller-Id", "X-Scope-OrgID", "X-Creds", "X-Clientcert", "Client-Ip", "X-Host", "Eppn", "Mail",
		// Behind CGI and WSGI the underscore is the hyphen.
		"X_Forwarded_User", "X-Remote_User", "REMOTE_USER",
	} {
		names[name] = false
	}
	for _, name := range []string{"X-Route", "Accept", "User-Agent", "X-Tenant", "Anthropic-Version", "OpenAI-Organization", "X-Gateway-Model-Name",
		"X-Ai-Eg-Model", "Inference-Pool", "X-Authority", "X-Monkey", "X-Grouping", "Prefer", "K-Network-Probe", "Remote"} {
		names[name] = true
	}
	files := fstest.MapFS{}
	for name := range names {
		id := fmt.Sprintf("w%d", len(files))
		files[id+"/kind.yaml"] = &fstest.MapFile{Data: []byte(`apiVersion: maas.opendatahub.io/v1alpha1
kind: ModelKind
metadata: {name: ` + id + `}
spec:
  description: a widget
  referent: {group: example.com, kind: Widget, versions: [v1]}
  health: [{is: Ready, when: [{condition: Ready, status: "True"}]}]
  endpoint: [{path: $.status.url}]
  probe: {headers: {` + name + `: a}}
`)}
	}
	_, err := registry.Load(registry.Source{FS: files})
	var faults syntax.Faults
	if !errors.As(err, &faults) {
		t.Fatalf("got %v, want faults", err)
	}
	said := map[string]string{}
	for line := range strings.SplitSeq(faults.Error(), "\n") {
		_, rest, found := strings.Cut(line, "spec.probe.headers.")
		name, message, _ := strings.Cut(rest, ": ")
		if !found || !strings.Contains(message, "remove it; what callers themselves send in a header is passed on by maas-api --forward-headers") {
			t.Errorf("another fault: %s", line)
		}
		said[name] = message
	}
	for name, constant := range names {
		if _, refused := said[name]; refused == constant {
			t.Errorf("%s may be a constant: %t, want %t", name, !refused, constant)
		}
	}
}
