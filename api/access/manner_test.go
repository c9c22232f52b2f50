package access

import (
	"net/http"
	"testing"
	"testing/fstest"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/registry"
)

// probeOf compiles the probe of a kind-spec.
func probeOf(t *testing.T, probe string) kind.Probe {
	t.Helper()
	set, err := registry.Load(registry.Source{FS: fstest.MapFS{"a.yaml": {Data: []byte(`apiVersion: maas.opendatahub.io/v1alpha1
kind: ModelKind
metadata: {name: A}
spec:
  description: a widget
  referent: {group: example.com, kind: Widget, versions: [v1]}
  health: [{is: Ready, when: [{condition: Ready, status: "True"}]}]
  noFailure: this widget exists in a test only
  endpoint: [{path: $.status.url}]
  probe: ` + probe + "\n")}}})
	if err != nil {
		t.Fatal(err)
	}
	return set.Kinds()[0].Probe()
}

func TestProbeIsWhatTheKindSays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, n := newTestChecker(t, DefaultLimits())
		defer c.Close()
		var asked *http.Request
		n.set("a.svc", func(r *http.Request) (*http.Response, error) {
			asked = r
			return replies(http.StatusOK)(r)
		})
		probe := probeOf(t, `{path: /health, method: HEAD, headers: {x-tenant: demo, User-Agent: "kind"}}`)
		made := c.guard.policy.Target("ns/a", "http://a.svc/base", "A", probe)
		if got := c.checkOne(t.Context(), caller(t, "alice"), made); got != Allowed {
			t.Fatalf("verdict %v", got)
		}
		want := http.Header{"Authorization": {"Bearer alice"}, "X-Tenant": {"demo"}, "User-Agent": {"kind"}, MarkerHeader: {"1"}}
		if diff := cmp.Diff(want, asked.Header); diff != "" {
			t.Errorf("header (-want +got):\n%s", diff)
		}
		if asked.Method != http.MethodHead || asked.URL.String() != "http://a.svc/base/health" {
			t.Errorf("asked %s %s", asked.Method, asked.URL)
		}
	})
}

// One URL that is asked in two manners gives two verdicts.
func TestManner(t *testing.T) {
	policy, err := NewPolicy(ClusterLocal(""), false, nil)
	if err != nil {
		t.Fatal(err)
	}
	base := policy.Target("ns/a", "http://a.svc", "A", probeOf(t, `{path: /health}`))
	for name, test := range map[string]struct {
		probe string
		equal bool
	}{
		"the same":       {`{path: /health, method: GET}`, true},
		"other method":   {`{path: /health, method: POST}`, false},
		"other headers":  {`{path: /health, headers: {x-tenant: a}}`, false},
		"other accept":   {`{path: /health, accept: [200]}`, false},
		"other expect":   {`{path: /health, expect: JSON}`, false},
		"the default":    {`{path: /health, expect: NoPage}`, true},
		"other patience": {`{path: /health, timeout: 2s}`, true},
	} {
		t.Run(name, func(t *testing.T) {
			other := policy.Target("ns/b", "http://a.svc", "A", probeOf(t, test.probe))
			if (other.id == base.id) != test.equal {
				t.Errorf("share a verdict: %v, want %v", other.id == base.id, test.equal)
			}
		})
	}
}

// Where the kind says that nothing is asked, nothing is sent, to any host.
func TestUnasked(t *testing.T) {
	c, n := newTestChecker(t, DefaultLimits())
	defer c.Close()
	var verdicts [3]Decision
	policy := c.guard.policy
	summary := c.Check(t.Context(), caller(t, "alice"), []*Target{
		policy.Unasked("ns/a", "http://a.svc", "A", Allowed), policy.Unasked("ns/b", "http://b.svc", "A", Denied),
		policy.Unasked("ns/c", "https://evil.test", "A", Allowed), // trusted by nobody, and so shown to nobody
	}, verdicts[:])
	if diff := cmp.Diff([3]Decision{Allowed, Denied, Refused}, verdicts); diff != "" {
		t.Errorf("verdicts (-want +got):\n%s", diff)
	}
	if summary.Decided != 2 || summary.Inconclusive != 0 || len(n.probes) > 0 {
		t.Errorf("decided %d, inconclusive %d, probes %v", summary.Decided, summary.Inconclusive, n.probes)
	}
}
