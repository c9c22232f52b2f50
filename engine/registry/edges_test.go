package registry_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/maas-kinds/maas/engine/kind/folder"
	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/engine/registry"
)

// What stands exactly at a limit is read, and the next byte, entry, document or
// level is refused with a message that names the limit: see SECURITY.md.
func TestEdges(t *testing.T) {
	padded := func(text string, size int) []byte {
		return append([]byte(text), "# "+strings.Repeat("x", size-len(text)-3)+"\n"...)
	}
	load := func(files fstest.MapFS) error {
		_, err := registry.Load(registry.Source{FS: files})
		return err
	}
	last := func(documents []*syntax.Document) error {
		if faults := documents[len(documents)-1].Faults(); len(faults) > 0 {
			return faults
		}
		return nil
	}
	parser, err := registry.NewParser()
	if err != nil {
		t.Fatal(err)
	}
	plain := string(spec("w").Data)
	for name, test := range map[string]struct {
		most int
		read func(n int) error
		says string
	}{
		"bytes of a kind-spec": {1 << 20, func(n int) error {
			return load(fstest.MapFS{"w.yaml": {Data: padded(plain, n)}})
		}, "it has 1048577 bytes, and a kind-spec may have 1048576"},
		"bytes of a pin": {4 << 20, func(n int) error {
			_, err := folder.ReadPinFile(fstest.MapFS{"p": {Data: make([]byte, n)}}, "p")
			return err
		}, "it has 4194305 bytes, and a pin may have 4194304"},
		"entries of a folder": {1000, func(n int) error {
			files := fstest.MapFS{}
			for i := range n {
				files[fmt.Sprintf("note-%d.txt", i)] = &fstest.MapFile{}
			}
			_, err := folder.ReadDir(files, ".")
			return err
		}, "it holds more than 1000 entries"},
		// The bytes of a file count before anything is made of them, so all but the last
		// are of what no YAML has: to read comments as long takes a hundred times as long.
		"bytes of all files of a source": {16 << 20, func(n int) error {
			const each = 1 << 20
			final := spec("w")
			files := fstest.MapFS{"z.yaml": final}
			n -= len(final.Data)
			for i := 0; n > 0; i++ {
				files[fmt.Sprintf("w%02d.yaml", i)] = &fstest.MapFile{Data: make([]byte, min(n, each))}
				n -= each
			}
			contents, err := parser.Source(registry.Source{FS: files})
			if err != nil {
				return err
			}
			if faults := contents.Documents[len(contents.Documents)-1].Faults; len(faults) > 0 {
				return faults
			}
			return nil
		}, "16777216"},
		"documents of a stream": {1000, func(n int) error {
			return last(syntax.ReadDocuments("a.yaml", []byte(strings.Repeat("---\na: 1\n", n))))
		}, "more than 1000 YAML documents"},
		"levels of nesting": {100, func(n int) error {
			return last(syntax.ReadDocuments("a.yaml", []byte(strings.Repeat("[", n)+strings.Repeat("]", n)+"\n")))
		}, "nested more than 100 deep"},
		// A comma in a text counts as one between values, and is read sooner.
		"values of a document": {400_000, func(n int) error {
			const values = 10_000
			for document := range syntax.Stream([]byte("[" + strings.Repeat("1,", values) + `"` + strings.Repeat(",", n-values-1) + "\"]\n")) {
				if _, err := document.JSON(); err != nil {
					return err
				}
			}
			return nil
		}, "400000"},
		"kinds that hand on to one another": {4, func(n int) error {
			files := fstest.MapFS{"w1.yaml": spec("w1")}
			for i := 2; i <= n; i++ {
				on := fmt.Sprintf("  subjects: [{as: next, object: {group: example.com, kind: Widget, versions: [v1]}}]\n  health: [{of: next, kind: w%d}]", i-1)
				name := fmt.Sprintf("w%d", i)
				files[name+".yaml"] = &fstest.MapFile{Data: []byte(strings.Replace(string(spec(name).Data), `  health: [{is: Ready, when: [{condition: Ready, status: "True"}]}]`, on, 1))}
			}
			return load(files)
		}, "is the beginning of a chain of more than 4 kinds that hand on"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := test.read(test.most); err != nil {
				t.Errorf("%d are refused: %.300v", test.most, err)
			}
			if err := test.read(test.most + 1); err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("%d: got %.300v, want it to say %s", test.most+1, err, test.says)
			}
		})
	}
}
