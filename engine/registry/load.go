package registry

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/folder"
	"github.com/maas-kinds/maas/engine/kind/syntax"
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

// Load reads, validates and compiles every kind-spec of the sources. A kind of
// a later source replaces the kind of the same name of an earlier one; within
// a source, and for aliases also across sources, two specs that claim one name
// are both refused.
//
// The error is of type Faults, and holds all faults of all files, unless the
// program itself is broken. The set holds the kinds without a fault.
func Load(sources ...Source) (*kind.Set, error) {
	return load(sources, func(earlier, later *kind.Kind) bool { return earlier.Name() == later.Name() })
}

// LoadTogether is Load for sources that stand side by side, as the arguments of
// a linter do: none replaces a kind of another, so a name claimed in two of
// them is refused, and a file that is reached through two of them is read once.
func LoadTogether(sources ...Source) (*kind.Set, error) {
	return load(sources, func(earlier, later *kind.Kind) bool { return earlier.File() == later.File() })
}

func load(sources []Source, replaces func(earlier, later *kind.Kind) bool) (*kind.Set, error) {
	parser, err := NewParser()
	if err != nil {
		return nil, err
	}
	var all syntax.Faults
	var kinds, background []*kind.Kind
	for _, source := range sources {
		loaded, faults, err := loadSource(parser, source)
		if err != nil {
			return nil, err
		}
		if source.Background {
			background = append(background, loaded...)
			continue
		}
		all = append(all, faults...)
		kinds = slices.DeleteFunc(kinds, func(earlier *kind.Kind) bool {
			return slices.ContainsFunc(loaded, func(later *kind.Kind) bool { return replaces(earlier, later) })
		})
		kinds = append(kinds, loaded...)
	}
	kinds, collisions := refuseCollisions(kinds)
	all = append(all, collisions...)
	set, missing := kind.Together(kinds, background)
	all = append(all, missing...)
	if len(all) > 0 {
		return set, all.Sorted()
	}
	return set, nil
}

func loadSource(parser *Parser, source Source) ([]*kind.Kind, syntax.Faults, error) {
	contents, err := parser.Source(source)
	if err != nil {
		return nil, nil, err
	}
	faults := append(contents.Unreadable, contents.Faults...)
	if len(contents.Documents) == 0 && len(faults) == 0 {
		faults = append(faults, syntax.Fault{File: source.label("."),
			Message: "no kind-spec here, expected folders with a " + folder.SpecFile + ", or *.yaml files", Rule: syntax.RuleFile})
	}
	var kinds []*kind.Kind
	for _, doc := range contents.Documents {
		faults = append(faults, doc.Faults...)
		if doc.Kind != nil {
			kinds = append(kinds, doc.Kind)
		}
	}
	return kinds, faults, nil
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
func specFiles(source Source) (files []string, faults, unreadable syntax.Faults) {
	if source.File != "" {
		return []string{source.File}, nil, nil
	}
	entries, err := folder.ReadDir(source.FS, ".")
	if err != nil {
		return nil, nil, syntax.Faults{{File: source.label("."), Message: "cannot be read: " + reason(err), Rule: syntax.RuleFile}}
	}
	oneKind := slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == folder.SpecFile && !isFolder(source.FS, e) })
	for _, entry := range entries {
		name := entry.Name()
		switch {
		case strings.HasPrefix(name, "."), oneKind && (name == folder.PinFile || name == folder.CasesFile || name == folder.SourcesFile):
		case isFolder(source.FS, entry):
			file := path.Join(name, folder.SpecFile)
			switch _, err := fs.Lstat(source.FS, file); {
			case !errors.Is(err, fs.ErrNotExist):
				files = append(files, file)
			case !oneKind:
				faults = append(faults, syntax.Fault{File: source.label(name), Message: "the folder has no " + folder.SpecFile, Rule: syntax.RuleFile})
			}
		case path.Ext(name) == ".yaml" || path.Ext(name) == ".yml":
			files = append(files, name)
		case entry.Type()&fs.ModeSymlink != 0:
			if _, err := fs.Stat(source.FS, name); err != nil {
				faults = append(faults, syntax.Fault{File: source.label(name), Message: "the link cannot be followed: " + reason(err), Rule: syntax.RuleFile})
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
func refuseCollisions(kinds []*kind.Kind) ([]*kind.Kind, syntax.Faults) {
	claims := map[string][]*kind.Kind{}
	for _, k := range kinds {
		for name := range k.Claims() {
			claims[name] = append(claims[name], k)
		}
	}
	var faults syntax.Faults
	refused := map[*kind.Kind]bool{}
	for name, claimants := range claims {
		for _, k := range claimants {
			for _, other := range claimants {
				if k == other {
					continue
				}
				refused[k] = true
				fault := k.Claims()[name]
				fault.Rule = syntax.RuleNames
				fault.Message = fmt.Sprintf("%q is claimed by %s as well, both are refused: rename one", name, other.File())
				faults = append(faults, fault)
			}
		}
	}
	return slices.DeleteFunc(kinds, func(k *kind.Kind) bool { return refused[k] }), faults
}
