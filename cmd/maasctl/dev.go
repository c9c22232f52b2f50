package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
	"k8s.io/utils/clock"

	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/conformance/workbench"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/folder"
)

const devHelp = `Serve a page on this machine that decides as you type: the kind-spec at the left,
objects at the right, and below them what follows, with every rule that was tried,
faults and the advice of lint. A press on a rule or a fault leads to its line.

Usage:
  maasctl dev [DIR|KIND.yaml] [FLAGS]

The kind-spec and the cases.yaml beside it are shown, and again whenever your editor
writes them: which cases hold is counted in the list of cases. Where a referent.yaml lies
beside them, paths are held against it, as maasctl lint does. Without an argument it is
the folder you are in, where that has a kind.yaml, and else one of the built-in kinds.

Nothing is written, no cluster is asked, and only this machine can reach the page: its
address has a secret in it, which is another one each time.

Examples:
  maasctl dev kinds/MyKind
  maasctl dev my-kind.yaml --port 8090
  maasctl dev                               (look at the built-in kinds)

Exit codes: 0 it was ended with Ctrl-C; 1 the folder or the kinds cannot be read, or the
port is taken; 2 the command line is wrong.
`

// devOptions are the flags of dev.
type devOptions struct {
	port      int
	kindsDirs []string
}

func (o *devOptions) register(flags *flag.FlagSet) {
	flags.IntVar(&o.port, "port", 0, "`PORT` of the page; a free one when left out")
	cli.KindsDir(flags, &o.kindsDirs, "")
}

func devCommand() command {
	var o devOptions
	return command{
		use: "dev [DIR|KIND.yaml]", summary: "serve a page that decides about a kind and objects as you type", help: devHelp,
		flags: o.register, values: map[string]cobra.CompletionFunc{"kinds-dir": onlyFolders, "port": cobra.NoFileCompletions},
		run: func(ctx context.Context, paths []string, std ioStreams) error { return dev(ctx, paths, o, std) },
	}
}

func dev(ctx context.Context, paths []string, o devOptions, std ioStreams) error {
	switch {
	case len(paths) > 1:
		return usageError{fmt.Sprintf("unexpected argument %q: one kind is looked at at a time", paths[1])}
	case o.port < 0 || o.port > 65535:
		return usageError{fmt.Sprintf("--port %d is no port, write a number up to 65535", o.port)}
	}
	files, err := devFilesOf(paths)
	if err != nil {
		return err
	}
	set, err := loadKinds(explainOptions{kindsDirs: o.kindsDirs}, std.err)
	if err != nil {
		return err
	}
	bench, err := workbench.New(func() (*kind.Set, error) { return set, nil }, files.lint)
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(o.port)))
	if err != nil {
		return fmt.Errorf("serving the page: %w", err)
	}
	server, err := newDevServer(bench, files, listener.Addr().String(), rand.Text())
	if err != nil {
		return err
	}
	group, running := errgroup.WithContext(ctx)
	group.Go(func() error { return files.follow(running, clock.RealClock{}) })
	group.Go(func() error { return server.serve(running, listener) })
	fmt.Fprintf(std.out, "%s\nOpen this address in a browser on this machine. Ctrl-C ends it.\n", server.address())
	return group.Wait()
}

// devFilesOf finds what is followed: the kind-spec that an argument names, or that of
// this folder; nothing where there is neither.
func devFilesOf(paths []string) (*devFiles, error) {
	path := "."
	if len(paths) == 0 {
		if _, err := os.Stat(folder.SpecFile); errors.Is(err, fs.ErrNotExist) {
			return newDevFiles("", ""), nil
		}
	} else {
		path = paths[0]
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return newDevFiles(filepath.Dir(path), filepath.Base(path)), nil
	}
	if _, err := os.Stat(filepath.Join(path, folder.SpecFile)); err != nil {
		return nil, fmt.Errorf("%w: give the folder of a kind, or its kind-spec; maasctl new writes a first one", err)
	}
	return newDevFiles(path, folder.SpecFile), nil
}
