package main

import (
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// writeHelp prints what a command does, and its flags.
func writeHelp(cmd *cobra.Command, _ []string) {
	text := cmd.Long
	if described := describe(cmd.Flags()); described != "" {
		text += "\nFlags:\n" + described
	}
	if name := cmd.Root().CommandPath(); name != cmd.Root().Name() {
		text = regexp.MustCompile(`\b`+cmd.Root().Name()+`\b`).ReplaceAllLiteralString(text, name)
	}
	// There is nobody left to tell when the terminal is gone.
	_, _ = io.WriteString(cmd.OutOrStdout(), text)
}

// describe lists flags with what they are for. That of the help itself is left out.
func describe(flags *pflag.FlagSet) string {
	var b strings.Builder
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Name == "help" || f.Hidden {
			return
		}
		value, usage := pflag.UnquoteUsage(f)
		fmt.Fprintf(&b, "%s\n        %s\n", strings.TrimRight("  "+flagWords(f)+" "+value, " "), strings.ReplaceAll(usage+ifLeftOut(f), "\n", "\n        "))
	})
	return b.String()
}

// flagWords are the ways to write a flag.
func flagWords(f *pflag.Flag) string {
	switch {
	case len(f.Name) == 1:
		return "-" + f.Name
	case f.Shorthand != "":
		return "-" + f.Shorthand + ", --" + f.Name
	}
	return "--" + f.Name
}

// ifLeftOut says what holds without a flag, where its description does not.
func ifLeftOut(f *pflag.Flag) string {
	if f.DefValue == "" || f.DefValue == "false" || strings.Contains(f.Usage, "default") {
		return ""
	}
	return " (default " + strings.ToLower(f.DefValue) + ")"
}

// helpCommand is help as a word, for whoever writes it so.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use: "help [COMMAND]", Short: "print what a command does, with examples", Hidden: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			about, _, err := cmd.Root().Find(args)
			switch {
			case err != nil:
				return usageError{err.Error()}
			case about == cmd.Root() && len(args) > 0:
				return noCommand(args[0])
			}
			return about.Help()
		},
	}
}
