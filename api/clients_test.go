package api

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/testenv"
)

// TestRealClients runs the clients that people use against three APIs: one that
// lists three of four models to alice, one whose backends are all down, and that of
// startForms. What they must find is written beside them, in conformance/clients.
func TestRealClients(t *testing.T) {
	if testing.Short() {
		t.Skip("builds one client and installs the other, which takes longer than all other tests of the API")
	}
	yes, no, down := startBackend(t, admits("alice")), startBackend(t, admits("bob")), startBackend(t, status(http.StatusBadGateway))
	up := startService(t, loopback(),
		model("a/granite", yes.URL), model("b/granite", yes.URL), model("a/zephyr-7b.q4", yes.URL), model("a/secret", no.URL))
	unavailable := startService(t, loopback(), model("a/granite", down.URL))
	environment := append(os.Environ(), "MAAS_URL="+up.URL, "MAAS_DOWN_URL="+unavailable.URL, "MAAS_FORMS_URL="+startForms(t).URL)
	clients := filepath.Join(testenv.Root(t), "conformance", "clients")
	if _, err := os.ReadDir(clients); err != nil { // go test keeps a result while what was read stays as it is
		t.Fatal(err)
	}

	run := func(t *testing.T, dir, name string, args ...string) string {
		t.Helper()
		return testenv.RunIn(t, dir, environment, name, args...)
	}
	t.Run("openai-go", func(t *testing.T) {
		if output := run(t, clients, "go", "test", "-count=1", "-v", "./..."); strings.Contains(output, "SKIP") {
			t.Errorf("not everything was tried:\n%s", output)
		}
	})
	t.Run("npm packages", func(t *testing.T) {
		dir := testenv.InstallNPM(t, "conformance/clients", "package.json", "package-lock.json", "openai.test.js", "forms.test.js", "watch.test.js")
		if output := run(t, dir, "node", "--test", "--test-reporter=tap"); !strings.Contains(output, "# skipped 0") {
			t.Errorf("not everything was tried:\n%s", output)
		}
	})
}

// TestGeneratedClient has a client generated from the openapi.json that is served,
// compiles it with a program that uses it, and runs that.
func TestGeneratedClient(t *testing.T) {
	if testing.Short() {
		t.Skip("installs a generator and a compiler, which takes longer than all other tests of the API")
	}
	yes, no := startBackend(t, admits("alice")), startBackend(t, admits("bob"))
	s := startService(t, loopback(),
		model("a/granite", yes.URL), model("b/granite", yes.URL), model("a/zephyr-7b.q4", yes.URL), model("a/secret", no.URL))
	dir := testenv.InstallNPM(t, "conformance/clients/generated", "package.json", "package-lock.json", "tsconfig.json", "client.test.ts")
	if err := os.WriteFile(filepath.Join(dir, "openapi.json"), []byte(s.get(t, "/openapi.json", "").body), 0o600); err != nil {
		t.Fatal(err)
	}
	environment := append(os.Environ(), "MAAS_URL="+s.URL)
	for _, script := range []string{"generate", "build"} {
		testenv.RunIn(t, dir, environment, "npm", "run", script)
	}
	if output := testenv.RunIn(t, dir, environment, "node", "--test", "--test-reporter=tap", "built/"); !strings.Contains(output, "# pass 4") || !strings.Contains(output, "# fail 0") {
		t.Errorf("not everything was tried:\n%s", output)
	}
}

// startForms starts an API with models whose list other programs take in forms of
// their own. Its backend answers alice with a chat, by the name that it serves a model
// under and at no other path than that of a model's endpoint.
func startForms(t *testing.T) *service {
	served := map[string]string{}
	backend := startBackend(t, func(w http.ResponseWriter, r *http.Request) {
		if !slices.Contains([]string{r.Header.Get("Authorization"), "Bearer " + r.Header.Get("X-Api-Key")}, "Bearer alice") {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		var asked struct{ Model string }
		base, isChat := strings.CutSuffix(r.URL.Path, "/v1/chat/completions")
		switch {
		case r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/v1/models"):
			_, _ = io.WriteString(w, `{"object":"list","data":[]}`)
		case !isChat || json.NewDecoder(r.Body).Decode(&asked) != nil || served[base] != asked.Model || served[base] == "":
			w.WriteHeader(http.StatusNotFound)
		default:
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"id":"1","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"hello"}}]}`)
		}
	})
	no := startBackend(t, admits("bob"))
	const hostile = "<script>{env:MAAS_API_KEY}{file:/etc/passwd}${HOME} os.environ/HOME \"'&*!|>%@`: #- \x7f\u0085\u202e\ufeff\uffff"
	long := strings.Repeat("long-", 40)
	for path, name := range map[string]string{
		"/granite": "ibm/granite-3.1", "/b": "granite", "/${MAAS_API_KEY}/{env:HOME}": "evil " + hostile, "/" + long: long + "x",
	} {
		served[path] = name
	}
	o := loopback()
	o.ForwardHeaders = []string{"X-Api-Key"}
	return startService(t, o,
		model("a/granite", backend.URL+"/granite", func(m *v1alpha1.MaaSModel) {
			m.Status.Model = &v1alpha1.ModelInfo{
				DisplayName: "Granite", Description: "Talks.", Type: "chat", Aliases: []string{served["/granite"], "other"}, ContextLength: 32768, MaxOutputTokens: 4096,
				InputModalities: []string{"text", "image"}, OutputModalities: []string{"text"}, ParameterCount: 8_170_000_000, Quantization: "fp8", Source: "hf://ibm/granite",
				SupportedFeatures: []string{"tools"}, PromptPrice: "0.00000015", CompletionPrice: "0.0000006",
			}
		}),
		model("b/granite", backend.URL+"/b/v1"),
		model("a/hostile", backend.URL+"/${MAAS_API_KEY}/{env:HOME}", func(m *v1alpha1.MaaSModel) {
			m.Status.ID = "a/hostile"
			m.Status.Model = &v1alpha1.ModelInfo{DisplayName: hostile, Description: hostile, Aliases: []string{"evil " + hostile}, Revision: hostile}
		}),
		model("a/"+long+"x", backend.URL+"/"+long, called(long+"x")), model("a/"+long+"y", backend.URL+"/"+long, called(long+"x")),
		model("a/embed", backend.URL+"/embed", func(m *v1alpha1.MaaSModel) { m.Status.Model = &v1alpha1.ModelInfo{Type: "embedding"} }),
		model("a/down", backend.URL+"/down", func(m *v1alpha1.MaaSModel) { m.Status.Phase = v1alpha1.PhaseUnhealthy }),
		model("a/secret", no.URL))
}

func called(alias string) func(*v1alpha1.MaaSModel) {
	return func(m *v1alpha1.MaaSModel) { m.Status.Model = &v1alpha1.ModelInfo{Aliases: []string{alias}} }
}
