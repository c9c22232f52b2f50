// Package command is what the commands have in common that measure and play on one
// machine: everything is said with flags.
package command

import (
	"errors"
	"flag"
	"fmt"
	"io"
)

// Parse reads the arguments of a command. Where help is wanted, an introduction and the
// flags go to out, and the error is flag.ErrHelp.
func Parse(flags *flag.FlagSet, args []string, intro string, out io.Writer) error {
	flags.SetOutput(io.Discard)
	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		flags.SetOutput(out)
		_, _ = io.WriteString(out, intro) // nobody is left to tell when the terminal is gone
		flags.PrintDefaults()
		return err
	case err != nil:
		return err
	case flags.NArg() > 0:
		return fmt.Errorf("unexpected argument %q: everything is said with flags", flags.Arg(0))
	}
	return nil
}
