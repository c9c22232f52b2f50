package main

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/maas-kinds/maas/conformance/testenv"
	"github.com/maas-kinds/maas/engine/kind/contract"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// Each built-in kind is held against CRDs that are made up from its pin: of a
// later release that has more, of one that lacks what is read, and of another group.
func TestCheckMadeUpReleases(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes a minute under the race detector")
	}
	set, err := loadBuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	releases := map[string]struct {
		change func(crd *apiextensionsv1.CustomResourceDefinition)
		want   contract.Verdict
	}{
		"newer": {func(crd *apiextensionsv1.CustomResourceDefinition) {
			later := *crd.Spec.Versions[0].DeepCopy()
			crd.Spec.Versions[0].Storage, later.Name = false, "v99"
			later.Storage = true
			crd.Spec.Versions = append(crd.Spec.Versions, later)
			for i := 1; i < len(crd.Spec.Versions)-1; i++ {
				crd.Spec.Versions[i].Storage = false
			}
		}, contract.VerdictCompatible},
		"older": {func(crd *apiextensionsv1.CustomResourceDefinition) {
			for i := range crd.Spec.Versions {
				crd.Spec.Versions[i].Schema.OpenAPIV3Schema = &apiextensionsv1.JSONSchemaProps{Type: "object"}
			}
		}, contract.VerdictBroken},
		"moved": {func(crd *apiextensionsv1.CustomResourceDefinition) { crd.Spec.Group = "moved.example.com" }, contract.VerdictGone},
	}
	for _, k := range set.Kinds() {
		pin, err := readBuiltInPin(k)
		if err != nil {
			t.Fatal(err)
		}
		for release, c := range releases {
			want := map[string]contract.Verdict{}
			t.Run(k.Name()+" "+release, func(t *testing.T) {
				t.Chdir(t.TempDir())
				if pin == nil {
					t.Skip("it reads nothing")
				}
				for _, pinned := range pin.Contracts {
					if len(pinned.Served) == 0 {
						continue // It is built into Kubernetes.
					}
					crd := crdOf(t, pinned)
					c.change(crd)
					content, err := syntax.YAML(crd)
					if err != nil {
						t.Fatal(err)
					}
					write(t, "crds", map[string]string{pinned.Plural + "." + pinned.Group + ".yaml": string(content)})
					want[pinned.GroupKind().String()] = c.want
				}
				if len(want) == 0 {
					t.Skip("it reads what is built into Kubernetes")
				}
				got := verdicts(t, "--crd-dir", "crds", "--kind", k.Name())
				for of, one := range got {
					if want[of] != one.Verdict && want[of] != "" && !readsNoField(pin, of) && !ambiguous(pin, one, release) {
						t.Errorf("%s is %s, want %s: %+v", of, one.Verdict, want[of], one)
					}
					if one.Verdict == contract.VerdictBroken && slices.ContainsFunc(one.Changes, func(c checkChange) bool { return c.Breaks && len(c.Readers) == 0 }) {
						t.Errorf("nobody reads what breaks %s: %+v", of, one.Changes)
					}
				}
			})
		}
	}
}

// crdOf is a CRD of what is pinned.
func crdOf(t *testing.T, pinned contract.Contract) *apiextensionsv1.CustomResourceDefinition {
	t.Helper()
	crd := &apiextensionsv1.CustomResourceDefinition{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apiextensions.k8s.io/v1", Kind: "CustomResourceDefinition"},
		ObjectMeta: metav1.ObjectMeta{Name: pinned.Plural + "." + pinned.Group},
		Spec: apiextensionsv1.CustomResourceDefinitionSpec{
			Group: pinned.Group, Scope: apiextensionsv1.ResourceScope(pinned.Scope),
			Names: apiextensionsv1.CustomResourceDefinitionNames{Kind: pinned.Kind, Plural: pinned.Plural},
		},
	}
	for _, name := range pinned.Served {
		encoded, err := json.Marshal(pinned.Versions[name])
		if err != nil {
			t.Fatal(err)
		}
		schema := &apiextensionsv1.JSONSchemaProps{Type: "object"}
		if err := json.Unmarshal(encoded, schema); err != nil {
			t.Fatal(err)
		}
		crd.Spec.Versions = append(crd.Spec.Versions, apiextensionsv1.CustomResourceDefinitionVersion{
			Name: name, Served: true, Storage: name == pinned.Storage, Deprecated: slices.Contains(pinned.Deprecated, name),
			Schema: &apiextensionsv1.CustomResourceValidation{OpenAPIV3Schema: schema},
		})
	}
	return crd
}

// readsNoField says whether a kind needs no more than that there is an object.
func readsNoField(pin *contract.Pin, of string) bool {
	for _, c := range pin.Contracts {
		if c.GroupKind().String() == of {
			for _, s := range c.Versions {
				if len(s.Properties) > 0 {
					return false
				}
			}
		}
	}
	return true
}

// ambiguous says whether a type has moved to where two of a kind have.
func ambiguous(pin *contract.Pin, one checkedType, release string) bool {
	same := 0
	for _, c := range pin.Contracts {
		if c.Kind == one.Type.Kind {
			same++
		}
	}
	return release == "moved" && same > 1
}

// verdicts runs the command, and gives what it finds by type.
func verdicts(t *testing.T, args ...string) map[string]checkedType {
	t.Helper()
	got := maasctl(t, "", append([]string{"check", "-o", "json"}, args...)...)
	var report checkReport
	if err := json.Unmarshal([]byte(got.out), &report); err != nil || len(report.Faults) > 0 {
		t.Fatalf("%v: %s%s", err, got.out, got.errOut)
	}
	found := map[string]checkedType{}
	for _, one := range report.Types {
		found[strings.TrimSuffix(one.Type.Kind+"."+one.Type.Group, ".")] = one
	}
	return found
}

// Held against the very CRDs that they were made from, the kinds are the same. Those of
// another release may be at hand for some.
func TestCheckPublishedCRDs(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes a minute under the race detector")
	}
	crds := testenv.CRDDir(t)
	files, err := contract.Files(crds)
	if err != nil {
		t.Fatal(err)
	}
	set, err := loadBuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]contract.Verdict{}
	for _, k := range set.Kinds() {
		pin, err := readBuiltInPin(k)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; pin != nil && i < len(pin.Contracts); i++ {
			for _, file := range files {
				if file.GroupKind() == pin.Contracts[i].GroupKind() && file.Source.SHA256 == pin.Contracts[i].Source.SHA256 {
					want[file.GroupKind().String()] = contract.VerdictSame
				}
			}
		}
	}
	if len(want) < 10 {
		t.Fatalf("most pins are of other files than those in %s: %v", crds, want)
	}
	got := map[string]contract.Verdict{}
	for of, one := range verdicts(t, "--crd-dir", crds) {
		if want[of] == "" {
			t.Logf("%s of %s: no such file at hand as it was pinned from; held against the one there it is %s", of, filepath.Base(filepath.Dir(one.File)), one.Verdict)
			continue
		}
		got[of] = one.Verdict
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("verdicts (-want +got):\n%s", diff)
	}
}
