package kind

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Source is a tree of kind-specs: a folder a kind, each with its kind.yaml, or
// YAML files side by side as a mounted ConfigMap has them, or both. A tree
// with a kind.yaml at its root may be the folder of that kind: what else belongs
// to one, its pinned referent and its cases, is then no kind-spec.
type Source struct {
	// Name for messages, for example "built-in" or the directory. It is put
	// before the file names in faults unless it is empty.
	Name string
	FS   fs.FS
	// File, when set, is the one file of FS to read, whatever it is called.
	File string
	// Background: its kinds are there for others to hand objects on to, and are
	// neither checked nor in the set. Those of the other sources go before them.
	Background bool
}

const (
	specFile = "kind.yaml"
	// pinFile is the pinned referent beside a kind.yaml.
	pinFile = "referent.yaml"
)

// CasesFile is the name of the file of a kind's cases, beside its kind.yaml.
const CasesFile = "cases.yaml"

// Load reads, validates and compiles every kind-spec of the sources. A kind of
// a later source replaces the kind of the same name of an earlier one; within
// a source, and for aliases also across sources, two specs that claim one name
// are both refused.
//
// The error is of type Faults, and holds all faults of all files, unless the
// program itself is broken. The set holds the kinds without a fault.
func Load(sources ...Source) (*Set, error) {
	return load(sources, func(earlier, later *Kind) bool { return earlier.name == later.name })
}

// LoadTogether is Load for sources that stand side by side, as the arguments of
// a linter do: none replaces a kind of another, so a name claimed in two of
// them is refused, and a file that is reached through two of them is read once.
func LoadTogether(sources ...Source) (*Set, error) {
	return load(sources, func(earlier, later *Kind) bool { return earlier.file == later.file })
}

func load(sources []Source, replaces func(earlier, later *Kind) bool) (*Set, error) {
	v, err := newValidator()
	if err != nil {
		return nil, err
	}
	var all Faults
	var kinds, background []*Kind
	for _, source := range sources {
		loaded, faults, err := loadSource(v, source)
		if err != nil {
			return nil, err
		}
		if source.Background {
			background = append(background, loaded...)
			continue
		}
		all = append(all, faults...)
		kinds = slices.DeleteFunc(kinds, func(earlier *Kind) bool {
			return slices.ContainsFunc(loaded, func(later *Kind) bool { return replaces(earlier, later) })
		})
		kinds = append(kinds, loaded...)
	}
	kinds, collisions := refuseCollisions(kinds)
	all = append(all, collisions...)
	set, missing := together(kinds, background)
	all = append(all, missing...)
	if len(all) > 0 {
		return set, all.sorted()
	}
	return set, nil
}

// together is the set of some kinds, which may hand on to each other and to those
// in the background, as far as no other has their names.
func together(kinds, background []*Kind) (*Set, Faults) {
	taken := func(b *Kind) bool {
		return slices.ContainsFunc(kinds, func(k *Kind) bool {
			return slices.ContainsFunc(b.claimed(), func(name string) bool { _, ok := k.claims[name]; return ok })
		})
	}
	known := slices.Concat(kinds, slices.DeleteFunc(slices.Clone(background), taken))
	own := func(k *Kind) bool {
		return slices.ContainsFunc(kinds, func(one *Kind) bool { return one.file == k.file && one.name == k.name })
	}
	var missing Faults
	for _, fault := range unlinked(known) {
		if slices.ContainsFunc(kinds, func(k *Kind) bool { return k.file == fault.File }) {
			missing = append(missing, fault)
		}
	}
	unfit := func(k *Kind) bool {
		return !own(k) || slices.ContainsFunc(missing, func(f Fault) bool { return f.File == k.file })
	}
	return setOfLinked(slices.DeleteFunc(linked(known), unfit)), missing
}

func loadSource(v *validator, source Source) ([]*Kind, Faults, error) {
	contents, err := (&Parser{v}).Source(source)
	if err != nil {
		return nil, nil, err
	}
	faults := append(contents.Unreadable, contents.Faults...)
	if len(contents.Documents) == 0 && len(faults) == 0 {
		faults = append(faults, Fault{File: source.label("."),
			Message: "no kind-spec here, expected folders with a " + specFile + ", or *.yaml files"})
	}
	var kinds []*Kind
	for _, doc := range contents.Documents {
		faults = append(faults, doc.Faults...)
		if doc.Kind != nil {
			kinds = append(kinds, doc.Kind)
		}
	}
	return kinds, faults, nil
}

// compileDocument goes through the layers. Each goes on with what the ones
// before it have found no fault in, so that all faults are told at once.
func compileDocument(v *validator, doc *document, folder string) (*Kind, error) {
	if doc.nothingLeft() {
		return nil, nil
	}
	if err := doc.next(func() error { return v.validate(doc) }); err != nil || doc.nothingLeft() {
		return nil, err
	}
	var k *Kind
	err := doc.next(func() (err error) {
		k, err = compile(doc, folder)
		return err
	})
	return k, err
}

func folderOf(file string) string {
	if dir := path.Dir(file); dir != "." {
		return dir
	}
	return ""
}

func (s Source) label(file string) string {
	if s.Name == "" {
		return file
	}
	return path.Join(s.Name, file)
}

// specFiles lists the kind-specs of a source. Hidden entries are passed over:
// a mounted ConfigMap keeps its data in them. What is there and cannot be read
// is listed as well, so that it is not taken for deleted.
// The faults belong to no file; with unreadable the source cannot even be listed.
func specFiles(source Source) (files []string, faults, unreadable Faults) {
	if source.File != "" {
		return []string{source.File}, nil, nil
	}
	entries, err := ReadDir(source.FS, ".")
	if err != nil {
		return nil, nil, Faults{{File: source.label("."), Message: "cannot be read: " + reason(err)}}
	}
	oneKind := slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == specFile && !isFolder(source.FS, e) })
	for _, entry := range entries {
		name := entry.Name()
		switch {
		case strings.HasPrefix(name, "."), oneKind && (name == pinFile || name == CasesFile):
		case isFolder(source.FS, entry):
			file := path.Join(name, specFile)
			switch _, err := fs.Lstat(source.FS, file); {
			case !errors.Is(err, fs.ErrNotExist):
				files = append(files, file)
			case !oneKind:
				faults = append(faults, Fault{File: source.label(name), Message: "the folder has no " + specFile})
			}
		case path.Ext(name) == ".yaml" || path.Ext(name) == ".yml":
			files = append(files, name)
		case entry.Type()&fs.ModeSymlink != 0:
			if _, err := fs.Stat(source.FS, name); err != nil {
				faults = append(faults, Fault{File: source.label(name), Message: "the link cannot be followed: " + reason(err)})
			}
		}
	}
	return files, faults, nil
}

// isFolder follows links: a mounted volume consists of them.
func isFolder(tree fs.FS, entry fs.DirEntry) bool {
	if entry.Type()&fs.ModeSymlink == 0 {
		return entry.IsDir()
	}
	info, err := fs.Stat(tree, entry.Name())
	return err == nil && info.IsDir()
}

// reason is a file error without the path, which the fault names already.
func reason(err error) string {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err.Error()
	}
	return err.Error()
}

// refuseCollisions takes out every kind that claims a name another one claims.
func refuseCollisions(kinds []*Kind) ([]*Kind, Faults) {
	claims := map[string][]*Kind{}
	for _, k := range kinds {
		for name := range k.claims {
			claims[name] = append(claims[name], k)
		}
	}
	var faults Faults
	refused := map[*Kind]bool{}
	for name, claimants := range claims {
		for _, k := range claimants {
			for _, other := range claimants {
				if k == other {
					continue
				}
				refused[k] = true
				fault := k.claims[name]
				fault.Message = fmt.Sprintf("%q is claimed by %s as well, both are refused: rename one", name, other.file)
				faults = append(faults, fault)
			}
		}
	}
	return slices.DeleteFunc(kinds, func(k *Kind) bool { return refused[k] }), faults
}
