// Command soak plays the controller and the API on a real control plane for as long as
// is wanted, and writes a table in Markdown to its output. What it does meanwhile goes
// to the error output.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/go-logr/logr"
	ctrllog "sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/maas-kinds/maas/conformance/assets"
	"github.com/maas-kinds/maas/conformance/command"
	"github.com/maas-kinds/maas/conformance/soak"
)

const intro = `soak plays maas-controller and maas-api for a long time, on this machine alone.

It starts a control plane, backends, and both programs as processes; changes models,
backends, CRDs and kind-specs at random; kills and freezes processes; and holds every
status and every list against what they must be. The same seed has the same things
happen. Exit code 0 where nothing was wrong, 1 where something was or it could not be
played, 2 on wrong usage.

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
		fmt.Fprintf(stderr, "soak: %v\n\nRun it with --help to see all flags.\n", err)
		return 2
	}
	o.Progress = stderr
	if o.Dir, err = os.MkdirTemp("", "maas-soak-"); err != nil {
		fmt.Fprintln(stderr, "soak:", err)
		return 1
	}
	result, err := soak.Run(ctx, o)
	if result.Looks > 0 {
		err = errors.Join(err, result.Write(stdout))
	}
	if err != nil {
		fmt.Fprintln(stderr, "soak:", err)
	}
	if err != nil || !result.Sound() {
		fmt.Fprintln(stderr, "soak: the logs of all processes are in", o.Dir)
		return 1
	}
	if err := os.RemoveAll(o.Dir); err != nil {
		fmt.Fprintln(stderr, "soak:", err)
		return 1
	}
	return 0
}

func parse(args []string, stdout io.Writer) (soak.Options, error) {
	o := soak.Options{}
	flags := flag.NewFlagSet("soak", flag.ContinueOnError)
	flags.DurationVar(&o.Lasts, "time", time.Hour, "how long it is played, about")
	flags.Uint64Var(&o.Seed, "seed", uint64(time.Now().UnixNano())%1_000_000, "what happens; another one each time unless it is given")
	flags.IntVar(&o.Models, "models", 30, "how many models there are, about")
	flags.StringVar(&o.Programs, "programs", "", "`folder` with the maas-controller and the maas-api to play; default those of this checkout, built first")
	if err := command.Parse(flags, args, intro, stdout); err != nil {
		return o, err
	}
	root, err := assets.FindRoot(".")
	o.Root = root
	return o, errors.Join(err, o.Check())
}
