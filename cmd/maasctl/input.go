package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"

	"github.com/maas-kinds/maas/engine/kind/folder"
)

// readInput reads a file that the user has named, or standard input where the
// name is "-". It may be a pipe that somebody writes to; one that nobody has
// open is empty, and is not waited for.
func readInput(name string, stdin io.Reader, limit folder.Limit) (_ []byte, err error) {
	from := stdin
	if name == "-" {
		name = "standard input"
	} else {
		file, err := os.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
		if err != nil {
			return nil, err
		}
		defer func() { _ = file.Close() }()
		from = file
	}
	content, err := limit.Read(from)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	return content, nil
}

// treeOf is a folder that a stranger may have filled; see folder.Tree. It is
// open as long as the program runs.
func treeOf(dir string) fs.FS {
	tree, _ := folder.Tree(dir)
	return tree
}
