package kind_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/conformance/golden"
	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/engine/kind/vet"
	"github.com/maas-kinds/maas/engine/registry"
)

// Advice is not a fault: the kinds are in force, and say what is useless in them.
func TestWarnings(t *testing.T) {
	set, err := registry.Load(registry.Source{FS: os.DirFS("testdata/warnings/kinds")})
	if err != nil {
		t.Fatal(err)
	}
	var all syntax.Faults
	seen := map[string]bool{}
	for _, k := range set.Kinds() {
		all = append(all, k.Warnings()...)
	}
	for _, warning := range all {
		seen[warning.Rule] = true
		if !warning.Warning {
			t.Errorf("not marked as a warning: %s", warning)
		}
	}
	golden.Compare(t, "testdata/warnings/warnings.txt", all.Error()+"\n")
	for _, rule := range vet.Rules() {
		if rule.Warning && !seen[rule.Name] {
			t.Errorf("nothing in testdata/warnings breaks the rule %s", rule.Name)
		}
	}
}

// A kind-spec that is useless in one place and wrong in another is told what is
// wrong: what is useless may follow from it.
func TestFaultsBeforeWarnings(t *testing.T) {
	err := loadWidget(`  values: {host: [{path: $.status.host}], idle: [{path: $.a}]}
  health: [{is: Ready, when: [{condition: Ready, status: "True"}]}]
  endpoint: [{url: {host: [{value: hots}]}}]
`)
	if want := `w.yaml:9: spec.endpoint[0].url.host[0].value: no value is called "hots", did you mean host?`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// Every fault is one of a rule that is listed, and every rule has an example.
func TestRules(t *testing.T) {
	var known []string
	for _, rule := range vet.Rules() {
		if slices.Contains(known, rule.Name) || !strings.HasSuffix(rule.Doc, ".") {
			t.Errorf("rule %+v is there twice, or says nothing", rule)
		}
		known = append(known, rule.Name)
	}
	folders, err := filepath.Glob("testdata/faults/*/kinds")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{"file": true, "limits": true, "contract": true, syntax.RuleParameters: true} // These have tests of their own.
	for _, folder := range folders {
		_, err := registry.Load(registry.Source{FS: os.DirFS(folder)})
		var faults syntax.Faults
		if !errors.As(err, &faults) {
			t.Fatalf("%s: %v", folder, err)
		}
		for _, fault := range faults {
			seen[fault.Rule] = true
			if !slices.Contains(known, fault.Rule) || fault.Warning {
				t.Errorf("%s: of rule %q, a warning: %t", fault, fault.Rule, fault.Warning)
			}
		}
	}
	var unseen []string
	for _, rule := range vet.Rules() {
		if !rule.Warning && !seen[rule.Name] {
			unseen = append(unseen, rule.Name)
		}
	}
	if diff := cmp.Diff([]string(nil), unseen); diff != "" {
		t.Errorf("rules without an example (-want +got):\n%s", diff)
	}
}
