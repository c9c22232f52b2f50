package access

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/maas-kinds/maas/engine/kind"
)

func TestIdentify(t *testing.T) {
	for name, test := range map[string]struct {
		header    http.Header
		anonymous bool
		// holding are the headers that hold credentials besides Authorization.
		holding []string
		err     error
		// sent is what a probe carries of the request.
		sent http.Header
	}{
		"a token goes on byte for byte": {
			header: http.Header{"Authorization": {"bEaReR  to ken=="}},
			sent:   http.Header{"Authorization": {"bEaReR  to ken=="}},
		},
		"any scheme will do": {
			header: http.Header{"Authorization": {"Basic dTpw"}},
			sent:   http.Header{"Authorization": {"Basic dTpw"}},
		},
		"named headers go with it, others stay here": {
			header: http.Header{"Authorization": {"Bearer t"}, "X-Tenant": {"a", "b"}, "Cookie": {"c"}, "X-Forwarded-For": {"1.2.3.4"}},
			sent:   http.Header{"Authorization": {"Bearer t"}, "X-Tenant": {"a", "b"}},
		},
		"16 KiB is not too long":           {header: http.Header{"Authorization": {strings.Repeat("a", 16<<10)}}, sent: http.Header{"Authorization": {strings.Repeat("a", 16<<10)}}},
		"one byte more is":                 {header: http.Header{"Authorization": {strings.Repeat("a", 16<<10+1)}}, err: ErrCredentialsTooLong},
		"two values are unclear":           {header: http.Header{"Authorization": {"Bearer a", "Bearer a"}}, err: ErrManyCredentials},
		"also when anybody may":            {header: http.Header{"Authorization": {"Bearer a", "Bearer b"}}, anonymous: true, err: ErrManyCredentials},
		"none are refused":                 {header: http.Header{"X-Tenant": {"a"}}, err: ErrNoCredentials},
		"blanks are none":                  {header: http.Header{"Authorization": {"  "}}, err: ErrNoCredentials},
		"none, when anybody may":           {header: http.Header{"X-Tenant": {"a"}}, anonymous: true, sent: http.Header{"X-Tenant": {"a"}}},
		"a key, where its header is named": {header: http.Header{"X-Api-Key": {"sk"}}, holding: []string{"x-api-key"}, sent: http.Header{"X-Api-Key": {"sk"}}},
		"a key, where it is not":           {header: http.Header{"X-Api-Key": {"sk"}}, err: ErrNoCredentials},
		"a blank key is none":              {header: http.Header{"X-Api-Key": {" \t"}}, holding: []string{"X-Api-Key"}, err: ErrNoCredentials},
		"a key and a token": {
			header: http.Header{"Authorization": {"Bearer t"}, "X-Api-Key": {"sk"}}, holding: []string{"X-Api-Key"},
			sent: http.Header{"Authorization": {"Bearer t"}, "X-Api-Key": {"sk"}}, // the backend chooses, as it does when it is called
		},
		"a key and a blank token":            {header: http.Header{"Authorization": {" "}, "X-Api-Key": {"sk"}}, holding: []string{"X-Api-Key"}, sent: http.Header{"X-Api-Key": {"sk"}}},
		"two keys are unclear":               {header: http.Header{"X-Api-Key": {"a", "b"}}, holding: []string{"X-Api-Key"}, err: ErrManyCredentials},
		"also beside a token":                {header: http.Header{"Authorization": {"Bearer t"}, "X-Api-Key": {"a", "a"}}, holding: []string{"X-Api-Key"}, err: ErrManyCredentials},
		"a key is no longer than a token is": {header: http.Header{"X-Api-Key": {strings.Repeat("a", 16<<10+1)}}, holding: []string{"X-Api-Key"}, err: ErrForwardedTooLong},
		"forwarded ones too long":            {header: http.Header{"Authorization": {"Bearer t"}, "X-Tenant": {strings.Repeat("a", 9<<10), strings.Repeat("a", 9<<10)}}, err: ErrForwardedTooLong},
	} {
		t.Run(name, func(t *testing.T) {
			callers, err := NewCallers([]string{"x-tenant"}, test.anonymous, test.holding...)
			if err != nil {
				t.Fatal(err)
			}
			who, err := callers.Identify(test.header)
			if !errors.Is(err, test.err) {
				t.Fatalf("error %v, want %v", err, test.err)
			}
			if err == nil {
				if diff := cmp.Diff(test.sent, who.header); diff != "" {
					t.Errorf("a probe carries (-want +got):\n%s", diff)
				}
			}
		})
	}
}

func TestForwardHeadersAreChecked(t *testing.T) {
	for _, name := range []string{"", "X Tenant", "X:Tenant", "authorization", "Host", "connection", "Transfer-Encoding", "Proxy-Authorization", "x-maas-probe", "Content-Length"} {
		_, forwarding := NewCallers([]string{"X-Fine", name}, false)
		_, holding := NewCallers(nil, false, "X-Fine", name)
		for flag, err := range map[string]error{"--forward-headers": forwarding, "--credential-headers": holding} {
			if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("%s: %q", flag, name)) {
				t.Errorf("%q: error %v, want one that names it and %s", name, err, flag)
			}
		}
	}
}

// Which headers hold credentials is the operator's to say, but for two names that
// are used for nothing else.
func TestCredentialHeaders(t *testing.T) {
	for name, test := range map[string]struct{ forward, holding, credentials, forwarded []string }{
		"none are named":                 {nil, nil, []string{"Authorization"}, nil},
		"a header that is none":          {[]string{"X-Request-Source"}, nil, []string{"Authorization"}, []string{"X-Request-Source"}},
		"keys by their names":            {[]string{"x-api-key", "X-Tenant", "API-KEY"}, nil, []string{"Authorization", "Api-Key", "X-Api-Key"}, []string{"Api-Key", "X-Api-Key", "X-Tenant"}},
		"another key is said to be one":  {[]string{"X-Tenant"}, []string{"ocp-apim-subscription-key"}, []string{"Authorization", "Ocp-Apim-Subscription-Key"}, []string{"Ocp-Apim-Subscription-Key", "X-Tenant"}},
		"what is said twice counts once": {[]string{"X-Api-Key", "X-Key"}, []string{"X-Api-Key", "x-key"}, []string{"Authorization", "X-Api-Key", "X-Key"}, []string{"X-Api-Key", "X-Key"}},
		"a name that looks like a key":   {[]string{"X-Api-Key-Id"}, nil, []string{"Authorization"}, []string{"X-Api-Key-Id"}},
	} {
		t.Run(name, func(t *testing.T) {
			callers, err := NewCallers(test.forward, false, test.holding...)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.credentials, callers.Credentials()); diff != "" {
				t.Errorf("credentials (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.forwarded, callers.Forwarded(), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("forwarded (-want +got):\n%s", diff)
			}
		})
	}
}

// The same text in two headers, or in another one, is another caller.
func TestCallersByHeader(t *testing.T) {
	callers, err := NewCallers([]string{"X-Api-Key", "Api-Key"}, false)
	if err != nil {
		t.Fatal(err)
	}
	known := map[callerKey]string{}
	for name, header := range map[string]http.Header{
		"a token": {"Authorization": {"sk"}}, "a key": {"X-Api-Key": {"sk"}}, "another header's key": {"Api-Key": {"sk"}}, "another key": {"X-Api-Key": {"sl"}},
		"a token and a key": {"Authorization": {"sk"}, "X-Api-Key": {"sk"}}, "two keys": {"Api-Key": {"sk"}, "X-Api-Key": {"sk"}},
		"halves": {"Api-Key": {"s"}, "X-Api-Key": {"k"}}, "a blank": {"Api-Key": {""}, "X-Api-Key": {"sk"}},
	} {
		who, err := callers.Identify(header)
		if err != nil {
			t.Fatal(err)
		}
		if other, taken := known[who.key]; taken {
			t.Errorf("%s is taken for %s", name, other)
		}
		known[who.key] = name
	}
}

func TestSecretsDifferFromProcessToProcess(t *testing.T) {
	first, second := caller(t, "alice"), caller(t, "alice") // each with Callers of its own
	if first.key == second.key {
		t.Error("the key can be computed without the secret")
	}
}

// FuzzForward holds what a probe carries against what it may carry, whatever
// the request and the configuration.
func FuzzForward(f *testing.F) {
	f.Add("X-Tenant", "X-Tenant", "a", "Bearer t")
	f.Add("x-tenant,Cookie", "Cookie", "s=1", "Bearer t")
	f.Add("Host", "Host", "evil", "t")
	f.Add("Connection", "Connection", "X-Tenant", "Basic x")
	f.Add("X-Maas-Probe", "X-Maas-Probe", "0", "t")
	f.Fuzz(func(t *testing.T, forward, name, value, token string) {
		callers, err := NewCallers(strings.Split(forward, ","), true)
		if err != nil {
			return // refused at start
		}
		header := http.Header{}
		header.Set(name, value)
		header["Cookie"] = append(header["Cookie"], "session=secret")
		header["X-Forwarded-For"] = append(header["X-Forwarded-For"], "10.0.0.1")
		header["Authorization"] = []string{token}
		who, err := callers.Identify(header)
		if err != nil {
			return
		}
		policy, err := NewPolicy([]string{"*"}, true, nil)
		if err != nil {
			t.Fatal(err)
		}
		sent := policy.Target("ns/m", "https://models.example.com", "llmisvc", kind.DefaultProbe()).header(who)

		may := map[string]bool{"Authorization": true, "User-Agent": true, MarkerHeader: true}
		for _, name := range callers.Forwarded() {
			may[name] = true
		}
		for name := range sent {
			if !may[name] {
				t.Errorf("a probe carries %q, which was not named", name)
			}
		}
		if got := sent["Authorization"]; len(got) > 0 && (len(got) != 1 || got[0] != token) {
			t.Errorf("Authorization %q became %q", token, got)
		}
		if diff := cmp.Diff([]string{"1"}, sent[MarkerHeader]); diff != "" {
			t.Errorf("marker (-want +got):\n%s", diff)
		}
		for _, name := range []string{"Host", "Connection", "Transfer-Encoding", "Content-Length", "Proxy-Authorization"} {
			if _, ok := sent[name]; ok {
				t.Errorf("a probe carries %s", name)
			}
		}
	})
}
