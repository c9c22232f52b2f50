package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// command is one verb of maasctl, as data that cobra's command is made of.
type command struct {
	// use is the name, and what may follow it.
	use, summary, help string
	// flags declares them, if there are any.
	flags func(*flag.FlagSet)
	// arguments and values complete arguments, and the values of flags by their names.
	// A flag that has none takes a file, or whatever somebody writes.
	arguments cobra.CompletionFunc
	values    map[string]cobra.CompletionFunc

	run func(ctx context.Context, args []string, std ioStreams) error
}

func (c command) name() string {
	name, _, _ := strings.Cut(c.use, " ")
	return name
}

// cobra makes the command for these streams.
func (c command) cobra(std ioStreams) *cobra.Command {
	made := &cobra.Command{
		Use: c.use, Short: c.summary, Long: c.help, DisableFlagsInUseLine: true,
		Args: cobra.ArbitraryArgs, ValidArgsFunction: c.arguments, // run knows what is wrong with them
		RunE: func(cmd *cobra.Command, args []string) error { return c.run(cmd.Context(), args, std) },
	}
	if c.flags != nil {
		declared := cli.NewFlags(c.name())
		c.flags(declared)
		adopt(made.Flags(), declared)
	}
	for name, complete := range c.values {
		// It fails for a flag that there is not, which a test asks for.
		_ = made.RegisterFlagCompletionFunc(name, complete)
	}
	made.Flags().BoolP("help", "h", false, "print this")
	return made
}

// adopt takes over flags that are declared as those of all commands here are. Those
// of one letter get the word that other tools have for it.
func adopt(flags *pflag.FlagSet, declared *flag.FlagSet) {
	long := map[string]string{"A": "all-namespaces", "f": "filename", "n": "namespace", "o": "output", "v": "verbose"}
	declared.VisitAll(func(f *flag.Flag) {
		adopted := pflag.PFlagFromGoFlag(f)
		if word := long[f.Name]; word != "" {
			adopted.Name, adopted.Shorthand = word, f.Name
		}
		flags.AddFlag(adopted)
	})
}

// flagFault says what is wrong with a flag, and what may have been meant.
func flagFault(cmd *cobra.Command, err error) error {
	if rest := cmd.Flags().Args(); cmd.HasSubCommands() && len(rest) > 0 {
		return noCommand(rest[0])
	}
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return usageError{err.Error()}
	}
	written, word := "--"+unknown.GetSpecifiedName(), unknown.GetSpecifiedName()
	if letters := unknown.GetSpecifiedShortnames(); letters != "" {
		written, word = "-"+letters, letters
	}
	message := fmt.Sprintf("%s is no flag of %s", written, cmd.CommandPath())
	var words []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { words = append(words, f.Name) })
	if near := syntax.Nearest(word, words); near != "" {
		message += fmt.Sprintf(", did you mean --%s?", near)
	}
	return usageError{message}
}
