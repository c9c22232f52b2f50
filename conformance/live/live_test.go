package live_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	rbacv1 "k8s.io/api/rbac/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/yaml"

	"github.com/maas-kinds/maas/conformance"
	"github.com/maas-kinds/maas/conformance/cases"
	"github.com/maas-kinds/maas/conformance/check"
	"github.com/maas-kinds/maas/conformance/crd"
	"github.com/maas-kinds/maas/conformance/live"
	"github.com/maas-kinds/maas/conformance/testenv"
	"github.com/maas-kinds/maas/engine/kind/folder"
	"github.com/maas-kinds/maas/engine/registry"
)

var server testenv.Shared

func TestMain(m *testing.M) { os.Exit(server.Main(m)) }

// published is the backend's own CRD of the one kind here that has one, where it
// is at hand. All of them take half a minute to read.
func published(t *testing.T) []*apiextensionsv1.CustomResourceDefinition {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(testenv.Root(t), "..", "shared", "crds", "knative-service", "*.yaml"))
	if dir := os.Getenv("CRD_DIR"); dir != "" {
		files, err = filepath.Glob(filepath.Join(dir, "knative-service", "*.yaml"))
	}
	if err != nil || len(files) == 0 {
		return nil
	}
	crds, err := crd.Read(files...)
	if err != nil {
		t.Fatal(err)
	}
	return crds
}

func open(t *testing.T, options live.Options) *live.Cluster {
	t.Helper()
	options.Config, options.Root, options.Alone = server.Env(t).Config, testenv.Root(t), true
	cluster, err := live.Open(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cluster.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return cluster
}

// prove gives the checks of one level, by their names.
func prove(t *testing.T, cluster *live.Cluster, level string, source registry.Source) map[string]check.Result {
	t.Helper()
	suite, err := conformance.New()
	if err != nil {
		t.Fatal(err)
	}
	folders, err := suite.Load(source)
	if err != nil {
		t.Fatal(err)
	}
	var levels []conformance.Level
	for _, l := range cluster.Levels() {
		if l.ID == level {
			levels = append(levels, l)
		}
	}
	proof, err := suite.Prove(t.Context(), folders[0], levels)
	if err != nil {
		t.Fatal(err)
	}
	checks := map[string]check.Result{}
	for _, result := range proof.Levels[0].Checks {
		checks[result.Name] = result
		t.Logf("%s %s %s", result.Outcome, result.Name, result.Message)
	}
	return checks
}

// kindFolder is the folder of a kind: of the catalogue, or the sound kind of the
// planted faults, which reads a Service beside its referent.
func kindFolder(t *testing.T, name string) registry.Source {
	t.Helper()
	in := "kinds"
	if name == "Widget" {
		in = "conformance/testdata/sound"
	}
	return registry.Source{Name: in + "/" + name, FS: os.DirFS(filepath.Join(testenv.Root(t), in, name))}
}

// skips are the checks that have nothing to hold, for each kind.
var skips = map[string][]string{
	"KnativeService": {"case terminating"},
	"Widget":         {"case terminating_wasReady"},
	"Endpoint": {
		"type absent, then installed", "type deleted and installed again, twice", "referent deleted and created again",
		"endpoint changes while Ready", "role is minimal",
	},
}

func TestLifeCycle(t *testing.T) {
	cluster := open(t, live.Options{CRDs: published(t)})
	for name, skips := range skips {
		t.Run(name, func(t *testing.T) {
			passed := 0
			for _, result := range prove(t, cluster, "L4", kindFolder(t, name)) {
				switch {
				case result.Outcome == check.Failed:
					t.Errorf("%s: %s", result.Name, result.Message)
				case result.Outcome == check.Skipped && !slices.Contains(skips, result.Name):
					t.Errorf("%s is skipped: %s", result.Name, result.Message)
				case result.Outcome == check.Passed:
					passed++
				}
			}
			if passed == 0 {
				t.Error("nothing was held")
			}
		})
	}
}

func TestListing(t *testing.T) {
	cluster := open(t, live.Options{CRDs: published(t)})
	for _, name := range []string{"KnativeService", "Endpoint"} {
		t.Run(name, func(t *testing.T) {
			for _, result := range prove(t, cluster, "L5", kindFolder(t, name)) {
				if result.Outcome != check.Passed {
					t.Errorf("%s %s: %s", result.Outcome, result.Name, result.Message)
				}
			}
		})
	}
}

// A role that lacks what the kind reads is found, and so is one with more than
// the kind reads.
func TestPlantedRoles(t *testing.T) {
	for name, test := range map[string]struct {
		change func([]rbacv1.PolicyRule) []rbacv1.PolicyRule
		caught string
	}{
		"it lacks the Service": {
			func(rules []rbacv1.PolicyRule) []rbacv1.PolicyRule {
				return slices.DeleteFunc(rules, func(r rbacv1.PolicyRule) bool { return r.APIGroups[0] == "" })
			}, "case ready_service",
		},
		"it allows Secrets too": {
			func(rules []rbacv1.PolicyRule) []rbacv1.PolicyRule {
				return append(rules, rbacv1.PolicyRule{APIGroups: []string{""}, Resources: []string{"secrets"}, Verbs: []string{"list", "watch"}})
			}, "role is minimal: secrets is needed",
		},
	} {
		t.Run(name, func(t *testing.T) {
			cluster := open(t, live.Options{Patience: 8 * time.Second, Role: func(f *cases.Folder, types []live.Resource) ([]rbacv1.PolicyRule, error) {
				rules, err := live.GeneratedRole(f, types)
				return test.change(rules), err
			}})
			few := kindFolder(t, "Widget")
			few.FS = only(t, few, "ready_service")
			if result := prove(t, cluster, "L4", few)[test.caught]; result.Outcome != check.Failed {
				t.Errorf("%q is %s, want Failed", test.caught, result.Outcome)
			}
		})
	}
}

// A kind that is content with less than the seed rules hides models. That it
// takes a refusal for an admission is refused by L0 already.
func TestPlantedAcceptance(t *testing.T) {
	source := kindFolder(t, "Endpoint")
	files := only(t, source, "ready")
	files["kind.yaml"].Data = append(files["kind.yaml"].Data, "  probe: {accept: [200]}\n"...)
	source.FS = files
	checks := prove(t, open(t, live.Options{Patience: 8 * time.Second}), "L5", source)
	for name, want := range map[string]check.Outcome{"200 is listed": check.Passed, "204 is listed": check.Failed, "405 is listed": check.Failed} {
		if got := checks[name].Outcome; got != want {
			t.Errorf("%q is %q, want %s", name, got, want)
		}
	}
}

// only copies the kind-spec and one case.
func only(t *testing.T, source registry.Source, oneCase string) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	for _, name := range []string{"kind.yaml", folder.CasesFile} {
		content, err := fs.ReadFile(source.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: content}
	}
	var document map[string]any
	if err := yaml.Unmarshal(files[folder.CasesFile].Data, &document); err != nil {
		t.Fatal(err)
	}
	spec := document["spec"].(map[string]any)
	delete(spec, "waivers")
	spec["cases"] = slices.DeleteFunc(spec["cases"].([]any), func(c any) bool { return c.(map[string]any)["name"] != oneCase })
	content, err := yaml.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	files[folder.CasesFile].Data = content
	return files
}
