package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/access"
	"github.com/maas-kinds/maas/api/catalog"
	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/conformance/crd"
	"github.com/maas-kinds/maas/conformance/object"
	"github.com/maas-kinds/maas/conformance/testenv"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/contract"
	"github.com/maas-kinds/maas/engine/phase"
)

// theirs starts an API server with the types of Models as a Service, as it
// publishes them, and what a folder of manifests holds.
func theirs(t *testing.T) *testenv.Env {
	t.Helper()
	dir := testenv.CRDDir(t)
	env := testenv.Start(t)
	for _, folder := range []string{"maas-externalmodel", "inference-externalprovider", "kserve-llminferenceservice", "gatewayapi-httproute"} {
		env.InstallCRDs(t, filepath.Join(dir, folder))
	}
	// The two that are not at hand: their fields are as their Go types have them.
	for name, plural := range map[string]string{"MaaSAuthPolicy": "maasauthpolicies", "MaaSSubscription": "maassubscriptions"} {
		bare := crd.Bare(contract.Contract{Group: "maas.opendatahub.io", Kind: name, Plural: plural, Scope: kind.ScopeNamespaced,
			Versions: map[string]*contract.FieldSchema{"v1alpha1": {}}})
		if err := crd.Install(t.Context(), env.Config, bare); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range []string{"backends/llminferenceservices.yaml", "backends/external.yaml", "models.yaml", "access.yaml"} {
		env.Apply(t, testenv.ReadObjects(t, filepath.Join("testdata/migrate/listed", file))...)
	}
	return env
}

// What is read of a cluster becomes the models that are read of files; an API
// server takes them as they are printed; and each is found, in the list of this
// project, by the id that Models as a Service lists it by.
func TestMigrateCluster(t *testing.T) {
	env := theirs(t)
	reader := readerOf(t, env)
	t.Run("the same list", func(t *testing.T) { migratesAllOf(t, env, reader) })
	t.Run("in parts, and not all of it readable", func(t *testing.T) { migratesInParts(t, env, reader) })
}

func migratesAllOf(t *testing.T, env *testenv.Env, reader *rest.Config) {
	before := versions(t, env)

	got := maasctl(t, "", "migrate", "--cluster", "--kubeconfig", testenv.Kubeconfig(t, reader), "-A")
	if got.code != cli.OK || !strings.Contains(got.errOut, "4 MaaSModels of 4 MaaSModelRefs, 0 faults") {
		t.Fatalf("exit %d: %s", got.code, got.errOut)
	}
	if diff := cmp.Diff(before, versions(t, env)); diff != "" {
		t.Errorf("the cluster has changed (-before +after):\n%s", diff)
	}
	models, err := object.Read([]byte(got.out))
	if err != nil {
		t.Fatal(err)
	}
	files, err := object.Read([]byte(maasctl(t, "", "migrate", "-f", "testdata/migrate/listed").out))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(files, models); diff != "" {
		t.Errorf("models (-of files +of a cluster):\n%s", diff)
	}
	strict := client.WithFieldValidation(env.Client, metav1.FieldValidationStrict)
	for _, model := range models {
		if err := strict.Create(t.Context(), model.DeepCopy()); err != nil {
			t.Errorf("%s: %v\n%s", model.GetName(), err, got.out)
		}
	}
	foundByTheirIDs(t, env)

	again := maasctl(t, "", "migrate", "--cluster", "--kubeconfig", testenv.Kubeconfig(t, reader), "-A")
	if diff := cmp.Diff(got, again, cmp.AllowUnexported(result{})); diff != "" {
		t.Errorf("what was migrated is migrated otherwise (-first +again):\n%s", diff)
	}
	one := maasctl(t, "", "migrate", "--cluster", "--kubeconfig", testenv.Kubeconfig(t, env.Config), "-n", "search")
	if diff := cmp.Diff([]string{"embedder", "summarizer"}, printed(t, one.out)); one.code != cli.OK || diff != "" {
		t.Errorf("of one namespace, exit %d: %s\n%s", one.code, one.errOut, diff)
	}
}

// foundByTheirIDs asks the controller's core what the models are, and the API's
// catalogue for each by the id that it has there: by that of a Gateway which routes
// by model (status.resolvedModelAlias, maas-api/internal/models/maasmodelref.go of
// c0639b1b), by its name where a Gateway does not, and of an ExternalModel by
// spec.modelRef.name.
func foundByTheirIDs(t *testing.T, env *testenv.Env) {
	t.Helper()
	ids := map[string]string{
		"publishers/assistants/models/microsoft/phi-4": "assistants/phi",
		"phi":                               "assistants/phi",
		"publishers/search/models/embedder": "search/embedder",
		"embedder":                          "search/embedder",
		"gpt-mini":                          "assistants/gpt-mini",
		"summarizer":                        "search/summarizer",
	}
	list := &v1alpha1.MaaSModelList{}
	if err := env.Client.List(t.Context(), list); err != nil {
		t.Fatal(err)
	}
	set, err := loadBuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	machine, err := phase.New()
	if err != nil {
		t.Fatal(err)
	}
	var models []*v1alpha1.MaaSModel
	for i := range list.Items {
		model := &list.Items[i]
		reader := &liveReader{ctx: t.Context(), client: env.Client}
		_, decision, err := machine.Evaluate(t.Context(), model, reader.observe(set, model, explainOptions{crossNamespace: kind.CrossNamespaceByKind}), time.Now())
		if err != nil || reader.err != nil {
			t.Fatal(err, reader.err)
		}
		model.Status = decision.Status
		models = append(models, model)
	}
	policy, err := access.NewPolicy(nil, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	renderer := catalog.Renderer{Kinds: kind.NewLive(set), Policy: policy}
	snapshot, err := renderer.Render(models, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range ids {
		at, found := snapshot.Find(id)
		if !found {
			t.Errorf("nothing is found as %s", id)
			continue
		}
		if entry := snapshot.Entries()[at]; entry.Namespace+"/"+entry.Name != want {
			t.Errorf("%s finds %s/%s, want %s", id, entry.Namespace, entry.Name, want)
		}
	}
	at, _ := snapshot.Find("phi")
	saysTheSame(t, snapshot.Entries()[at].JSON)
}

// saysTheSame holds what the list says of a model against what modelDetails say of
// it there: all that its annotations have.
func saysTheSame(t *testing.T, entry []byte) {
	t.Helper()
	type details struct {
		Name          string   `json:"name"`
		Description   string   `json:"description"`
		UseCase       string   `json:"use_case"`
		ContextLength int64    `json:"context_length"`
		Capabilities  []string `json:"capabilities"`
	}
	var got details
	if err := json.Unmarshal(entry, &got); err != nil {
		t.Fatal(err)
	}
	want := details{"Phi 4", "Answers in the intranet", "question answering", 16384, []string{"text-generation", "chat"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the list (-want +got):\n%s", diff)
	}
}

// readerOf is somebody who may list what a migration looks at, and nothing else.
func readerOf(t *testing.T, env *testenv.Env) *rest.Config {
	t.Helper()
	role := &rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: "migrates"}, Rules: []rbacv1.PolicyRule{
		{APIGroups: []string{"maas.opendatahub.io"}, Resources: []string{"maasmodelrefs", "maasmodels", "maasauthpolicies", "maassubscriptions", "externalmodels"}, Verbs: []string{"list"}},
		{APIGroups: []string{"inference.opendatahub.io"}, Resources: []string{"externalmodels"}, Verbs: []string{"list"}},
		{APIGroups: []string{"serving.kserve.io"}, Resources: []string{"llminferenceservices"}, Verbs: []string{"list"}},
	}}
	binding := &rbacv1.ClusterRoleBinding{ObjectMeta: metav1.ObjectMeta{Name: "migrates"},
		RoleRef:  rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "migrates"},
		Subjects: []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: "User", Name: "reader"}}}
	for _, o := range []client.Object{role, binding} {
		if err := env.Client.Create(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
	config := rest.CopyConfig(env.Config)
	config.Impersonate.UserName = "reader"
	return config
}

// versions are those of everything that a migration could have changed.
func versions(t *testing.T, env *testenv.Env) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, of := range []string{"MaaSModelRef", "MaaSModel", "MaaSAuthPolicy", "MaaSSubscription", "ExternalModel"} {
		list := &unstructured.UnstructuredList{}
		list.SetAPIVersion("maas.opendatahub.io/v1alpha1")
		list.SetKind(of + "List")
		if err := env.Client.List(t.Context(), list); err != nil {
			t.Fatal(err)
		}
		for i := range list.Items {
			all[of+" "+qualifiedName(&list.Items[i])] = list.Items[i].GetResourceVersion()
		}
	}
	return all
}

// A list that is longer than a part of one is read whole, and who may not read the
// rules about models is told so.
func migratesInParts(t *testing.T, env *testenv.Env, reader *rest.Config) {
	const many = 520 // a part has 500
	var documents strings.Builder
	for i := range many {
		documents.WriteString("---\n" + strings.ReplaceAll(model(fmt.Sprintf("m%d", i)), "llm}", "crowd}"))
	}
	refs, err := object.Read([]byte(documents.String()))
	if err != nil {
		t.Fatal(err)
	}
	env.Apply(t, refs...)
	role := &rbacv1.ClusterRole{}
	if err := env.Client.Get(t.Context(), client.ObjectKey{Name: "migrates"}, role); err != nil {
		t.Fatal(err)
	}
	role.Rules[0].Resources = []string{"maasmodelrefs", "maasmodels", "externalmodels"}
	if err := env.Client.Update(t.Context(), role); err != nil {
		t.Fatal(err)
	}
	kubeconfig := testenv.Kubeconfig(t, reader)
	var got result
	testenv.Eventually(t, time.Minute, func() error { // until the role is in force
		got = maasctl(t, "", "migrate", "--cluster", "--kubeconfig", kubeconfig, "-n", "crowd", "-o", "json")
		if !strings.Contains(got.errOut, "MaaSSubscription.maas.opendatahub.io were not read") {
			return fmt.Errorf("exit %d: %s", got.code, got.errOut)
		}
		return nil
	})
	var decoded struct{ Items []manifest }
	if err := json.Unmarshal([]byte(got.out), &decoded); err != nil {
		t.Fatal(err)
	}
	if got.code != cli.OK || len(decoded.Items) != many {
		t.Errorf("exit %d, %d models of %d: %s", got.code, len(decoded.Items), many, got.errOut)
	}
	if strings.Contains(got.out, "ungoverned") {
		t.Error("models are said to have no rules, and nobody has read those")
	}
}
