package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/maas-kinds/maas/cmd/internal/cli"
)

// usageError is a fault of the command line.
type usageError struct{ command, message string }

func (e usageError) Error() string { return e.command + ": " + e.message }

// errReported ends a command whose output already says what is wrong.
var errReported = errors.New("faults were reported")

// errUnreadable ends a command whose output already says what it could not read, and
// for which that is another thing than a fault.
var errUnreadable = errors.New("something could not be read")

// parse reads the command line. Where that asks for help, it prints the help
// and says so.
func parse(flags *flag.FlagSet, help string, args []string, out io.Writer) (helped bool, err error) {
	err = flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		if described := cli.Describe(flags); described != "" {
			help += "\nFlags:\n" + described
		}
		_, err = io.WriteString(out, help)
		return true, err
	case err != nil:
		return false, usageError{flags.Name(), err.Error()}
	}
	return false, nil
}

// parseMixed is parse for commands whose flags may also follow the arguments,
// which it returns.
func parseMixed(flags *flag.FlagSet, help string, args []string, out io.Writer) (arguments []string, helped bool, err error) {
	for {
		if helped, err = parse(flags, help, args, out); helped || err != nil || flags.NArg() == 0 {
			return arguments, helped, err
		}
		arguments, args = append(arguments, flags.Arg(0)), flags.Args()[1:]
	}
}

// either lists words as a sentence does.
func either(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return fmt.Sprintf("%s or %s", strings.Join(words[:len(words)-1], ", "), words[len(words)-1])
}
