package main

import (
	"context"
	"flag"

	"github.com/spf13/cobra"

	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/cmd/internal/editor"
	"github.com/maas-kinds/maas/cmd/internal/lsp"
)

const lspHelp = `Serve an editor that edits kind-specs, by the Language Server Protocol over
standard input and output. Editors start it by themselves.

Usage:
  maasctl lsp

While you type it shows the faults and warnings of maasctl lint, those against the
pinned referent.yaml too, with quick fixes for most of them; completes fields, words,
names and paths; leads from a name to where it is declared; and says of a line
what it means and, where a cases.yaml lies beside it, what it decides for each case.

It looks at files called kind.yaml and at those with kind: ModelKind in them, and
writes nothing. A kind may hand objects on to the built-in ones and to those in the
folders beside its own, as they were saved last. A text of more than 1 MiB is
refused, as everywhere.

How to set up VS Code, Neovim and Helix: kinds/EDITOR.md

Examples:
  maasctl lsp            (as the command of a language server)

Exit codes: 0 the editor said exit, or a signal came; 1 it left without, or wrote
what is no message; 2 the command line is wrong.
`

func lspCommand() command {
	return command{
		use: "lsp", summary: "serve an editor that edits kind-specs, over standard input and output", help: lspHelp,
		flags: func(flags *flag.FlagSet) {
			flags.Bool("stdio", false, "taken from editors that add it, and the only way there is")
		},
		arguments: cobra.NoFileCompletions, run: serveEditor,
	}
}

func serveEditor(ctx context.Context, arguments []string, std ioStreams) error {
	if len(arguments) > 0 {
		return usageError{"it takes no arguments: the editor says which files there are"}
	}
	e, err := editor.New()
	if err != nil {
		return err
	}
	w, err := newWorkspace()
	if err != nil {
		return err
	}
	out := std.out
	if terminal, ok := out.(*cli.Terminal); ok {
		out = terminal.Raw()
	}
	return lsp.Serve(ctx, lsp.Options{In: std.in, Out: out, Editor: e, Version: suiteVersion(), Look: w.look, Saved: w.forget})
}
