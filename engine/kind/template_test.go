package kind_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
)

// Values come from objects that their users write. In a template each of them
// stays what it is: a scheme, a host, a part of a path, or the base URL.
func TestTemplateKeepsValuesInTheirPlace(t *testing.T) {
	const parts = `  values:
    scheme: [{path: $.spec.scheme, lower: true}]
    host: [{path: $.spec.host}]
    port: [{path: $.spec.port}]
    path: [{path: $.spec.path}]
    base: [{path: $.spec.base}]
  health: [{is: Ready, when: [{condition: Ready, status: "True"}]}]
  endpoint:
    - template: "{scheme}://{host}:{port}/v/{path}"
    - template: "{base}/openai"
    - template: "{host}:8000"
      scheme: https
`
	k := widget(t, parts)
	for name, test := range map[string]struct {
		spec    string
		want    string
		invalid bool
	}{
		"all in place":                     {"{scheme: HTTPS, host: h.example.com, port: 8443, path: a/b}", "https://h.example.com:8443/v/a/b", false},
		"an IPv6 address":                  {`{scheme: http, host: "2001:db8::1", port: 80, path: a}`, "http://[2001:db8::1]:80/v/a", false},
		"a slash at either side is one":    {"{scheme: http, host: h, port: 80, path: /a}", "http://h:80/v/a", false},
		"a base URL keeps its path":        {`{base: "http://h.example.com/a/"}`, "http://h.example.com/a/openai", false},
		"an address without a scheme":      {"{host: h}", "https://h:8000", false},
		"an IPv6 address without a scheme": {`{host: "2001:db8::1"}`, "https://[2001:db8::1]:8000", false},
		"a host in the scheme":             {`{scheme: "http://evil.example.com/", host: h, port: 80, path: a}`, "https://h:8000", false},
		"a path in the host":               {"{scheme: http, host: h/evil, port: 80, path: a}", "", false},
		"credentials in the host":          {`{scheme: http, host: "h@evil.example.com", port: 80, path: a}`, "", false},
		"a host in the port":               {`{scheme: http, host: h, port: "80@evil.example.com", path: a}`, "https://h:8000", false},
		"a query in the path":              {`{scheme: http, host: h, port: 80, path: "a?next=evil"}`, "https://h:8000", false},
		"an escape in the path":            {`{scheme: http, host: h, port: 80, path: "%2e%2e"}`, "https://h:8000", false},
		"the path climbs out":              {`{scheme: http, host: h, port: 80, path: "../a"}`, "https://h:8000", false},
		"a space in the path":              {`{scheme: http, host: h, port: 80, path: "a b"}`, "https://h:8000", false},
		"another scheme":                   {`{scheme: ftp, host: h, port: 80, path: a}`, "https://h:8000", false},
		"a fraction is no port":            {`{scheme: http, host: h, port: 80.5, path: a}`, "https://h:8000", false},
		"the base URL is held against all": {`{base: "http://169.254.169.254"}`, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			object := referent(t, "{"+identity+", metadata: {name: a}, spec: "+test.spec+"}")
			got := k.Observe(&v1alpha1.MaaSModel{}, object, kind.Objects(nil), endpoint.Rules{}).Endpoint
			if diff := cmp.Diff(test.want, got.URL); diff != "" || got.Invalid != test.invalid {
				t.Errorf("invalid %t, %s (-want +got):\n%s", got.Invalid, got.Message, diff)
			}
		})
	}
}
