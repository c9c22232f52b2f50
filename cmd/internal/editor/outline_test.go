package editor

import (
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/kinds"
)

// In the texts that the YAML library reads, an outline finds every value where the
// library finds it, and what it is.
func TestOutlineOfKinds(t *testing.T) {
	for name, content := range specs(t) {
		t.Run(name, func(t *testing.T) {
			doc := syntax.Parse("", []byte(content))
			if len(doc.Faults()) > 0 {
				return // No YAML, or such as is refused.
			}
			seen := map[string]bool{}
			for n := range outline(content).all {
				seen[n.pointer] = true
				start := n.whole().Start
				if line, want := strings.Count(content[:start], "\n")+1, doc.At(n.pointer).Line; n.parent != nil && line != want {
					t.Errorf("%s: line %d, want %d", n.pointer, line, want)
				}
				switch value := syntax.Lookup(doc.Value(), n.pointer).(type) {
				case map[string]any:
					if n.shape != mapping || len(n.children) != len(value) {
						t.Errorf("%s: shape %d with %d children, want a mapping of %d", n.pointer, n.shape, len(n.children), len(value))
					}
				case []any:
					if n.shape != sequence || len(n.children) != len(value) {
						t.Errorf("%s: shape %d with %d children, want a list of %d", n.pointer, n.shape, len(n.children), len(value))
					}
				case string:
					if n.shape != scalar || n.text != value && !strings.HasPrefix(n.value.in(content), ">") {
						t.Errorf("%s: shape %d, %q, want %q", n.pointer, n.shape, n.text, value)
					}
				}
			}
			if mapping, ok := doc.Value().(map[string]any); ok && mapping["spec"] != nil && !seen["/spec"] {
				t.Error("spec is not seen")
			}
		})
	}
}

// specs are the built-in kinds, and texts that have faults.
func specs(t testing.TB) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, tree := range []fs.FS{kinds.FS, os.DirFS("../../../engine/kind/testdata/faults"), os.DirFS("../../../engine/kind/testdata/warnings")} {
		err := fs.WalkDir(tree, ".", func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, "kind.yaml") && !strings.Contains(path, "kinds/") {
				return err
			}
			content, err := fs.ReadFile(tree, path)
			all[path] = string(content)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func TestOutlineWhileTyping(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		// want is what is at |.
		want string
	}{
		"what may be a text":                {"spec:\n  desc|\n", "/spec"},
		"a name before others":              {"spec:\n  desc|\n  name: a\n", "/spec/desc"},
		"a name on a line with less before": {"spec:\n  health:\n    - is: Ready\n  endp|\n", "/spec/endp"},
		"an entry":                          {"spec:\n  health:\n    - i|\n", "/spec/health/0"},
		"a name behind one in an entry":     {"spec:\n  health:\n    - is: Ready\n      wh|\n", "/spec/health/0/wh"},
		"a name in braces":                  {"spec:\n  health:\n    - {is: Ready, wh|}\n    - {is: Failed}\n", "/spec/health/0/wh"},
		"braces that are open":              {"spec:\n  health:\n    - {is: R|\n    - {is: Failed}\n", "/spec/health/0/is"},
		"what follows open braces":          {"spec:\n  health:\n    - {is: R\n    - {is: Fail|ed}\n", "/spec/health/1/is"},
		"a path without quotes":             {"spec:\n  health:\n    - {when: [{path: $.status.a[*].b|\n", "/spec/health/0/when/0/path"},
		"a quote that is open":              {"spec:\n  name: \"ab|\n  description: x\n", "/spec/name"},
		"a value in the line below":         {"spec:\n  name:\n    ab|\n", "/spec/name"},
		"an entry no further than its list": {"spec:\n  health:\n  - is: Re|\n", "/spec/health/0/is"},
		"behind a comment":                  {"# $schema\nspec: # what\n  # more\n  name: a|\n", "/spec/name"},
		"in a text of lines":                {"spec:\n  description: >\n    a: b|\n  name: c\n", "/spec/description"},
		"the first name":                    {"ap|", "/ap"},
	} {
		t.Run(name, func(t *testing.T) {
			offset := strings.Index(test.text, "|")
			got := outline(strings.Replace(test.text, "|", "", 1)).deepest(offset)
			if diff := cmp.Diff(test.want, got.pointer); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func FuzzOutline(f *testing.F) {
	for _, content := range specs(f) {
		f.Add(content)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for n := range outline(text).all {
			for _, r := range []Range{n.key, n.value} {
				if r.Start > r.End || r.Start < 0 || r.End > len(text) {
					t.Fatalf("%s: %+v in %d bytes", n.pointer, r, len(text))
				}
			}
		}
	})
}
