package testenv_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/crd"
	"github.com/maas-kinds/maas/conformance/testenv"
)

var server testenv.Shared

func TestMain(m *testing.M) { os.Exit(server.Main(m)) }

// The real CRDs of the examples install, and every example object is stored with the status it
// has in its file. The files of a folder are states of the same objects, one
// after the other. What an example shows beside its own object may be of a type
// that no definition is at hand of.
func TestApplyStoresExamplesWithStatus(t *testing.T) {
	env := server.Env(t)
	folders := list(t, testenv.ExamplesDir(t), "*")
	install(t, env, folders)
	for _, folder := range folders {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			namespace, stored := env.Namespace(t), 0
			for _, file := range list(t, folder, "*.yaml") {
				for _, object := range testenv.ReadObjects(t, file) {
					kind := object.GroupVersionKind()
					if _, err := env.Client.RESTMapper().RESTMapping(kind.GroupKind(), kind.Version); meta.IsNoMatchError(err) {
						t.Logf("no definition of %s is at hand", kind)
						continue
					}
					object.SetNamespace(namespace)
					env.Apply(t, object)
					expectStatus(t, env, object)
					stored++
				}
			}
			if stored == 0 {
				t.Skip("no definition of any of its objects is at hand")
			}
		})
	}
}

// large is from how many bytes on a CRD is left out. Those take most of a minute
// to read and to serve; the engine's tests install some of them.
const large = 128 << 10

// install has the API server serve what is in the folders, and nothing else: each
// CRD costs it seconds.
func install(t *testing.T, env *testenv.Env, folders []string) {
	t.Helper()
	wanted := map[schema.GroupKind]bool{}
	for _, folder := range folders {
		for _, file := range list(t, folder, "*.yaml") {
			for _, object := range testenv.ReadObjects(t, file) {
				wanted[object.GroupVersionKind().GroupKind()] = true
			}
		}
	}
	files := slices.DeleteFunc(list(t, testenv.CRDDir(t), "*-*/*.yaml"), func(file string) bool {
		info, err := os.Stat(file)
		return err == nil && info.Size() >= large
	})
	crds, err := crd.Read(files...)
	if err != nil {
		t.Fatal(err)
	}
	crds = slices.DeleteFunc(crds, func(c *apiextensionsv1.CustomResourceDefinition) bool {
		return !wanted[schema.GroupKind{Group: c.Spec.Group, Kind: c.Spec.Names.Kind}]
	})
	if err := crd.Install(t.Context(), env.Config, crds...); err != nil {
		t.Fatal(err)
	}
}

func list(t *testing.T, dir, pattern string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil || len(found) == 0 {
		t.Fatalf("nothing at %s in %s (%v)", pattern, dir, err)
	}
	return found
}

func expectStatus(t *testing.T, env *testenv.Env, want *unstructured.Unstructured) {
	t.Helper()
	got := &unstructured.Unstructured{}
	got.SetGroupVersionKind(want.GroupVersionKind())
	if err := env.Client.Get(t.Context(), client.ObjectKeyFromObject(want), got); err != nil {
		t.Fatal(err)
	}
	status, _, err := unstructured.NestedMap(want.Object, "status")
	if err != nil {
		t.Fatal(err)
	}
	for field, value := range status { // the CRD may default further fields
		stored, _, err := unstructured.NestedFieldNoCopy(got.Object, "status", field)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(value, stored); diff != "" {
			t.Errorf("status.%s of %s (-file +stored):\n%s", field, want.GetKind(), diff)
		}
	}
}

func TestUninstallAndReinstall(t *testing.T) {
	env := testenv.Start(t) // alone: others need the CRD that goes
	models := &v1alpha1.MaaSModelList{}
	env.UninstallCRDs(t, "maasmodels.maas.opendatahub.io")
	if err := env.Client.List(t.Context(), models); !meta.IsNoMatchError(err) && !apierrors.IsNotFound(err) {
		t.Errorf("listing a type without its CRD: %v, want no match or not found", err)
	}
	env.InstallCRDs(t, filepath.Join(testenv.Root(t), "config", "crd"))
	if err := env.Client.List(t.Context(), models); err != nil {
		t.Errorf("listing after the CRD is back: %v", err)
	}
}
