package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// Run parses a command line, does what it says, and gives the exit code. What
// went wrong is written to stderr; parse has printed the help when it returns
// flag.ErrHelp.
func Run[S any](name string, stderr io.Writer, parse func() (S, error), do func(S) error) int {
	settings, err := parse()
	switch {
	case errors.Is(err, flag.ErrHelp):
		return OK
	case err != nil:
		fmt.Fprintf(stderr, "%s: %s\n\nRun %s --help to see all flags.\n", name, syntax.Visible(err.Error()), name)
		return Usage
	}
	if err := do(settings); err != nil {
		fmt.Fprintf(stderr, "%s: %s\n", name, syntax.Visible(err.Error()))
		return Failure
	}
	return OK
}
