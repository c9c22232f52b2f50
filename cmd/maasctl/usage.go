package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
)

// usageError is a fault of the command line.
type usageError struct{ command, message string }

func (e usageError) Error() string { return e.command + ": " + e.message }

// errReported ends a command whose output already says what is wrong.
var errReported = errors.New("faults were reported")

// newFlags makes the flag set of a command; it prints nothing by itself.
func newFlags(name string) *flag.FlagSet {
	flags := flag.NewFlagSet("maasctl "+name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	return flags
}

// parse reads the command line. Where that asks for help, it prints the help
// and says so.
func parse(flags *flag.FlagSet, help string, args []string, out io.Writer) (helped bool, err error) {
	err = flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		_, err = io.WriteString(out, help+describe(flags))
		return true, err
	case err != nil:
		return false, usageError{flags.Name(), err.Error()}
	}
	return false, nil
}

// describe lists flags as they are written here: words with two dashes.
func describe(flags *flag.FlagSet) string {
	var b strings.Builder
	flags.VisitAll(func(f *flag.Flag) {
		if b.Len() == 0 {
			b.WriteString("\nFlags:\n")
		}
		dashes := "--"
		if len(f.Name) == 1 {
			dashes = "-"
		}
		value, usage := flag.UnquoteUsage(f)
		fmt.Fprintf(&b, "  %s%s %s\n        %s\n", dashes, f.Name, value, strings.ReplaceAll(usage, "\n", "\n        "))
	})
	return b.String()
}

// either lists words as a sentence does.
func either(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return fmt.Sprintf("%s or %s", strings.Join(words[:len(words)-1], ", "), words[len(words)-1])
}
