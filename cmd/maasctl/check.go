package main

import (
	"context"
	"flag"
	"time"

	"github.com/spf13/cobra"

	"github.com/maas-kinds/maas/cmd/internal/cli"
)

const checkHelp = `Hold kinds against what their backends declare now: the CRDs of another release,
or a live cluster. What a kind reads of them is in the referent.yaml beside it,
its pin; each type in it gets a verdict:

  same        nothing has changed of what is read
  compatible  something has, and the kind reads it all the same: new or deprecated
              versions, another storage version, words that came, null
  broken      the kind has to change: what it reads is gone, of another type, or
              never what it is compared with. Each line that reads it is named
  gone        there is no such type any more, or it has moved to another group
  absent      it is not there: no verdict, and no failure without --require

Usage:
  maasctl check [KIND-DIR...] --crd-dir DIR [FLAGS]
  maasctl check [KIND-DIR...] --cluster [--kubeconfig FILE] [FLAGS]

A KIND-DIR is the folder of a kind, or a folder of such folders; without one it
is the built-in kinds, and those of --kinds-dir. A DIR has CRDs in YAML or JSON
files at any depth, several in a file, or a dump of kubectl get crds -o yaml. A
type that several files have differently gets a verdict for each. Types that are
built into Kubernetes are held against the cluster, and with --crd-dir against
the Kubernetes release that maasctl is built with. Where the CRDs of a cluster
may not be read, its OpenAPI document says what they have.

Examples:
  maasctl check --crd-dir crds
  maasctl check --crd-dir crds --kind llmisvc --kind RayService --require
  maasctl check kinds/MyKind --crd-dir release-v2/crds -o json
  maasctl check --cluster

conformance/UPSTREAM.md has a nightly job. JSON and YAML output is described by
schemas/check.schema.json.

Exit codes: 0 all is same, compatible or absent; 1 something is broken or gone, or
absent and --require is given; 2 the command line is wrong, or something cannot
be read: a kind, its pin, a file, the cluster. All the rest is checked and
shown then, too.
`

// checkOptions are the flags of check.
type checkOptions struct {
	crds       []string
	cluster    bool
	kubeconfig string
	timeout    time.Duration
	kindsDirs  []string
	kinds      []string
	require    bool
	output     string
}

func (o *checkOptions) register(flags *flag.FlagSet) {
	flags.Func("crd-dir", "`DIR` with CRDs in files at any depth; may be repeated", cli.Each(&o.crds))
	flags.Func("crd", "`PATH` of one file with CRDs, or of a folder like --crd-dir; may be repeated", cli.Each(&o.crds))
	flags.BoolVar(&o.cluster, "cluster", false, "hold the kinds against a live cluster")
	flags.StringVar(&o.kubeconfig, "kubeconfig", "", "kubeconfig `FILE` of the cluster, means --cluster; default $KUBECONFIG, inside a Pod its\nservice account, ~/.kube/config")
	flags.DurationVar(&o.timeout, "timeout", 30*time.Second, "`DURATION` that the cluster may take for an answer")
	cli.KindsDir(flags, &o.kindsDirs, "")
	flags.Func("kind", "`NAME` or alias of the only kind to check; may be repeated", cli.Each(&o.kinds))
	flags.BoolVar(&o.require, "require", false, "fail for types that are absent, too; one of a referent and its alternatives is enough")
	flags.StringVar(&o.output, "o", "text", formatUsage)
}

func (o *checkOptions) fault(paths []string) string {
	switch {
	case len(o.crds) == 0 && !o.cluster:
		return "say what to hold the kinds against: --crd-dir DIR or --cluster"
	case len(o.crds) > 0 && o.cluster:
		return "--crd-dir and --cluster exclude each other: check them one after the other"
	case len(paths) > 0 && len(o.kindsDirs) > 0:
		return "--kinds-dir goes with the built-in kinds: write the folder as a KIND-DIR, or leave the KIND-DIRs out"
	case o.timeout <= 0:
		return "--timeout is how long to wait: write for example 30s"
	}
	return formatFault(o.output, reportFormats())
}

func checkCommand() command {
	var o checkOptions
	return command{
		use: "check [KIND-DIR...]", summary: "hold kinds against the CRDs of another release, or of a cluster", help: checkHelp,
		flags: o.register, run: o.check, arguments: onlyFolders,
		values: map[string]cobra.CompletionFunc{
			"output": oneOf(reportFormats()...), "kind": kindNames(&o.kindsDirs), "kinds-dir": onlyFolders, "crd-dir": onlyFolders,
		},
	}
}

func (o *checkOptions) check(ctx context.Context, paths []string, std ioStreams) error {
	o.cluster = o.cluster || o.kubeconfig != ""
	if fault := o.fault(paths); fault != "" {
		return usageError{fault}
	}
	c := checkRun{options: *o}
	if err := c.load(paths); err != nil {
		return err
	}
	if o.cluster {
		std.progress.Say("reading the CRDs of the cluster")
	}
	err := c.look(ctx)
	std.progress.End()
	if err != nil {
		return err
	}
	if !c.blind {
		c.compare()
	}
	if err := c.show(std); err != nil {
		return err
	}
	return c.outcome().err()
}

// show writes the verdicts in the form that is wanted.
func (c *checkRun) show(std ioStreams) error {
	if forPeople(c.options.output) {
		return c.writeText(std.laidOut(c.options.output))
	}
	return writeAs(std.out, c.options.output, c.report())
}
