// Command maasctl checks kind-specs and explains what they decide. Most of it
// needs no cluster and no network.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/go-logr/logr"
	"github.com/spf13/cobra"
	ctrllog "sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/cmd/internal/screen"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The first signal lets a command clean up. The second ends the process,
	// whatever it is busy with.
	context.AfterFunc(ctx, stop)
	cli.KlogTo(os.Stderr)
	ctrllog.SetLogger(logr.Discard()) // unset, it complains with a stack trace when half a minute has passed
	name, args := calledAs(os.Args)
	code := run(ctx, name, args, ioStreams{in: os.Stdin, out: os.Stdout, err: os.Stderr,
		screen: screen.Of(os.Stdout, os.Getenv), errScreen: screen.Of(os.Stderr, os.Getenv)})
	stop()
	os.Exit(code)
}

// ioStreams are a process's standard streams.
type ioStreams struct {
	in       io.Reader
	out, err io.Writer
	// screen is where out goes, and errScreen where err goes.
	screen, errScreen screen.Screen
	// progress is a line on errScreen.
	progress *screen.Progress
}

// calledAs is how people write the name of this program, and what they wrote behind it:
// as a plugin of kubectl it has the plugin's name, and that of its completion.
func calledAs(argv []string) (name string, args []string) {
	switch strings.TrimSuffix(filepath.Base(argv[0]), ".exe") {
	case "kubectl-maas":
		return "kubectl maas", argv[1:]
	case "kubectl_complete-maas":
		return "kubectl maas", append([]string{cobra.ShellCompRequestCmd}, argv[1:]...)
	}
	return "maasctl", argv[1:]
}

// run is main without the process: it returns the exit code. What strangers
// write reaches a terminal by std alone.
func run(ctx context.Context, name string, args []string, std ioStreams) int {
	std.progress = std.errScreen.Progress(std.err)
	outPaint, errPaint := std.screen.Paint(std.out), std.errScreen.Paint(std.err)
	out, errOut := cli.NewTerminal(outPaint), cli.NewTerminal(errPaint)
	std.out, std.err = out, errOut
	root := newRoot(name, std)                //nolint:contextcheck // what completes words has the context that cobra is executed with
	root.SetArgs(append([]string{}, args...)) // nil would be those of the process
	cmd, err := root.ExecuteContextC(ctx)
	code := report(cmd, err, std)
	if err := errors.Join(out.Flush(), errOut.Flush(), outPaint.Flush(), errPaint.Flush()); err != nil {
		return cli.Failure
	}
	return code
}

// report says what went wrong in a command, and gives the exit code.
func report(cmd *cobra.Command, err error, std ioStreams) int {
	var usage usageError
	switch {
	case err == nil:
		return cli.OK
	case errors.Is(err, errReported):
		return cli.Failure
	case errors.Is(err, errUnreadable):
		return cli.Usage
	case errors.As(err, &usage):
		fmt.Fprintf(std.err, "%s: %s\nRun '%s --help' for usage.\n", cmd.CommandPath(), usage.message, cmd.CommandPath())
		return cli.Usage
	}
	fmt.Fprintf(std.err, "%s: %v\n", cmd.Root().CommandPath(), err)
	return cli.Failure
}
