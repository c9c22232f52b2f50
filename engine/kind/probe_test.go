package kind_test

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
)

func TestProbeURL(t *testing.T) {
	tests := map[string]struct{ endpoint, path, want string }{
		"a host alone":                              {"https://h", "/v1/models", "https://h/v1/models"},
		"a trailing slash is none":                  {"https://h/", "/v1/models", "https://h/v1/models"},
		"a path is kept":                            {"https://h:1/a/b", "/v1/models", "https://h:1/a/b/v1/models"},
		"escapes are kept":                          {"https://h/a%2Fb/", "/v1/models", "https://h/a%2Fb/v1/models"},
		"an IPv6 address":                           {"http://[2001:db8::1]", "/v1/models", "http://[2001:db8::1]/v1/models"},
		"an OpenAI base URL":                        {"https://h/v1", "/v1/models", "https://h/v1/models"},
		"the same below a path":                     {"https://h/saas/v1", "/v1/models", "https://h/saas/v1/models"},
		"the same with a slash":                     {"https://h/saas/v1/", "/v1/models", "https://h/saas/v1/models"},
		"a prefix that the probe path lacks":        {"https://h/openai", "/v1/models", "https://h/openai/v1/models"},
		"that prefix with its v1":                   {"https://h/openai/v1", "/v1/models", "https://h/openai/v1/models"},
		"a prefix that the probe path has":          {"https://h/openai", "/openai/v1/models", "https://h/openai/v1/models"},
		"both segments that the probe path has":     {"https://h/openai/v1", "/openai/v1/models", "https://h/openai/v1/models"},
		"the most segments count":                   {"https://h/v1/v1", "/v1/v1/models", "https://h/v1/v1/models"},
		"v1 twice on purpose":                       {"https://h/llm/v1/v1", "/v1/models", "https://h/llm/v1/v1/models"},
		"the end of a segment is none":              {"https://h/llm-v1", "/v1/models", "https://h/llm-v1/v1/models"},
		"another case is another segment":           {"https://h/V1", "/v1/models", "https://h/V1/v1/models"},
		"an escaped letter is not looked through":   {"https://h/%761", "/v1/models", "https://h/%761/v1/models"},
		"v1 in the middle":                          {"https://h/v1/llm", "/v1/models", "https://h/v1/llm/v1/models"},
		"the whole list's URL is no base":           {"https://h/v1/models", "/v1/models", "https://h/v1/models/v1/models"},
		"a probe path of one segment":               {"https://h/health", "/health", "https://h/health/health"},
		"a probe path that ends in a slash":         {"https://h/v1", "/v1/models/", "https://h/v1/models/"},
		"the endpoint itself":                       {"https://h/a/health", "/", "https://h/a/health"},
		"the endpoint itself, with its slash":       {"https://h/a/", "/", "https://h/a/"},
		"the endpoint itself, a host alone":         {"https://h", "/", "https://h/"},
		"a probe path that has the endpoint inside": {"https://h/v1", "/openai/v1/models", "https://h/v1/openai/v1/models"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := kind.Probe{Path: tc.path}.URL(tc.endpoint)
			if err != nil || got != tc.want {
				t.Errorf("%s and %s: got %s, %v; want %s", tc.endpoint, tc.path, got, err, tc.want)
			}
		})
	}
}

// A path may hold values of the model, each as one segment.
func TestProbeFor(t *testing.T) {
	model := &v1alpha1.MaaSModel{ObjectMeta: metav1.ObjectMeta{Namespace: "team", Name: "chat"}}
	model.Spec.ModelRef = v1alpha1.ModelReference{Name: "granite", Namespace: "llm"}
	aliased := model.DeepCopy()
	aliased.Status.Model = &v1alpha1.ModelInfo{Aliases: []string{"..", "org/granite 3?x"}}
	local := model.DeepCopy()
	local.Spec.ModelRef.Namespace = ""
	for name, test := range map[string]struct {
		model      *v1alpha1.MaaSModel
		path, want string
	}{
		"no value":                              {model, "/v1/models", "/v1/models"},
		"those of the referent":                 {model, "/{namespace}/{name}/health", "/llm/granite/health"},
		"a referent beside the model":           {local, "/{namespace}", "/team"},
		"those of the MaaSModel":                {model, "/{modelNamespace}/{modelName}", "/team/chat"},
		"the name where there is no alias":      {model, "/v1/models/{alias}", "/v1/models/granite"},
		"an alias is one segment, and not dots": {aliased, "/v1/models/{alias}", "/v1/models/org%2Fgranite%203%3Fx"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := (kind.Probe{Path: test.path}).For(test.model).Path; got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}
