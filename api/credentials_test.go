package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// admitsKeys answers 200 to requests with the header, and 401 to others.
func admitsKeys(name, value string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get(name) != value {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}
}

// Clients of other makes send their key in a header of its own, and no
// Authorization: ../shared/cases/23-x-api-key-only.yaml.
func TestCredentialsInAnotherHeader(t *testing.T) {
	key := header{"x-api-key": "sk-test"}
	for name, test := range map[string]struct {
		forward, credentials []string
		token                string
		headers              header
		status               int
		ids                  []string
		// says is what a 401 names.
		says string
	}{
		"a key":                      {forward: []string{"X-Api-Key"}, headers: key, status: 200, ids: []string{"keyed"}},
		"a key by a flag of its own": {credentials: []string{"X-Api-Key"}, headers: key, status: 200, ids: []string{"keyed"}},
		"a wrong key":                {forward: []string{"X-Api-Key"}, headers: header{"X-Api-Key": "sk-tess"}, status: 200, ids: []string{}},
		"a key beside a token":       {forward: []string{"X-Api-Key"}, token: "alice", headers: key, status: 200, ids: []string{"keyed", "tokened"}},
		"a token alone":              {forward: []string{"X-Api-Key"}, token: "alice", status: 200, ids: []string{"tokened"}},
		"the key as a token":         {forward: []string{"X-Api-Key"}, token: "sk-test", status: 200, ids: []string{}},
		"nothing":                    {forward: []string{"X-Api-Key"}, status: 401, says: "taken as well: X-Api-Key."},
		"a blank key":                {forward: []string{"X-Api-Key"}, headers: header{"X-Api-Key": " "}, status: 401, says: "X-Api-Key"},
		"a header that is passed on, and no credential": {forward: []string{"X-Request-Source"}, headers: header{"X-Request-Source": "x"}, status: 401, says: "Authorization: Bearer TOKEN."},
		"a key that nobody has named":                   {forward: []string{"X-Request-Source"}, headers: key, status: 401, says: "Authorization: Bearer TOKEN."},
	} {
		t.Run(name, func(t *testing.T) {
			keyed, tokened := startBackend(t, admitsKeys("X-Api-Key", "sk-test")), startBackend(t, admits("alice"))
			o := loopback()
			o.ForwardHeaders, o.CredentialHeaders = test.forward, test.credentials
			s := startService(t, o, model("lab/keyed", keyed.URL), model("lab/tokened", tokened.URL))
			for turn := range 2 { // the second is answered from what is remembered
				got := s.get(t, "/v1/models", test.token, test.headers)
				if got.StatusCode != test.status {
					t.Fatalf("turn %d: status %d, want %d: %s", turn, got.StatusCode, test.status, got.body)
				}
				if test.status == http.StatusOK {
					if diff := cmp.Diff(test.ids, got.ids(t)); diff != "" {
						t.Errorf("turn %d: ids (-want +got):\n%s", turn, diff)
					}
				} else if got.code(t) != "missing_authorization" || !strings.Contains(got.body, test.says) || keyed.probes.Load() > 0 {
					t.Errorf("turn %d: %d probes, %s", turn, keyed.probes.Load(), got.body)
				}
			}
		})
	}
}

// A key is as much a secret, and as much a caller of its own, as a token is.
func TestKeysAreCallersOfTheirOwn(t *testing.T) {
	o := loopback()
	o.ForwardHeaders, o.CORSOrigins = []string{"X-Api-Key"}, []string{"https://chat.example.com"}
	mine := startBackend(t, admitsKeys("X-Api-Key", secret))
	s := startService(t, o, model("lab/keyed", mine.URL))
	owner, other := header{"X-Api-Key": secret}, header{"X-Api-Key": "sk-other"}
	for turn := range 3 {
		for name, test := range map[string]struct {
			token   string
			headers header
			listed  bool
		}{
			"the owner": {"", owner, true}, "another key": {"", other, false}, "the key as a token": {secret, nil, false},
			"the owner, with a token too": {"alice", owner, true}, "another key with the same token": {"alice", other, false}, "the token alone": {"alice", nil, false},
		} {
			list, one := s.get(t, "/v1/models", test.token, test.headers), s.get(t, "/v1/models/keyed", test.token, test.headers)
			if strings.Contains(list.body, `"keyed"`) != test.listed || (one.StatusCode == http.StatusOK) != test.listed {
				t.Errorf("turn %d, %s: %s and %d, want it listed %v", turn, name, list.body, one.StatusCode, test.listed)
			}
			if vary := list.Header.Get("Vary"); !strings.Contains(vary, "X-Api-Key") {
				t.Errorf("Vary is %q: a cache would give one caller's list to another", vary)
			}
		}
	}
	preflight := s.do(t, http.MethodOptions, "/v1/models", "", header{
		"Origin": "https://chat.example.com", "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "x-api-key",
	})
	if got := preflight.Header.Get("Access-Control-Allow-Headers"); got != "x-api-key" {
		t.Errorf("a page may send %q", got)
	}
	s.clean(t)
}
