// Command playground builds the workbench as a folder of static files.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"

	"github.com/maas-kinds/maas/conformance/command"
	"github.com/maas-kinds/maas/conformance/workbench/playground"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "playground:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("playground", flag.ContinueOnError)
	out := flags.String("out", "bin/playground", "the `FOLDER` to write; what is there is replaced")
	if err := command.Parse(flags, args, "playground builds the workbench of kind authors as static files, for any web server.\n", os.Stdout); err != nil {
		return err
	}
	size, err := playground.Build(ctx, *out)
	if err != nil {
		return err
	}
	fmt.Printf("%s: the engine has %.1f MiB, %.1f MiB compressed\n", *out, float64(size.Plain)/(1<<20), float64(size.Compressed)/(1<<20))
	return nil
}
