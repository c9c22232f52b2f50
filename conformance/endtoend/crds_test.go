package endtoend_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/maas-kinds/maas/conformance/cases"
	"github.com/maas-kinds/maas/conformance/crd"
	"github.com/maas-kinds/maas/conformance/testenv"
	"github.com/maas-kinds/maas/engine/kind/contract"
	"github.com/maas-kinds/maas/engine/kind/folder"
)

// installTypes installs the CRDs of what kinds read: as the backends' projects
// publish them where they are at hand, else made from the pins.
func installTypes(t *testing.T, env *testenv.Env, folders []*cases.Folder) {
	t.Helper()
	seen := map[string]bool{}
	var needed []*apiextensionsv1.CustomResourceDefinition
	for _, f := range folders {
		for _, pinned := range contracts(t, f) {
			of := pinned.Group + "_" + pinned.Plural + ".yaml"
			if !seen[of] && !served(env, pinned) {
				needed = append(needed, definition(t, of, pinned))
			}
			seen[of] = true
		}
	}
	if err := crd.Install(t.Context(), env.Config, needed...); err != nil {
		t.Fatal(err)
	}
}

// contracts are the types that a kind's pin has; none where it reads nothing.
func contracts(t *testing.T, f *cases.Folder) []contract.Contract {
	t.Helper()
	content, err := folder.ReadPinFile(f.FS, folder.PinFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	pin, err := contract.ReadPin(f.File(folder.PinFile), content)
	if err != nil {
		t.Fatal(err)
	}
	return pin.Contracts
}

// served says whether the API server has a type: it is its own, or the install's.
func served(env *testenv.Env, pinned contract.Contract) bool {
	_, err := env.Client.RESTMapper().RESTMapping(schema.GroupKind{Group: pinned.Group, Kind: pinned.Kind})
	return err == nil
}

// definition is a type's own CRD, in a file that is named as controller-gen names
// it. That it is not at hand is said aloud: then the API server takes objects that
// it would refuse in a cluster.
func definition(t *testing.T, file string, pinned contract.Contract) *apiextensionsv1.CustomResourceDefinition {
	t.Helper()
	dir := os.Getenv("CRD_DIR")
	if dir == "" {
		dir = filepath.Join(testenv.Root(t), "..", "shared", "crds")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*", file))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) > 0 {
		published, err := crd.Read(files...)
		if err != nil {
			t.Fatal(err)
		}
		if fitting := crd.Published(published, pinned); fitting != nil {
			return fitting
		}
	}
	t.Logf("no %s with what is pinned is at hand: it is made from the pin, without a schema; set CRD_DIR to the folder above that with it", file)
	return crd.Bare(pinned)
}
