package folder

import (
	"errors"
	"io"
	"io/fs"
	"os"
)

// Tree is a directory from which nothing leads out: links are followed inside
// it alone, as a mounted volume has them. Who fills it could else have files
// read, and quoted in faults, that only this process may read. A directory that
// cannot be opened says so when it is read.
func Tree(dir string) (tree fs.FS, release func()) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return unreadable{err}, func() {}
	}
	return root.FS(), func() { _ = root.Close() }
}

// unreadable is a tree of which nothing can be read.
type unreadable struct{ err error }

// Open is part of fs.FS.
func (u unreadable) Open(string) (fs.File, error) { return nil, u.err }

// IsReadable says why a directory cannot be read.
func IsReadable(dir string) error {
	folder, err := os.Open(dir) //nolint:gosec // the operator names it
	if err != nil {
		return err
	}
	defer func() { _ = folder.Close() }()
	if _, err := folder.ReadDir(1); err != nil && !errors.Is(err, io.EOF) { // EOF says that it is empty.
		return err
	}
	return nil
}
