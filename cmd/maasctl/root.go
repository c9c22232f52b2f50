package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

func commands() []command {
	return []command{
		lintCommand(),
		testCommand(),
		newCommand(),
		pinCommand(),
		checkCommand(),
		planCommand(),
		rbacCommand(),
		graphCommand(),
		migrateCommand(),
		whyCommand(),
		explainCommand(),
		lspCommand(),
		devCommand(),
	}
}

const rootHelp = `maasctl checks kind-specs, and explains what they decide about a backend object.
A cluster is asked only by what has a flag --kubeconfig or --cluster, and only if
that is given.

Usage:
  maasctl COMMAND [FLAGS] [ARGUMENTS]

Commands:
%s
maasctl COMMAND --help says more about one of them, with examples.

Exit codes: 0 it went well; 1 faults were found, or something failed;
2 the command line is wrong.
`

// newRoot makes maasctl itself, of which all commands are part.
//
// Name is how people write it.
func newRoot(name string, std ioStreams) *cobra.Command {
	version := false
	root := &cobra.Command{
		Use: "maasctl", Short: "check kind-specs, and explain what they decide", DisableFlagsInUseLine: true,
		SilenceErrors: true, SilenceUsage: true, // report tells them
		Annotations: map[string]string{cobra.CommandDisplayNameAnnotation: name},
		Args:        cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error {
			switch {
			case version:
				_, err := io.WriteString(std.out, cli.ReadBuild().Line(name))
				return err
			case len(args) == 0:
				return usageError{"write a command: " + either(commandNames())}
			}
			return noCommand(args[0])
		},
	}
	listing := ""
	for _, c := range commands() {
		root.AddCommand(c.cobra(std))
		listing += fmt.Sprintf("  %-12s%s\n", c.name(), c.summary)
	}
	listing += fmt.Sprintf("  %-12s%s\n", completionCommand().Name(), completionCommand().Short)
	root.AddCommand(completionCommand(), manCommand())
	root.Long = fmt.Sprintf(rootHelp, listing)
	root.Flags().BoolVar(&version, "version", false, "print version, commit and date")
	root.Flags().BoolP("help", "h", false, "print this")
	root.SetIn(std.in)
	root.SetOut(std.out)
	root.SetErr(std.err)
	root.SetFlagErrorFunc(flagFault)
	root.SetHelpFunc(writeHelp)
	root.SetHelpCommand(helpCommand())
	root.CompletionOptions.DisableDefaultCmd = true
	return root
}

func commandNames() []string {
	var names []string
	for _, c := range commands() {
		names = append(names, c.name())
	}
	return append(names, completionCommand().Name())
}

// noCommand says what may have been meant by a word.
func noCommand(word string) error {
	names := commandNames()
	if near := syntax.Nearest(word, names); near != "" {
		return usageError{fmt.Sprintf("%q is no command, did you mean %s?", word, near)}
	}
	return usageError{fmt.Sprintf("%q is no command, write %s", word, either(names))}
}
