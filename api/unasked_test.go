package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/utils/clock"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// What nobody asks is shown to everybody, so it has to pass the same rules: an
// address that a tenant has written is not recommended to all callers.
func TestUnaskedEndpointsPassTheSameRules(t *testing.T) {
	unasked := func(m *v1alpha1.MaaSModel) { m.Status.Kind = "ExternalModel" } // policy Never
	unready := func(m *v1alpha1.MaaSModel) { m.Status.Phase = v1alpha1.PhaseUnhealthy }
	all := []*v1alpha1.MaaSModel{
		model("a/inside", "http://gateway.infra.svc/a/inside", unasked),
		model("a/unready", "http://gateway.infra.svc/a/unready", unasked, unready),
		model("evil/outside", "https://collect.evil.test/v1", unasked),
		model("evil/outside-unready", "https://collect.evil.test/v1", unasked, unready),
		model("evil/plain", "http://gateway.example.com", unasked),
		model("evil/address", "https://192.0.2.7", unasked),
		model("evil/metadata", "http://169.254.169.254", unasked),
		model("evil/user", "https://gateway.infra.svc:x@gateway.infra.svc", unasked),
		model("b/gateway", "https://gateway.example.com/b", unasked),
	}
	for name, test := range map[string]struct {
		trusted []string
		want    []string
		refused string
	}{
		"default flags: Services alone":     {DefaultOptions().TrustedHosts, []string{"inside"}, "7"},
		"a Gateway's host that is trusted":  {[]string{".svc", "gateway.example.com"}, []string{"gateway", "inside"}, "6"},
		"every host, and still plain rules": {[]string{"*"}, []string{"address", "gateway", "inside", "outside"}, "3"},
	} {
		t.Run(name, func(t *testing.T) {
			o := DefaultOptions()
			o.TrustedHosts, o.Clock = test.trusted, clock.RealClock{}
			s := startService(t, o, all...)
			for _, token := range []string{"alice", "bob", "alice"} { // each endpoint is counted once
				if diff := cmp.Diff(test.want, s.get(t, "/v1/models", token).ids(t)); diff != "" {
					t.Errorf("%s (-want +got):\n%s", token, diff)
				}
			}
			listed := map[string]bool{}
			for _, id := range test.want {
				listed[id] = true
			}
			for _, m := range all {
				got := s.get(t, "/v1/models/"+m.Name, "alice")
				if want := listed[m.Name]; (got.StatusCode == http.StatusOK) != want || strings.Contains(got.body, m.Status.Endpoint) != want {
					t.Errorf("%s: status %d, %s, want shown %t", m.Name, got.StatusCode, got.body, want)
				}
			}
			s.shows(t, "maas_api_refused_endpoints_total "+test.refused)
			if n := strings.Count(s.log.String(), `"model":"evil/metadata","reason"`); n != 1 {
				t.Errorf("the log names the refused endpoint %d times, want once:\n%s", n, s.log)
			}
		})
	}
}
