package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// writeFile puts content in the place of a file, all of it or nothing. A link is
// not followed: a stranger's folder may have one that leads to a file of the
// user's. Mode is for a file that is not there yet; one that is keeps its own.
func writeFile(name string, content []byte, mode fs.FileMode) error {
	folder, err := os.OpenRoot(filepath.Dir(name))
	if err != nil {
		return err
	}
	defer func() { _ = folder.Close() }()
	base := filepath.Base(name)
	there, err := folder.Lstat(base)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		there = nil
	case err != nil:
		return err
	case !there.Mode().IsRegular():
		return fmt.Errorf("%s is there and is a %s: nothing is written through it, remove it or name another file", name, wordFor(there.Mode()))
	}
	partial := "." + base + "." + rand.Text()
	if err = writeNew(folder, partial, content, mode, there); err == nil {
		err = folder.Rename(partial, base)
	}
	if err != nil {
		return errors.Join(err, ignoreAbsence(folder.Remove(partial)))
	}
	return nil
}

// writeNew makes a file, with the mode of the one whose place it will take.
func writeNew(folder *os.Root, name string, content []byte, mode fs.FileMode, replaces fs.FileInfo) error {
	file, err := folder.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if replaces != nil {
		err = errors.Join(err, file.Chmod(replaces.Mode().Perm()))
	}
	return errors.Join(err, file.Close())
}

func ignoreAbsence(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func wordFor(mode fs.FileMode) string {
	switch {
	case mode&fs.ModeSymlink != 0:
		return "link"
	case mode.IsDir():
		return "folder"
	}
	return "device or a pipe"
}
