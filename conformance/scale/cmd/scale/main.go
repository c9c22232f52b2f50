// Command scale measures the controller with many models and writes a table in
// Markdown to its output. What it does meanwhile goes to the error output.
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
	"github.com/maas-kinds/maas/conformance/scale"
)

const intro = `scale measures maas-controller with many models, on this machine alone.

For each row it starts a control plane with the install of config/default, makes
the backends, starts maas-controller as its Deployment does, makes the models, has
backends flip, and starts the controller again. It writes a table in Markdown, with
what the API server does by itself beside. Exit code 0, 1 where a row could not be
measured, 2 on wrong usage. Ctrl-C ends everything that it has started.

Flags:
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctrllog.SetLogger(logr.Discard()) // unset, controller-runtime complains with a stack trace
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parse(args, stdout)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintf(stderr, "scale: %v\n\nRun it with --help to see all flags.\n", err)
		return 2
	}
	o.Progress = stderr
	results, err := scale.Run(ctx, o)
	if len(results) > 0 {
		err = errors.Join(err, scale.WriteTable(stdout, time.Now(), results))
	}
	if err != nil {
		fmt.Fprintln(stderr, "scale:", err)
		return 1
	}
	return 0
}

func parse(args []string, stdout io.Writer) (scale.Options, error) {
	o := scale.Options{}
	var rows string
	var ballast int
	flags := flag.NewFlagSet("scale", flag.ContinueOnError)
	flags.StringVar(&rows, "rows", scale.DefaultRows, "measure these `rows`: KIND-MODELS, of the kinds llmisvc and service, with at most 50000 models")
	flags.IntVar(&ballast, "ballast", 0, "measure each row also beside so many `objects` of the backend's type of 256 KB each, which no model refers to")
	flags.IntVar(&o.Flips, "flips", scale.DefaultFlips, "how many changes of backends are timed, one after the other")
	flags.DurationVar(&o.Within, "within", scale.DefaultWithin, "how long a row may take")
	flags.StringVar(&o.Controller, "controller", "", "the maas-controller to measure, a `file`; default the one of this checkout, built first")
	flags.Func("controller-flags", "`flags` for maas-controller, after those of its Deployment, for example --controller-flags='--cross-namespace=deny'", func(value string) error {
		o.Flags = append(o.Flags, strings.Fields(value)...)
		return nil
	})
	if err := command.Parse(flags, args, intro, stdout); err != nil {
		return o, err
	}
	parsed, rowsErr := scale.ParseRows(rows, ballast)
	o.Rows = parsed
	root, rootErr := assets.FindRoot(".")
	o.Root = root
	if err := errors.Join(rowsErr, rootErr); err != nil {
		return o, err
	}
	return o, o.Check()
}
