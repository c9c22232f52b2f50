package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/cmd/internal/migrate"
	"github.com/maas-kinds/maas/engine/kind/folder"
)

// manifests is how much is read of one file: 10,000 models as kubectl prints them
// have some twenty megabytes.
func manifests() folder.Limit { return folder.Limit{What: "a file of manifests", Bytes: 64 << 20} }

// readFiles reads what -f names. What cannot be read is told with all other faults.
func (o *migrateOptions) readFiles(stdin io.Reader) migrate.Input {
	r := manifestReader{stdin: stdin}
	for _, name := range o.files {
		if info, err := os.Stat(name); name != "-" && err == nil && info.IsDir() {
			r.folder(name)
			continue
		}
		content, err := readInput(name, stdin, manifests())
		if name == "-" {
			name = "standard input"
		}
		r.read(name, content, err)
	}
	for i := range r.input.Objects {
		r.input.Objects[i] = r.input.Objects[i].In(o.namespace)
	}
	return r.input
}

// manifestReader collects the objects of files.
type manifestReader struct {
	stdin io.Reader
	input migrate.Input
}

func (r *manifestReader) read(name string, content []byte, err error) {
	name = filepath.ToSlash(name)
	if err != nil {
		r.input.Notes = append(r.input.Notes, migrate.Unreadable(name, err))
		return
	}
	objects, notes := migrate.Read(name, content)
	r.input.Objects, r.input.Notes = append(r.input.Objects, objects...), append(r.input.Notes, notes...)
}

// folder reads the manifests of a folder, in the order of their paths. Links are
// followed inside it alone; a mounted volume has its files twice, in hidden folders
// too.
func (r *manifestReader) folder(dir string) {
	tree := treeOf(dir)
	found := 0
	err := fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
		shown := path.Join(filepath.ToSlash(dir), name)
		switch {
		case err != nil:
			r.read(shown, nil, err)
			return nil
		case entry.IsDir() && name != "." && strings.HasPrefix(entry.Name(), "."):
			return fs.SkipDir
		case entry.IsDir() || !slices.Contains([]string{".yaml", ".yml", ".json"}, path.Ext(name)):
			return nil
		}
		found++
		content, err := manifests().ReadFile(tree, name)
		r.read(shown, content, err)
		return nil
	})
	if err == nil && found == 0 && len(r.input.Notes) == 0 {
		err = fmt.Errorf("no *.yaml, *.yml or *.json is in it, nor in its folders")
	}
	if err != nil {
		r.read(dir, nil, err)
	}
}
