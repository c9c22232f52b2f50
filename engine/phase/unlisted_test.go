package phase_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
)

// A Ready model that the API shows to nobody says so, for as long as that is so;
// of one that is not Ready there is nothing to show.
func TestUnlisted(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	untrusted := func(d endpoint.Distrust) func(*kind.Observation) {
		d.Problem, d.Remedy = "P", "--flag=value"
		return func(obs *kind.Observation) { obs.Untrusted = &d }
	}
	host := untrusted(endpoint.Distrust{Host: true, HTTP: true, HTTPSOnly: true})
	for name, test := range map[string]struct {
		obs    kind.Observation
		reason string
	}{
		"it is shown":               {obs: observe()},
		"the host is not trusted":   {obs: observe(host), reason: v1alpha1.ReasonHostNotTrusted},
		"plain http is not allowed": {obs: observe(untrusted(endpoint.Distrust{HTTP: true})), reason: v1alpha1.ReasonPlainHTTP},
		"https alone is":            {obs: observe(untrusted(endpoint.Distrust{HTTP: true, HTTPSOnly: true})), reason: v1alpha1.ReasonHTTPSOnly},
		"it is not Ready":           {obs: observe(host, progressing)},
		"it is kept Ready":          {obs: observe(host, stale, dwelling(time.Minute)), reason: v1alpha1.ReasonHostNotTrusted},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stored := ready(t, m)
			if test.reason == "" {
				stored = decide(t, m, stored, observe(host), noon).Status
			}
			d := decide(t, m, stored, test.obs, noon)
			got := ""
			if c := meta.FindStatusCondition(d.Status.Conditions, v1alpha1.ConditionUnlisted); c != nil {
				got = c.Reason
				const message = "The API lists this model to nobody: P. If callers' credentials may be sent there, give maas-api and maas-controller --flag=value"
				if diff := cmp.Diff(message, c.Message); diff != "" {
					t.Errorf("message (-want +got):\n%s", diff)
				}
			}
			if got != test.reason {
				t.Errorf("Unlisted has the reason %q, want %q", got, test.reason)
			}
		})
	}
}
