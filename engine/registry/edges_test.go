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
		"bytes of all files of a source": {16 << 20, func(n int) error {
			const each = 1 << 20
			files := fstest.MapFS{}
			for i := 0; n > 0; i++ {
				name := fmt.Sprintf("w%02d", i)
				files[name+".yaml"] = &fstest.MapFile{Data: padded(string(spec(name).Data), min(n, each))}
				if n -= each; n > 0 && n < 1000 { // the rest is too short for a file of its own
					files[name+".yaml"].Data = files[name+".yaml"].Data[:each-1000]
					files[name+".yaml"].Data[each-1001] = '\n'
					n += 1000
				}
			}
			return load(files)
		}, "16777216"},
		"documents of a stream": {1000, func(n int) error {
			return last(syntax.ReadDocuments("a.yaml", []byte(strings.Repeat("---\na: 1\n", n))))
		}, "more than 1000 YAML documents"},
		"levels of nesting": {100, func(n int) error {
			return last(syntax.ReadDocuments("a.yaml", []byte(strings.Repeat("[", n)+strings.Repeat("]", n)+"\n")))
		}, "nested more than 100 deep"},
		"values of a document": {400_000, func(n int) error {
			for document := range syntax.Stream([]byte("[" + strings.Repeat("1,", n-1) + "]\n")) {
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
