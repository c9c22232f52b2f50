package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/engine/kind"
)

const lintHelp = `Report every fault of kind-specs, each as one line "file:line: field: message".

Usage:
  maasctl lint PATH...

A PATH is a kind-spec file, the folder of one kind (with its kind.yaml), or a
folder of kinds: folders with a kind.yaml, or YAML files side by side. A name
or alias that two kind-specs claim is a fault of both, whatever PATH they are
under. The built-in kinds play no part.

Examples:
  maasctl lint kinds
  maasctl lint kinds/llmisvc my-kind.yaml

Exit codes: 0 no faults; 1 faults, or a PATH that cannot be read; 2 no PATH.
`

func lint(_ context.Context, args []string, std streams) error {
	flags := cli.NewFlags("maasctl lint")
	if helped, err := parse(flags, lintHelp, args, std.out); helped || err != nil {
		return err
	}
	if flags.NArg() == 0 {
		return usageError{flags.Name(), "write at least one PATH: a kind-spec file or a folder"}
	}
	var sources []kind.Source
	for _, path := range flags.Args() {
		sources = append(sources, source(path))
	}
	set, err := kind.LoadTogether(sources...)
	var faults kind.Faults
	switch {
	case errors.As(err, &faults):
		if _, err := fmt.Fprintln(std.out, faults); err != nil {
			return err
		}
		fmt.Fprintln(std.err, count(len(faults), "fault"))
		return errReported
	case err != nil:
		return err
	}
	_, err = fmt.Fprintf(std.out, "%s, no faults\n", count(len(set.Kinds()), "kind"))
	return err
}

// source reads a path as a file when it is one, and else as a folder; the
// names it gives to files begin with the path, so that they can be opened.
func source(path string) kind.Source {
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		dir, file := filepath.Split(path)
		if dir == "" {
			dir = "."
		}
		return kind.Source{Name: filepath.ToSlash(dir), FS: os.DirFS(dir), File: file}
	}
	return kind.Source{Name: filepath.ToSlash(path), FS: os.DirFS(path)}
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
