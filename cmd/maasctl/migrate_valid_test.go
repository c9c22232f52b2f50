package main

import (
	"encoding/json"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/conformance/object"
)

// What is printed an API server takes. What is refused, because of the CRD, it
// would refuse; what is refused for another reason, it says.
func TestMigratedModelsAreValid(t *testing.T) {
	env := server.Env(t)
	namespace := env.Namespace(t)
	strict := client.WithFieldValidation(client.NewDryRunClient(env.Client), metav1.FieldValidationStrict)
	for name, c := range map[string]struct {
		kind, name, override, meta string
		// printed, although or because the API server takes it.
		printed, taken bool
	}{
		"as usual":                      {"llmisvc", "granite", "", "", true, true},
		"a kind of digits":              {"K8s9", "granite", "", "", true, true},
		"a kind that begins with one":   {"9k", "granite", "", "", false, false},
		"a kind with a dot":             {"a.b", "granite", "", "", false, false},
		"a kind of 63 letters":          {strings.Repeat("k", 63), "granite", "", "", true, true},
		"a kind of 64 letters":          {strings.Repeat("k", 64), "granite", "", "", false, false},
		"no kind":                       {"", "granite", "", "", false, false},
		"a name with dots":              {"llmisvc", "granite-3.1-8b", "", "", true, true},
		"a name in capitals":            {"llmisvc", "Granite", "", "", false, false},
		"a name that ends in a hyphen":  {"llmisvc", "granite-", "", "", false, false},
		"a name with two dots":          {"llmisvc", "a..b", "", "", false, false},
		"a name of 253":                 {"llmisvc", strings.Repeat("a", 253), "", "", true, true},
		"a name of 254":                 {"llmisvc", strings.Repeat("a", 254), "", "", false, false},
		"no name":                       {"llmisvc", "", "", "", false, false},
		"a URL":                         {"llmisvc", "granite", "https://models.example.com:8443/llm/granite", "", true, true},
		"a URL of this machine":         {"llmisvc", "granite", "http://127.0.0.1:8000", "", true, true},
		"a URL of another scheme":       {"llmisvc", "granite", "ftp://models.example.com", "", false, false},
		"a host alone":                  {"llmisvc", "granite", "models.example.com", "", false, false},
		"a path alone":                  {"llmisvc", "granite", "/llm/granite", "", false, false},
		"credentials":                   {"llmisvc", "granite", "https://a:b@models.example.com", "", false, false},
		"a query":                       {"llmisvc", "granite", "https://models.example.com?a=b", "", false, false},
		"a fragment":                    {"llmisvc", "granite", "https://models.example.com#a", "", false, false},
		"no host":                       {"llmisvc", "granite", "https:///llm", "", false, false},
		"more than there may be":        {"llmisvc", "granite", "https://models.example.com/" + strings.Repeat("a", 2048), "", false, false},
		"what the controller refuses":   {"llmisvc", "granite", "https://models.example.com/a/../b", "", false, true},
		"a label":                       {"llmisvc", "granite", "", `"labels": {"example.com/team": "search"}`, true, true},
		"a label with a space":          {"llmisvc", "granite", "", `"labels": {"team": "the search"}`, false, false},
		"an annotation without a name":  {"llmisvc", "granite", "", `"annotations": {"": "x"}`, false, false},
		"annotations that are too long": {"llmisvc", "granite", "", `"annotations": {"a": "` + strings.Repeat("x", 262_144) + `"}`, false, false},
		"an annotation of many lines":   {"llmisvc", "granite", "", `"annotations": {"a": "# one\n---\nkind: Secret\n"}`, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			meta := `{"name": "m", "namespace": "` + namespace + `"` + strings.TrimSuffix(", "+c.meta, ", ") + "}"
			spec, err := json.Marshal(map[string]any{"modelRef": map[string]any{"kind": c.kind, "name": c.name}, "endpointOverride": c.override})
			if err != nil {
				t.Fatal(err)
			}
			of := func(kind string) string {
				return `{"apiVersion": "maas.opendatahub.io/v1alpha1", "kind": "` + kind + `", "metadata": ` + meta + `, "spec": ` + string(spec) + "}"
			}
			got := maasctl(t, of("MaaSModelRef"), "migrate", "-f", "-")
			if printed := got.code == cli.OK; printed != c.printed {
				t.Errorf("exit %d, and printed is to be %v:\n%s", got.code, c.printed, got.errOut)
			}
			content := of("MaaSModel") // as somebody would write it by hand
			if got.code == cli.OK {
				content = got.out
			}
			models, err := object.Read([]byte(content))
			if err != nil || len(models) != 1 {
				t.Fatalf("%d models: %v\n%s", len(models), err, content)
			}
			if err := strict.Create(t.Context(), models[0]); (err == nil) != c.taken {
				t.Errorf("the API server says %v, and taken is to be %v", err, c.taken)
			}
		})
	}
}
