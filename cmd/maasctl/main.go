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
	"syscall"

	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The first signal lets a command clean up. The second ends the process,
	// whatever it is busy with.
	context.AfterFunc(ctx, stop)
	cli.KlogTo(os.Stderr)
	code := run(ctx, os.Args[1:], ioStreams{os.Stdin, os.Stdout, os.Stderr})
	stop()
	os.Exit(code)
}

// ioStreams are a process's standard streams.
type ioStreams struct {
	in       io.Reader
	out, err io.Writer
}

// command is one verb of maasctl.
type command struct {
	name, summary string
	run           func(ctx context.Context, args []string, std ioStreams) error
}

func commands() []command {
	return []command{
		{"lint", "report every fault of kind-specs", lint},
		{"test", "prove kinds by their cases, and hold them against faults and mutants", test},
		{"new", "write a first kind-spec and cases from a CRD or an object", newKind},
		{"pin", "write what kinds read of their backends' CRDs beside them", pin},
		{"check", "hold kinds against the CRDs of another release, or of a cluster", checkPins},
		{"rbac", "print the ClusterRole that a set of kinds needs", rbac},
		{"graph", "draw how kinds read their backends", graph},
		{"migrate", "print the MaaSModels for what Models as a Service lists", migrateModels},
		{"explain", "show what would be decided about a backend object, and why", explain},
	}
}

const help = `maasctl checks kind-specs, and explains what they decide about a backend object.
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

// run is main without the process: it returns the exit code. What strangers
// write reaches a terminal by std alone.
func run(ctx context.Context, args []string, std ioStreams) int {
	out, errOut := cli.NewTerminal(std.out), cli.NewTerminal(std.err)
	std.out, std.err = out, errOut
	code := report(dispatch(ctx, args, std), std)
	if err := errors.Join(out.Flush(), errOut.Flush()); err != nil {
		return cli.Failure
	}
	return code
}

// report says what went wrong, and gives the exit code.
func report(err error, std ioStreams) int {
	var usage usageError
	switch {
	case err == nil:
		return cli.OK
	case errors.Is(err, errReported):
		return cli.Failure
	case errors.Is(err, errUnreadable):
		return cli.Usage
	case errors.As(err, &usage):
		fmt.Fprintf(std.err, "%s: %s\nRun '%s --help' for usage.\n", usage.command, usage.message, usage.command)
		return cli.Usage
	}
	fmt.Fprintf(std.err, "maasctl: %v\n", err)
	return cli.Failure
}

func dispatch(ctx context.Context, args []string, std ioStreams) error {
	names, listing := []string{}, ""
	for _, c := range commands() {
		names = append(names, c.name)
		listing += fmt.Sprintf("  %-10s%s\n", c.name, c.summary)
	}
	if len(args) == 0 {
		return usageError{"maasctl", "write a command: " + either(names)}
	}
	switch args[0] {
	case "-h", "-help", "--help", "help":
		_, err := fmt.Fprintf(std.out, help, listing)
		return err
	}
	for _, c := range commands() {
		if c.name == args[0] {
			return c.run(ctx, args[1:], std)
		}
	}
	message := fmt.Sprintf("%q is no command, write %s", args[0], either(names))
	if near := syntax.Nearest(args[0], names); near != "" {
		message = fmt.Sprintf("%q is no command, did you mean %s?", args[0], near)
	}
	return usageError{"maasctl", message}
}
