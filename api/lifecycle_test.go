package api

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// A retired model is in no list. Its id tells those whom its backend lets in what
// to use instead; to everybody else there never was one.
func TestRetiredModel(t *testing.T) {
	yes, no := startBackend(t, admits("alice")), startBackend(t, admits("bob"))
	ended := func(by string) func(*v1alpha1.MaaSModel) {
		return func(m *v1alpha1.MaaSModel) {
			m.Status.Model = &v1alpha1.ModelInfo{Retires: &metav1.Time{Time: time.Unix(1600000000, 0)}, ReplacedBy: by}
		}
	}
	s := startService(t, loopback(), model("a/granite-2", yes.URL, ended("granite-3")), model("a/granite-3", yes.URL), model("a/lonely", yes.URL, ended("")),
		model("a/hidden", no.URL, ended("granite-3")), model("b/granite-3", no.URL))
	if diff := cmp.Diff([]string{"granite-3"}, s.get(t, "/v1/models", "alice").ids(t)); diff != "" {
		t.Errorf("alice's list (-want +got):\n%s", diff)
	}
	never := s.get(t, "/v1/models/never", "alice").body
	for name, test := range map[string]struct{ path, token, code, message string }{
		"it was alice's":                   {"granite-2", "alice", "model_retired", `The model has retired at 2020-09-13T12:26:40Z. Use the model "granite-3" instead.`},
		"by namespace and name":            {"a/granite-2", "alice", "model_retired", `The model has retired at 2020-09-13T12:26:40Z. Use the model "granite-3" instead.`},
		"nothing replaces it":              {"lonely", "alice", "model_retired", "The model has retired at 2020-09-13T12:26:40Z."},
		"it was bob's":                     {"hidden", "alice", "model_not_found", ""},
		"bob knows that it was":            {"hidden", "bob", "model_retired", `The model has retired at 2020-09-13T12:26:40Z. Use the model "granite-3" instead.`},
		"one that was never bob's to know": {"granite-2", "bob", "model_not_found", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := s.get(t, "/v1/models/"+test.path, test.token)
			if got.StatusCode != http.StatusNotFound || got.code(t) != test.code {
				t.Fatalf("status %d, %s", got.StatusCode, got.body)
			}
			if test.message == "" {
				if got.body != never {
					t.Errorf("got %s, and for one that never was %s", got.body, never)
				}
				return
			}
			var body struct{ Error struct{ Message string } }
			if err := json.Unmarshal([]byte(got.body), &body); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.message, body.Error.Message); diff != "" {
				t.Errorf("message (-want +got):\n%s", diff)
			}
		})
	}
}
