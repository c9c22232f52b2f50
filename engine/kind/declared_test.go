package kind_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/engine/kind"
)

func TestProbe(t *testing.T) {
	for name, test := range map[string]struct {
		spec string
		want kind.Probe
		// accepted and refused are examples of statuses.
		accepted, refused int
	}{
		"by default": {"", kind.Probe{Policy: kind.ProbePerCaller, Method: "GET", Path: "/v1/models", Expect: kind.ExpectNoPage}, 405, 404},
		"all of it": {"  probe: {path: /openai/v1/models, method: HEAD, accept: [200], expect: JSON, timeout: 2s, headers: {x-route: models}}\n",
			kind.Probe{Policy: kind.ProbePerCaller, Method: "HEAD", Path: "/openai/v1/models", Timeout: 2 * time.Second, Headers: map[string]string{"X-Route": "models"}, Expect: kind.ExpectJSON}, 200, 405},
		"never": {"  probe: {policy: Never}\n", kind.Probe{Policy: kind.ProbeNever, Method: "GET", Path: "/v1/models", Expect: kind.ExpectNoPage}, 200, 401},
	} {
		t.Run(name, func(t *testing.T) {
			got := widget(t, readyWhen+`{condition: Ready, status: "True"}`+endWhen+test.spec).Probe()
			public := kind.Probe{Policy: got.Policy, Method: got.Method, Path: got.Path, Timeout: got.Timeout, Headers: got.Headers, Expect: got.Expect}
			if diff := cmp.Diff(test.want, public, cmp.AllowUnexported(kind.Probe{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if !got.Accepts(test.accepted) || got.Accepts(test.refused) {
				t.Errorf("accepts %d: %t, %d: %t", test.accepted, got.Accepts(test.accepted), test.refused, got.Accepts(test.refused))
			}
		})
	}
}

// A kind is shared: what one caller does with a probe is its own affair.
func TestProbeIsACopy(t *testing.T) {
	k := loadKind(t, "testdata/rows/R21-probe")
	k.Probe().Headers["X-Route"] = "elsewhere"
	if got := k.Probe().Headers["X-Route"]; got != "models" {
		t.Errorf("got %q", got)
	}
}

// What a backend rewrites at every resync is not in the projection, so nothing
// wakes for it; what is read is.
func TestChurn(t *testing.T) {
	k := loadKind(t, "testdata/rows/R22-churn")
	project := func(status string) map[string]any {
		return kind.Project(referent(t, "{"+identity+", metadata: {name: a}, status: "+status+"}"), k).Object
	}
	before := project(`{phase: Ready, version: {lastUpdated: "10:00"}, conditions: [{type: Ready, status: "True", lastTransitionTime: "10:00"}, {type: Other, status: "True"}]}`)
	churned := project(`{phase: Ready, version: {lastUpdated: "10:01"}, conditions: [{type: Ready, status: "True", lastTransitionTime: "10:01"}, {type: Other, status: "False"}], heartbeat: 7}`)
	if diff := cmp.Diff(before, churned); diff != "" {
		t.Errorf("churn shows:\n%s", diff)
	}
	changed := project(`{phase: Ready, conditions: [{type: Ready, status: "False"}]}`)
	if cmp.Equal(before, changed) {
		t.Error("a condition that is read does not show")
	}
}

func TestDeclaredAbsence(t *testing.T) {
	endpoint := loadKind(t, "testdata/rows/R25-no-referent")
	if endpoint.NoReferent() == "" || endpoint.NoEndpoint() == "" || endpoint.Referent().Kind != "" {
		t.Errorf("no referent %q, no endpoint %q, referent %+v", endpoint.NoReferent(), endpoint.NoEndpoint(), endpoint.Referent())
	}
	if !mayRefer(endpoint, "b", "", nil) {
		t.Error("a kind that reads no object refuses a namespace")
	}
	workers := loadKind(t, "testdata/rows/R24-no-failure")
	if workers.NoFailure() == "" || workers.NoReferent() != "" || workers.NoEndpoint() != "" {
		t.Errorf("no failure %q, no referent %q, no endpoint %q", workers.NoFailure(), workers.NoReferent(), workers.NoEndpoint())
	}
}

func TestClusterScope(t *testing.T) {
	k := loadKind(t, "testdata/rows/R23-cluster-scoped")
	if k.Referent().Scope != kind.ScopeCluster {
		t.Errorf("scope %q", k.Referent().Scope)
	}
	if !mayRefer(k, "b", kind.CrossNamespaceNever, nil) {
		t.Error("an object in no namespace is refused for its namespace")
	}
}
