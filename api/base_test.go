package api

import (
	"io"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// A base URL is written with or without its /v1. Either way one question is asked,
// and both models have its answer.
func TestBaseURLsThatEndInV1(t *testing.T) {
	for name, tc := range map[string]struct {
		kind string
		// path is where the backend lists its models; it knows no other.
		path      string
		endpoints []string
	}{
		"a SaaS below a path":         {"Endpoint", "/saas/v1/models", []string{"/saas", "/saas/", "/saas/v1", "/saas/v1/"}},
		"at the root":                 {"Service", "/v1/models", []string{"", "/", "/v1"}},
		"OpenAI routes with a prefix": {"InferenceService", "/openai/v1/models", []string{"/openai", "/openai/v1"}},
		"a model with the name v1":    {"llmisvc", "/llm/v1/v1/models", []string{"/llm/v1/v1"}},
	} {
		t.Run(name, func(t *testing.T) {
			b := startBackend(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != tc.path {
					http.NotFound(w, r)
					return
				}
				_, _ = io.WriteString(w, `{"object":"list","data":[]}`)
			})
			var models []*v1alpha1.MaaSModel
			var want []string
			for i, endpoint := range tc.endpoints {
				id := string(rune('a' + i))
				models = append(models, model("lab/"+id, b.URL+endpoint, func(m *v1alpha1.MaaSModel) { m.Status.Kind = tc.kind }))
				want = append(want, id)
			}
			s := startService(t, loopback(), models...)
			if diff := cmp.Diff(want, s.get(t, "/v1/models", "alice").ids(t)); diff != "" {
				t.Errorf("ids (-want +got):\n%s", diff)
			}
			if n := b.probes.Load(); n != 1 {
				t.Errorf("%d probes, want one", n)
			}
		})
	}
}
