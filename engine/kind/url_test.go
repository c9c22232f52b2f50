package kind_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
)

// Values come from objects that their users write. In a URL each stays the part
// that it is, or there is no URL.
func TestURLKeepsPartsInTheirPlace(t *testing.T) {
	k := widget(t, `  health: [{is: Ready, when: [{condition: Ready, status: "True"}]}]
  endpoint:
    - url: {scheme: [{path: $.spec.scheme}, {constant: http}], host: [{path: $.spec.host}], port: [{path: $.spec.port}, {constant: 8000}], path: [{path: $.spec.path}]}
`)
	for name, test := range map[string]struct{ spec, want string }{
		"plain":                            {"{host: h, path: v}", "http://h:8000/v"},
		"slashes in the path":              {"{host: h, path: //evil.example.com/a}", "http://h:8000/evil.example.com/a"},
		"an IPv4 address":                  {"{host: 203.0.113.7}", "http://203.0.113.7:8000"},
		"a host in brackets":               {`{host: "[2001:db8::1]"}`, "http://[2001:db8::1]:8000"},
		"an address with a zone":           {`{host: "fe80::1%eth0"}`, ""},
		"another scheme":                   {"{scheme: ftp, host: h}", ""},
		"a host in the scheme":             {`{scheme: "http://evil.example.com/", host: h}`, ""},
		"credentials in the scheme":        {`{scheme: "u:p@evil", host: h}`, ""},
		"a space in the scheme":            {`{scheme: "http ", host: h}`, ""},
		"a path in the host":               {"{host: evil.example.com/x}", ""},
		"a whole URL as the host":          {`{host: "http://evil.example.com"}`, ""},
		"credentials in the host":          {"{host: u@evil.example.com}", ""},
		"a query in the host":              {`{host: "h?x"}`, ""},
		"a fragment in the host":           {`{host: "h#x"}`, ""},
		"a backslash in the host":          {`{host: 'h\x'}`, ""},
		"a port in the host":               {`{host: "evil.example.com:80"}`, ""},
		"an escape in the host":            {`{host: "h%2fx"}`, ""},
		"a host that may not be published": {"{host: 169.254.169.254}", ""},
		"a wildcard":                       {`{host: "*.example.com"}`, ""},
		"an object as the host":            {"{host: {a: b}}", ""},
		"a host in the port":               {`{host: h, port: "80@evil.example.com"}`, ""},
		"a path in the port":               {`{host: h, port: "80/x"}`, ""},
		"no port number":                   {`{host: h, port: http}`, ""},
		"port 0":                           {"{host: h, port: 0}", ""},
		"a negative port":                  {"{host: h, port: -1}", ""},
		"a port beyond all":                {"{host: h, port: 65536}", ""},
		"a fraction of a port":             {"{host: h, port: 80.5}", ""},
		"80 with a zero before":            {`{host: h, port: "080"}`, "http://h"},
		"a query in the path":              {`{host: h, path: "a?next=evil"}`, ""},
		"a fragment in the path":           {`{host: h, path: "a#b"}`, ""},
		"an escape in the path":            {`{host: h, path: "%2e%2e"}`, ""},
		"credentials in the path":          {`{host: h, path: "@evil.example.com"}`, ""},
		"a backslash in the path":          {`{host: h, path: '\evil.example.com'}`, ""},
		"the path climbs out":              {"{host: h, path: ../a}", ""},
		"a space in the path":              {`{host: h, path: "a b"}`, ""},
		"a line end in the path":           {`{host: h, path: "a\nb"}`, ""},
		"a list as the path":               {`{host: h, path: [a]}`, "http://h:8000"},
	} {
		t.Run(name, func(t *testing.T) {
			object := referent(t, "{"+identity+", metadata: {name: a}, spec: "+test.spec+"}")
			got := k.Observe(&v1alpha1.MaaSModel{}, object, kind.Objects(nil), endpoint.Rules{}).Endpoint
			if diff := cmp.Diff(test.want, got.URL); diff != "" {
				t.Errorf("invalid %t, %s (-want +got):\n%s", got.Invalid, got.Message, diff)
			}
		})
	}
}
