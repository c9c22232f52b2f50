package conformance_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"sigs.k8s.io/yaml"

	"github.com/maas-kinds/maas/conformance"
	"github.com/maas-kinds/maas/conformance/check"
	"github.com/maas-kinds/maas/engine/kind/folder"
	"github.com/maas-kinds/maas/engine/registry"
)

// caught says how a planted fault has to be found.
type caught struct {
	Why     string `json:"why"`
	Level   string `json:"level"`
	Check   string `json:"check"`
	Message string `json:"message"`
	// Removed are files of the sound kind that the fault takes away; those in
	// its folder Widget replace or add to the sound ones.
	Removed []string `json:"removed"`
	// Without are cases that it takes away.
	Without []string `json:"without"`
	// Edits replace text in cases.yaml, everywhere, one after the other.
	Edits []struct {
		Old string `json:"old"`
		New string `json:"new"`
	} `json:"edits"`
}

// Every folder of testdata/planted is a fault in the sound kind. It has to be
// caught at its level, with advice, and not at an earlier level for another reason.
func TestPlantedFaults(t *testing.T) {
	faults, err := filepath.Glob("testdata/planted/*")
	if err != nil || len(faults) == 0 {
		t.Fatalf("no planted faults: %v", err)
	}
	for _, folder := range faults {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			want := readCaught(t, folder)
			proof := prove(t, registry.Source{Name: "Widget", FS: want.planted(t, folder)}, want.Level)
			for _, level := range proof.Levels {
				switch {
				case level.ID < want.Level && level.Count(check.Failed) > 0:
					t.Errorf("caught at %s already: %s", level.ID, failures(level))
				case level.ID == want.Level && !want.isIn(level):
					t.Errorf("%s does not fail %q with %q:\n%s", level.ID, want.Check, want.Message, failures(level))
				}
			}
			if !proof.Failed() {
				t.Error("not caught at all")
			}
		})
	}
}

func (c caught) isIn(level conformance.LevelProof) bool {
	for _, result := range level.Checks {
		if result.Name == c.Check && result.Outcome == check.Failed && strings.Contains(result.Message, c.Message) {
			return true
		}
	}
	return false
}

func failures(level conformance.LevelProof) string {
	var all []string
	for _, result := range level.Checks {
		if result.Outcome == check.Failed {
			all = append(all, result.Name+": "+result.Message)
		}
	}
	return strings.Join(all, "\n")
}

func readCaught(t *testing.T, folder string) caught {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(folder, "caught.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var want caught
	if err := yaml.UnmarshalStrict(content, &want); err != nil {
		t.Fatal(err)
	}
	if want.Why == "" || want.Level == "" || want.Check == "" || want.Message == "" {
		t.Fatalf("%s/caught.yaml has to say why, level, check and message", folder)
	}
	return want
}

// planted is the sound kind with the fault in it.
func (c caught) planted(t *testing.T, fault string) fs.FS {
	t.Helper()
	tree := fstest.MapFS{}
	overlay(t, tree, os.DirFS("testdata/sound/Widget"))
	for _, name := range c.Removed {
		if tree[name] == nil {
			t.Fatalf("%s removes %s, which the sound kind does not have", fault, name)
		}
		delete(tree, name)
	}
	if _, err := os.Stat(filepath.Join(fault, "Widget")); err == nil {
		overlay(t, tree, os.DirFS(filepath.Join(fault, "Widget")))
	}
	if cases := tree[folder.CasesFile]; cases != nil {
		cases.Data = []byte(c.edited(t, string(cases.Data)))
	}
	return tree
}

// edited is cases.yaml with the fault in it.
func (c caught) edited(t *testing.T, cases string) string {
	t.Helper()
	for _, name := range c.Without {
		begin := strings.Index(cases, "    - name: "+name+"\n")
		if begin < 0 {
			t.Fatalf("there is no case %s", name)
		}
		length := strings.Index(cases[begin+1:]+"    - name: ", "    - name: ") + 1
		cases = cases[:begin] + cases[min(begin+length, len(cases)):]
	}
	for _, edit := range c.Edits {
		if !strings.Contains(cases, edit.Old) {
			t.Fatalf("cases.yaml has no %q", edit.Old)
		}
		cases = strings.ReplaceAll(cases, edit.Old, edit.New)
	}
	return cases
}

func overlay(t *testing.T, tree fstest.MapFS, files fs.FS) {
	t.Helper()
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(files, name)
		tree[name] = &fstest.MapFile{Data: content}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
