package endpoint_test

import (
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/api/endpoint"
)

// What is not trusted names every flag that it takes. The first list of hosts
// replaces the default, so that this is repeated; others are not told.
func TestDistrust(t *testing.T) {
	t.Parallel()
	const also = ",.svc,.svc.cluster.local"
	for name, test := range map[string]struct {
		hosts                []string
		allowHTTP, httpsOnly bool
		url                  string
		remedy               string
	}{
		"a Service":                                   {url: "http://a.b.svc:8000"},
		"a Service in full":                           {url: "http://a.b.svc.cluster.local."},
		"a host of the outside":                       {url: "https://models.example.com", remedy: "--trusted-hosts=models.example.com" + also},
		"an address, by http":                         {url: "http://203.0.113.7", remedy: "--trusted-hosts=203.0.113.7" + also + " --allow-http"},
		"an IPv6 address":                             {url: "https://[2001:db8::7]:8443", remedy: "--trusted-hosts=2001:db8::7" + also},
		"a trusted host by http":                      {hosts: []string{"example.com"}, url: "http://a.example.com", remedy: "--allow-http"},
		"a trusted host by http, where it is allowed": {hosts: []string{"example.com"}, allowHTTP: true, url: "http://a.example.com"},
		"a Service by http, and https alone":          {httpsOnly: true, url: "http://a.b.svc", remedy: "--https-only=false"},
		"a host of the outside, https alone":          {httpsOnly: true, url: "http://a.example.com", remedy: "--trusted-hosts=a.example.com" + also + " --https-only=false --allow-http"},
		"no host is trusted":                          {hosts: []string{}, url: "https://a.example.com", remedy: "another --trusted-hosts=a.example.com"},
		"another host is trusted":                     {hosts: []string{"b.example.com"}, url: "https://a.example.com", remedy: "another --trusted-hosts=a.example.com"},
		"every host is":                               {hosts: []string{"*"}, url: "https://a.example.com"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			trust, faults := endpoint.NewTrust(test.hosts, "")
			if len(faults) > 0 {
				t.Fatal(faults)
			}
			trust.AllowHTTP, trust.HTTPSOnly = test.allowHTTP, test.httpsOnly
			u, err := url.Parse(test.url)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if distrust := trust.Check(u); distrust != nil {
				got = distrust.Remedy
			}
			if diff := cmp.Diff(test.remedy, got); diff != "" {
				t.Errorf("remedy (-want +got):\n%s", diff)
			}
		})
	}
}
