package cases

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/check"
	"github.com/maas-kinds/maas/conformance/evaluation"
	"github.com/maas-kinds/maas/conformance/sources"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/folder"
	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/engine/phase"
	"github.com/maas-kinds/maas/engine/registry"
	"github.com/maas-kinds/maas/schemas"
)

// Folder is the folder of one kind, as far as it could be read.
type Folder struct {
	// Name of the folder, which is that of the kind.
	Name string
	// Kind is nil when the kind-spec has faults.
	Kind *kind.Kind
	// Spec is the kind-spec; nil when there is none to be read.
	Spec *v1alpha1.ModelKindSpec
	// Cases in the order of the file; none where the file has faults.
	Cases []Case
	// Parameters of the kind that are set for every case.
	Parameters map[string]any
	// Waivers of mutants, in the order of the file.
	Waivers []Waiver
	// Sources are nil when the kind has none, or the file has faults.
	Sources *sources.File
	// Schema are the checks of L0.
	Schema []check.Result
	// FS is rooted in the folder.
	FS fs.FS

	label string
	// recorded are the objects of cases that an operator printed so.
	recorded kind.Objects
	// written is the kind-spec with its lines.
	written *syntax.Document
}

// File is a file of the folder, named so that a person can open it.
func (f *Folder) File(name string) string { return path.Join(f.label, name) }

// Decide gives what each case decides with a kind, which may be another than that
// of the folder.
func (f *Folder) Decide(ctx context.Context, machine *phase.Machine, k *kind.Kind) ([]evaluation.Decision, error) {
	decisions := make([]evaluation.Decision, len(f.Cases))
	for i, c := range f.Cases {
		settled, err := c.Evaluate(ctx, machine, k)
		if err != nil {
			return nil, err
		}
		decisions[i] = settled.Decision()
	}
	return decisions, nil
}

// Reader reads the folders of kinds. It is safe for concurrent use.
type Reader struct {
	machine *phase.Machine
	schema  *syntax.Schema
	sources *sources.Reader
}

// NewReader makes a reader of cases that the machine decides. The error means
// that the program itself is broken.
func NewReader(machine *phase.Machine) (*Reader, error) {
	schema, err := syntax.CompileSchema(schemas.Cases)
	if err != nil {
		return nil, err
	}
	known, err := sources.NewReader()
	if err != nil {
		return nil, err
	}
	return &Reader{machine, schema, known}, nil
}

// Load reads the kinds of sources, which stand side by side: none replaces a
// kind of another. A source is the folder of one kind or a folder of such
// folders; those in the background are there to be handed objects on to, and are
// not proved. What is wrong with a folder is in its Schema; the error says that a
// source cannot be read at all.
func (r *Reader) Load(from ...registry.Source) ([]*Folder, error) {
	set, err := registry.LoadTogether(from...)
	var faults syntax.Faults
	if err != nil && !errors.As(err, &faults) {
		return nil, err
	}
	var folders []*Folder
	for _, source := range from {
		if source.Background {
			continue
		}
		found, err := foldersOf(source)
		if err != nil {
			return nil, err
		}
		folders = append(folders, found...)
	}
	for _, f := range folders {
		if err := r.read(f, set, faults); err != nil {
			return nil, err
		}
	}
	return folders, nil
}

// foldersOf finds the folders of a source without reading them.
func foldersOf(source registry.Source) ([]*Folder, error) {
	if _, err := fs.Stat(source.FS, folder.SpecFile); err == nil {
		return []*Folder{{Name: path.Base(source.Name), FS: source.FS, label: source.Name}}, nil
	}
	entries, err := folder.ReadDir(source.FS, ".")
	if err != nil {
		return nil, fmt.Errorf("reading the kinds of %s: %w", source.Name, err)
	}
	var folders []*Folder
	for _, entry := range entries {
		if !entry.IsDir() || strings.HasPrefix(entry.Name(), ".") {
			continue
		}
		inside, err := fs.Sub(source.FS, entry.Name())
		if err != nil {
			return nil, fmt.Errorf("reading the kind %s: %w", entry.Name(), err)
		}
		folders = append(folders, &Folder{Name: entry.Name(), FS: subtree{inside, source.FS, entry.Name()}, label: path.Join(source.Name, entry.Name())})
	}
	if len(folders) == 0 {
		return nil, fmt.Errorf("%s holds no kind: give the folder of a kind, with its %s, or a folder of such folders", source.Name, folder.SpecFile)
	}
	return folders, nil
}

// subtree is what fs.Sub gives, and can say what a file is without opening it,
// which for a pipe may take for ever.
type subtree struct {
	fs.FS
	whole fs.FS
	dir   string
}

// Stat is part of fs.StatFS.
func (s subtree) Stat(name string) (fs.FileInfo, error) {
	return fs.Stat(s.whole, path.Join(s.dir, name))
}

// read fills a folder in and notes its faults.
func (r *Reader) read(f *Folder, set *kind.Set, faults syntax.Faults) error {
	for _, k := range set.Kinds() {
		if k.File() == f.File(folder.SpecFile) {
			f.Kind = k
		}
	}
	own := slices.DeleteFunc(slices.Clone(faults), func(fault syntax.Fault) bool {
		return fault.File != f.File(folder.SpecFile) && fault.File != f.label
	})
	own = append(own, f.misnamed()...)
	if f.Kind != nil {
		// What is useless is served all the same, and is not what its author meant.
		own = append(own, f.Kind.Warnings()...)
	}
	f.Schema = append(f.Schema, check.Of(folder.SpecFile, own.Error()))
	if content, err := folder.ReadSpec(f.FS, folder.SpecFile); err == nil {
		for _, d := range syntax.ReadDocuments(f.File(folder.SpecFile), content) {
			var written v1alpha1.ModelKind
			if err := d.Decode(&written); err == nil {
				f.Spec, f.written = &written.Spec, d
			}
		}
	}
	f.Schema = append(f.Schema, f.shape())
	if err := r.readSources(f); err != nil {
		return err
	}
	return r.readCases(f)
}

// misnamed compares the names of the folder and the kind. A folder that was
// given as "." is called as its kind is.
func (f *Folder) misnamed() syntax.Faults {
	switch {
	case f.Kind == nil || f.Kind.Name() == f.Name:
		return nil
	case strings.Trim(f.Name, "./") == "":
		f.Name = f.Kind.Name()
		return nil
	}
	return syntax.Faults{{File: f.File(folder.SpecFile), Field: "metadata.name",
		Message: fmt.Sprintf("%q is not the name of its folder, write %s or rename the folder", f.Kind.Name(), f.Name)}}
}

// shape refuses what has no place in the folder of a kind.
func (f *Folder) shape() check.Result {
	const name = "folder"
	entries, err := folder.ReadDir(f.FS, ".")
	if err != nil {
		return check.Fail(name, "%s: cannot be read: %s", f.label, err)
	}
	known := []string{folder.SpecFile, folder.PinFile, "README.md", folder.CasesFile, folder.SourcesFile}
	var faults []string
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), ".") || slices.Contains(known, entry.Name()) && !entry.IsDir() {
			continue
		}
		advice := "the folder of a kind holds " + strings.Join(known, ", ")
		if near := syntax.Nearest(entry.Name(), known); near != "" {
			advice = "did you mean " + near + "?"
		}
		faults = append(faults, fmt.Sprintf("%s: has no place here, %s", f.File(entry.Name()), advice))
	}
	if len(faults) > 0 {
		return check.Fail(name, "%s", strings.Join(faults, "\n"))
	}
	return check.Pass(name)
}
