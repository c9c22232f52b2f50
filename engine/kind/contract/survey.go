package contract

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/maas-kinds/maas/engine/kind/folder"
)

// Survey is everything that is found below some paths.
type Survey struct {
	// Contracts are those of all CRDs, also of a type that several files have, in
	// the order in which they were found. Each has its Path.
	Contracts []Contract
	// Without are the YAML files of folders that hold no CRD.
	Without []string
	// Faults say what cannot be read, each with its path.
	Faults []error
}

// Look reads the CRDs of the paths: files, or folders with YAML files at any
// depth. Project and version of the sources are empty.
func Look(paths ...string) Survey {
	var s Survey
	for _, path := range paths {
		s.look(path)
	}
	return s
}

// Files is Look where one fault is too many. Of a type that several files have,
// the first counts.
func Files(paths ...string) ([]Contract, error) {
	s := Look(paths...)
	if len(s.Faults) > 0 {
		return nil, errors.Join(s.Faults...)
	}
	var all []Contract
	seen := map[schema.GroupKind]bool{}
	for _, c := range s.Contracts {
		if !seen[c.GroupKind()] {
			all = append(all, c)
		}
		seen[c.GroupKind()] = true
	}
	return all, nil
}

func (s *Survey) look(path string) {
	source, faults := open(path)
	defer source.release()
	found := len(s.Contracts)
	for _, file := range source.files {
		contracts, err := source.read(file)
		if err != nil {
			faults = append(faults, err)
		} else if len(contracts) == 0 {
			s.Without = append(s.Without, filepath.Join(source.dir, file))
		}
		s.Contracts = append(s.Contracts, contracts...)
	}
	if len(faults) == 0 && len(s.Contracts) == found {
		faults = append(faults, fmt.Errorf("%s holds no CustomResourceDefinition of apiextensions.k8s.io/v1", path))
	}
	s.Faults = append(s.Faults, faults...)
}

// source is where files of CRDs are.
type source struct {
	dir string
	// tree is dir; links in it lead out of it only where the user has named one.
	tree    fs.FS
	release func()
	// files of the tree that may hold CRDs.
	files []string
}

// open finds the files of a path, as far as they can be listed.
func open(path string) (source, []error) {
	s := source{dir: path, release: func() {}}
	info, err := os.Stat(path)
	if of := (*fs.PathError)(nil); errors.As(err, &of) {
		of.Op = "reading"
	}
	if err != nil {
		return s, []error{err}
	}
	if !info.IsDir() {
		s.dir = filepath.Dir(path)
		s.tree, s.files = os.DirFS(s.dir), []string{filepath.Base(path)}
		return s, nil
	}
	s.tree, s.release = folder.Tree(path)
	var faults []error
	seen := 0
	err = fs.WalkDir(s.tree, ".", func(file string, entry fs.DirEntry, err error) error {
		if seen++; seen > maxWalked {
			return fmt.Errorf("%s holds more than %d files and folders: name the folder with the CRDs in it", path, maxWalked)
		}
		switch {
		case err != nil:
			faults = append(faults, fmt.Errorf("%s: %w", filepath.Join(path, file), err))
			if entry != nil && entry.IsDir() {
				return fs.SkipDir
			}
		case !entry.IsDir() && MayHold(file):
			s.files = append(s.files, file)
		}
		return nil
	})
	if err != nil {
		faults = append(faults, err)
	}
	return s, faults
}

// read gives what can be read of a file beside an error.
func (s source) read(name string) ([]Contract, error) {
	file := filepath.Join(s.dir, name)
	content, err := readAs(file, s.tree, name)
	if err != nil {
		return nil, err
	}
	contracts, err := Read(filepath.Base(file), content)
	for i := range contracts {
		contracts[i].Path = file
	}
	if err != nil {
		return contracts, fmt.Errorf("%s: %w", file, err)
	}
	return contracts, nil
}
