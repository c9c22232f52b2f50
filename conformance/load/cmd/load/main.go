// Command load measures the listing API under load and writes a table in Markdown
// to its output. What it does meanwhile goes to the error output.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/go-logr/logr"
	ctrllog "sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/maas-kinds/maas/conformance/assets"
	"github.com/maas-kinds/maas/conformance/command"
	"github.com/maas-kinds/maas/conformance/load"
)

// backends is the argument with which this command starts itself to serve backends.
const backends = "backends"

const intro = `load measures GET /v1/models under load, on this machine alone.

It starts a control plane, backends in a process of their own, and maas-api for
each row, and writes a table in Markdown. Exit code 0, 1 where a row could not be
measured, 2 on wrong usage.

Flags:
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctrllog.SetLogger(logr.Discard()) // unset, controller-runtime complains with a stack trace
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	if len(args) == 1 && args[0] == backends {
		if err := load.ServeBackends(ctx, stdin, stdout); err != nil {
			fmt.Fprintln(stderr, "load: backends:", err)
			return 1
		}
		return 0
	}
	o, err := parse(args, stdout)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintf(stderr, "load: %v\n\nRun it with --help to see all flags.\n", err)
		return 2
	}
	o.Progress = stderr
	results, err := load.Run(ctx, o)
	if len(results) > 0 {
		err = errors.Join(err, load.WriteTable(stdout, time.Now(), results))
	}
	if err != nil {
		fmt.Fprintln(stderr, "load:", err)
		return 1
	}
	return 0
}

func parse(args []string, stdout io.Writer) (load.Options, error) {
	o := load.Options{}
	var rows string
	flags := flag.NewFlagSet("load", flag.ContinueOnError)
	flags.StringVar(&rows, "rows", "", "measure these `rows` only, of "+strings.Join(load.Names(), ","))
	flags.DurationVar(&o.Lasts, "lasts", load.DefaultLasts, "how long a row is measured that is measured for a time")
	flags.IntVar(&o.Divide, "divide", 1, "divide every number of models, callers and lists by this, for a quick look")
	flags.StringVar(&o.API, "api", "", "the maas-api to measure, a `file`; default the one of this checkout, built first")
	flags.Func("api-flags", "`flags` for maas-api, for example --api-flags='--verdict-ttl=1h --budget=3s'", func(value string) error {
		o.APIFlags = append(o.APIFlags, strings.Fields(value)...)
		return nil
	})
	if err := command.Parse(flags, args, intro, stdout); err != nil {
		return o, err
	}
	for row := range strings.SplitSeq(rows, ",") {
		if row = strings.TrimSpace(row); row != "" {
			o.Rows = append(o.Rows, row)
		}
	}
	program, programErr := os.Executable()
	o.Backends = []string{program, backends}
	root, rootErr := assets.FindRoot(".")
	o.Root = root
	return o, errors.Join(programErr, rootErr, o.Check())
}
