package access

import (
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/maas-kinds/maas/engine/kind"
)

func TestPolicyDecidesWhereCredentialsMayGo(t *testing.T) {
	type policy struct {
		trusted   []string
		allowHTTP bool
		cidrs     []string
	}
	local := policy{trusted: ClusterLocal("")}
	example := policy{trusted: []string{"models.example.com"}}
	anywhere := policy{trusted: []string{"*"}, allowHTTP: true}
	for name, test := range map[string]struct {
		policy   policy
		endpoint string
		// url is what is probed; empty where the endpoint is refused.
		url string
	}{
		"a Service":                              {local, "http://granite.models.svc", "http://granite.models.svc/v1/models"},
		"its full name":                          {local, "http://granite.models.svc.cluster.local:8000/v2/", "http://granite.models.svc.cluster.local:8000/v2/v1/models"},
		"case and a final dot change nothing":    {local, "http://Granite.Models.SVC.", "http://Granite.Models.SVC./v1/models"},
		"a host that only ends alike":            {local, "http://evilsvc", ""},
		"the suffix alone is no host":            {local, "http://svc", ""},
		"a host outside":                         {local, "https://api.example.com", ""},
		"an address is no name":                  {local, "http://10.0.0.7", ""},
		"a trusted address":                      {policy{trusted: []string{"10.0.0.7", "fd00::7"}, allowHTTP: true}, "http://[fd00::7]:80", "http://[fd00::7]:80/v1/models"},
		"is not the end of another":              {policy{trusted: []string{"0.0.7"}, allowHTTP: true}, "http://10.0.0.7", ""},
		"a trusted host":                         {example, "https://models.example.com/granite", "https://models.example.com/granite/v1/models"},
		"hosts below it":                         {example, "https://eu.models.example.com", "https://eu.models.example.com/v1/models"},
		"not beside it":                          {example, "https://evil-models.example.com", ""},
		"not above it":                           {example, "https://example.com", ""},
		"not with it in front":                   {example, "https://models.example.com.evil.test", ""},
		"not with it in the path":                {example, "https://evil.test/models.example.com", ""},
		"plain http outside the cluster":         {example, "http://models.example.com", ""},
		"plain http when said out loud":          {policy{trusted: []string{"models.example.com"}, allowHTTP: true}, "http://models.example.com", "http://models.example.com/v1/models"},
		"plain http to a name like a Service's":  {policy{trusted: []string{"*"}}, "http://evil.test", ""},
		"only below":                             {policy{trusted: []string{".example.com"}}, "https://a.example.com", "https://a.example.com/v1/models"},
		"and not the domain itself":              {policy{trusted: []string{".example.com"}}, "https://example.com", ""},
		"every host, said out loud":              {anywhere, "http://10.0.0.7:8000", "http://10.0.0.7:8000/v1/models"},
		"loopback even then":                     {anywhere, "http://127.0.0.1", ""},
		"localhost even then":                    {anywhere, "http://localhost:8080", ""},
		"IPv6 loopback":                          {anywhere, "http://[::1]", ""},
		"the metadata service":                   {anywhere, "http://169.254.169.254/latest", ""},
		"the metadata service in IPv6":           {anywhere, "http://[fd00:ec2::254]", ""},
		"the metadata service mapped into IPv6":  {anywhere, "http://[::ffff:169.254.169.254]", ""},
		"the metadata service mapped, in hex":    {anywhere, "http://[::ffff:a9fe:a9fe]", ""},
		"the metadata service through NAT64":     {anywhere, "http://[64:ff9b::a9fe:a9fe]", ""},
		"link-local IPv6 with a zone":            {anywhere, "http://[fe80::1%25eth0]", ""},
		"a private address with a zone":          {anywhere, "http://[fd00::1%25eth0]", ""},
		"loopback as a number":                   {anywhere, "http://2130706433", ""},
		"loopback in hex":                        {anywhere, "http://0x7f000001", ""},
		"nobody":                                 {anywhere, "http://0.0.0.0", ""},
		"multicast":                              {anywhere, "http://224.0.0.1", ""},
		"loopback for a demo":                    {policy{trusted: []string{"127.0.0.1"}, allowHTTP: true, cidrs: []string{"127.0.0.0/8"}}, "http://127.0.0.1:9001", "http://127.0.0.1:9001/v1/models"},
		"user and password":                      {anywhere, "https://user:secret@models.example.com", ""},
		"a user alone":                           {anywhere, "https://user@models.example.com", ""},
		"letters that a resolver would rewrite":  {policy{trusted: []string{"*"}}, "https://models。example.com", ""},
		"a name that looks trusted when written": {example, "https://mοdels.example.com", ""}, // a Greek omicron
		"another scheme":                         {anywhere, "ftp://models.example.com", ""},
		"a query":                                {anywhere, "https://models.example.com?x=1", ""},
		"nothing":                                {anywhere, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			var cidrs []netip.Prefix
			for _, cidr := range test.policy.cidrs {
				cidrs = append(cidrs, netip.MustParsePrefix(cidr))
			}
			p, err := NewPolicy(test.policy.trusted, test.policy.allowHTTP, cidrs)
			if err != nil {
				t.Fatal(err)
			}
			target := p.Target("ns/m", test.endpoint, "llmisvc", kind.DefaultProbe())
			switch refused := target.Refused(); {
			case test.url == "" && !errors.Is(refused, ErrRefused):
				t.Errorf("credentials would go to %v", target.url)
			case test.url == "" && strings.Contains(refused.Error(), "secret"):
				t.Errorf("the reason holds the password: %v", refused)
			case test.url != "" && refused != nil:
				t.Errorf("refused: %v", refused)
			case test.url != "" && target.url.String() != test.url:
				t.Errorf("probes %s, want %s", target.url, test.url)
			}
		})
	}
}

func TestPolicyNamesEveryBadSuffix(t *testing.T) {
	_, err := NewPolicy([]string{"*.example.com", "https://x", "a/b", "", ".", "models.example.com:8443", "fine.example.com", "10.0.0.7", "fd00::7"}, false, nil)
	for _, bad := range []string{`"*.example.com"`, `"https://x"`, `"a/b"`, `""`, `"."`, `"models.example.com:8443"`} {
		if err == nil || !strings.Contains(err.Error(), bad) {
			t.Errorf("%s is not named in: %v", bad, err)
		}
	}
	if err != nil && (strings.Contains(err.Error(), "fine") || strings.Contains(err.Error(), `0.7"`)) {
		t.Errorf("a good suffix is named in: %v", err)
	}
}

// Without plain http there is none to cluster-local names either.
func TestHTTPSOnly(t *testing.T) {
	policy, err := NewPolicy(ClusterLocal(""), false, nil)
	if err != nil {
		t.Fatal(err)
	}
	for endpoint, refused := range map[string]bool{"http://m.llm.svc": true, "https://m.llm.svc": false} {
		if err := policy.HTTPSOnly().Target("m", endpoint, "k", kind.Probe{}).Refused(); (err != nil) != refused {
			t.Errorf("%s: %v, refused must be %t", endpoint, err, refused)
		}
	}
	if err := policy.Target("m", "http://m.llm.svc", "k", kind.Probe{}).Refused(); err != nil {
		t.Errorf("the policy itself has changed: %v", err)
	}
}
