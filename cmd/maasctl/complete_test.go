package main

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/client-go/rest"

	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/conformance/golden"
	"github.com/maas-kinds/maas/conformance/testenv"
)

// A completion is what the shell's script gets: a name a line, then a directive.
func TestComplete(t *testing.T) {
	cluster := testenv.Kubeconfig(t, &rest.Config{Host: apiServer(t).URL})
	refusing := testenv.Kubeconfig(t, &rest.Config{Host: "https://127.0.0.1:1"})
	for name, test := range map[string]struct {
		args []string
		// has are lines that there have to be; alone wants no others.
		has   []string
		alone bool
	}{
		"commands":                             {[]string{""}, []string{"lint\treport every fault of kind-specs", "explain\tshow what would be decided about a backend object, and why"}, false},
		"flags":                                {[]string{"lint", "--"}, []string{"--rules\tlist every rule with what it means, and lint nothing"}, false},
		"kinds of the catalogue":               {[]string{"explain", "--kind", ""}, []string{"llmisvc\treads LLMInferenceService.serving.kserve.io", "LLMInferenceService\tis llmisvc"}, false},
		"kinds of a folder":                    {[]string{"explain", "--kinds-dir", "testdata/kinds", "--kind", ""}, []string{"Widget\treads Widget.example.com"}, false},
		"no kinds of a folder that is not one": {[]string{"check", "--kinds-dir", "none", "--kind", ""}, nil, false},
		"formats":                              {[]string{"graph", "-o", ""}, []string{"mermaid", "json", "yaml", ":4"}, true},
		"folders":                              {[]string{"test", ""}, []string{":16"}, true},
		"files":                                {[]string{"lint", ""}, []string{":0"}, true},
		"models of a cluster, of a namespace":  {[]string{"explain", "--kubeconfig", cluster, "-n", "llm", ""}, []string{"granite", `hostile\u001b[2J`, ":4"}, true},
		"one model is explained at a time":     {[]string{"explain", "--kubeconfig", cluster, "-n", "llm", "granite", ""}, []string{`hostile\u001b[2J`, ":4"}, true},
		"namespaces":                           {[]string{"explain", "--kubeconfig", cluster, "-n", ""}, []string{"llm", "team-a", ":4"}, true},
		"a cluster that was not asked for":     {[]string{"migrate", "--kubeconfig", cluster, "-n", ""}, []string{":4"}, true},
		"a cluster that was":                   {[]string{"migrate", "--cluster", "--kubeconfig", cluster, "-n", ""}, []string{"llm", "team-a", ":4"}, true},
		"a cluster that refuses":               {[]string{"explain", "--kubeconfig", refusing, ""}, []string{":4"}, true},
		"a cluster that hangs":                 {[]string{"explain", "--kubeconfig", cluster, "-n", "hangs", ""}, []string{":4"}, true},
		"types of a cluster":                   {[]string{"why", "--kubeconfig", cluster, ""}, []string{"services\tService", "widgets.example.com\tWidget", ":4"}, true},
		"objects of a type":                    {[]string{"why", "--kubeconfig", cluster, "-n", "llm", "Service", ""}, []string{"granite-svc", ":4"}, true},
		"objects that are in no namespace":     {[]string{"why", "--kubeconfig", cluster, "-n", "llm", "widgets.example.com", ""}, []string{"w1", "w2", ":4"}, true},
		"one object and no second":             {[]string{"why", "--kubeconfig", cluster, "widget", "w1", ""}, []string{":4"}, true},
		"several objects to begin with":        {[]string{"new", "--kubeconfig", cluster, "widget", "w1", ""}, []string{"w2", ":4"}, true},
		"objects of no type":                   {[]string{"why", "--kubeconfig", cluster, "Gadget", ""}, []string{":4"}, true},
		"types of a cluster that refuses":      {[]string{"why", "--kubeconfig", refusing, ""}, []string{":4"}, true},
		"ModelKinds":                           {[]string{"plan", "--kubeconfig", cluster, "--delete", ""}, []string{"widget", ":4"}, true},
		"a kubeconfig that is not there":       {[]string{"explain", "--kubeconfig", "none", ""}, []string{":4"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := maasctl(t, "", append([]string{"__complete"}, test.args...)...)
			if got.code != cli.OK || strings.Count(got.errOut, "\n") > 1 {
				t.Errorf("exit %d: %s", got.code, got.errOut)
			}
			lines := strings.Split(strings.TrimSuffix(got.out, "\n"), "\n")
			if test.alone {
				if diff := cmp.Diff(test.has, lines); diff != "" {
					t.Errorf("lines (-want +got):\n%s", diff)
				}
				return
			}
			for _, want := range test.has {
				if !strings.Contains("\n"+got.out, "\n"+want+"\n") {
					t.Errorf("%q is missing in:\n%s", want, got.out)
				}
			}
		})
	}
}

// apiServer is a server that knows names, and hangs for one namespace.
func apiServer(t *testing.T) *httptest.Server {
	t.Helper()
	list := func(names ...string) http.HandlerFunc {
		body := `{"apiVersion": "meta.k8s.io/v1", "kind": "PartialObjectMetadataList", "metadata": {}, "items": [`
		for i, name := range names {
			body += strings.Repeat(",", min(i, 1)) + `{"metadata": {"name": "` + name + `"}}`
		}
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(body + "]}"))
		}
	}
	mux := http.NewServeMux()
	const models = "/apis/maas.opendatahub.io/v1alpha1/namespaces/"
	mux.HandleFunc(models+"llm/maasmodels", list("granite", `hostile\u001b[2J`, `two\nlines`))
	mux.HandleFunc(models+"hangs/maasmodels", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	mux.HandleFunc("/api/v1/namespaces", list("llm", "team-a"))
	mux.HandleFunc("/apis/maas.opendatahub.io/v1alpha1/modelkinds", list("widget"))
	mux.HandleFunc("/api/v1/namespaces/llm/services", list("granite-svc"))
	mux.HandleFunc("/apis/example.com/v1/widgets", list("w1", "w2"))
	for path, body := range map[string]string{
		"/api":                 `{"kind": "APIVersions", "versions": ["v1"]}`,
		"/apis":                `{"kind": "APIGroupList", "groups": [{"name": "example.com", "versions": [{"groupVersion": "example.com/v1", "version": "v1"}], "preferredVersion": {"groupVersion": "example.com/v1", "version": "v1"}}]}`,
		"/api/v1":              `{"kind": "APIResourceList", "groupVersion": "v1", "resources": [{"name": "services", "singularName": "service", "namespaced": true, "kind": "Service", "verbs": ["get", "list"]}, {"name": "services/status", "namespaced": true, "kind": "Service", "verbs": ["get"]}, {"name": "bindings", "namespaced": true, "kind": "Binding", "verbs": ["create"]}]}`,
		"/apis/example.com/v1": `{"kind": "APIResourceList", "groupVersion": "example.com/v1", "resources": [{"name": "widgets", "singularName": "widget", "namespaced": false, "kind": "Widget", "verbs": ["get", "list", "watch"]}]}`,
	} {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(body))
		})
	}
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
}

// What a command completes are flags that it has.
func TestCompletedFlags(t *testing.T) {
	for _, c := range commands() {
		flags := c.cobra(ioStreams{}).Flags()
		for name := range c.values {
			if flags.Lookup(name) == nil {
				t.Errorf("maasctl %s completes the flag --%s, and has none", c.name(), name)
			}
		}
	}
}

func TestCompletion(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if got := maasctl(t, "", "completion", shell); got.code != cli.OK || !strings.Contains(got.out, "__complete") || strings.Contains(got.out, `\u0`) {
			t.Errorf("%s: exit %d, %s", shell, got.code, got.errOut)
		}
	}
	if got := maasctl(t, "", "completion", "tcsh"); got.code != cli.Usage || !strings.Contains(got.errOut, "write bash, zsh, fish or powershell") {
		t.Errorf("exit %d, %s", got.code, got.errOut)
	}
}

// The manual has a page for each command, of what its help says.
func TestMan(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "man1")
	if got := maasctl(t, "", "man", dir); got.code != cli.OK {
		t.Fatalf("exit %d: %s", got.code, got.errOut)
	}
	pages, err := filepath.Glob(dir + "/*")
	if err != nil || len(pages) != len(commands())+2 {
		t.Errorf("%d pages for %d commands, completion, and maasctl itself: %v", len(pages), len(commands()), err)
	}
	root := newRoot("maasctl", ioStreams{})
	cmd, _, err := root.Find([]string{"rbac"})
	if err != nil {
		t.Fatal(err)
	}
	golden.Compare(t, "testdata/man/maasctl-rbac.1", manPage(cmd, cli.Build{Version: "v1.2.3", Date: "2026-01-02T03:04:05Z"}))
}
