package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

const planHelp = `Show what would change in a live cluster if kind-specs were applied as ModelKinds, or
ModelKinds deleted: which models would change their phase, their endpoint or their entry in
the list, from what to what and by which rule; which kinds would come into force or
leave it; which types would be watched, and what the controller would have to be
allowed to read. Nothing is written: the cluster is asked with get and list alone.

Usage:
  maasctl plan -f PATH [--delete NAME] [FLAGS]
  maasctl plan --delete NAME [FLAGS]

A PATH is a kind-spec file, the folder of one kind, or a folder of kinds, as for
maasctl lint. A kind-spec takes the place of the ModelKind of the same name; where one
is deleted, a built-in kind of its name comes into force again. The
kinds before are the built-in ones, those of --kinds-dir, and the ModelKinds of the
cluster as they are in force; say the same flags as maas-controller is told, and
models decide as they do there. Every type that the kinds of some model read is
listed once, with your permissions: list on it, on maasmodels and on modelkinds,
and get on the controllerrevisions that keep last good revisions.

The effects on a model, the worst first:
  NotReady   it is Ready, and would not be                          harm
  Unlisted   it is in lists, and would be in none                   harm
  Moved      its endpoint would be at another host, port or scheme  harm
  Failed     it is on its way, and would be Failed                  harm
  Undecided  it cannot be said, since something may not be read
  Changed    something else would change, such as its entry
  Better     it would come to be Ready, or to be listed

Examples:
  maasctl plan -f kinds/MyKind/kind.yaml
  maasctl plan -f kinds --parameters parameters.yaml -o wide   (every model)
  maasctl plan --delete widget
  maasctl plan -f kind.yaml --fail-on change -o json   (in CI)

To have the controller itself plan a change, and hold it back until you say so,
annotate the ModelKind with maas.opendatahub.io/hold: "true".

Exit codes: 0 nothing changes for the worse (with --fail-on change: nothing changes
at all); 1 something does; 2 the command line is wrong, or there is no whole plan: a
kind-spec has faults, the cluster does not answer, something may not be read.
`

// maxShown is how many models of an effect are shown without -o wide.
const maxShown = 10

// planOptions are the flags of plan.
type planOptions struct {
	path, kubeconfig string
	deleted          []string
	kindsDirs        []string
	parameters       string
	rules            endpoint.Rules
	inside           cli.Inside
	trusting         cli.Trust
	trust            endpoint.Trust
	crossNamespace   kind.CrossNamespacePolicy
	timeout          time.Duration
	failOn, output   string
	badValues        error
}

func (o *planOptions) register(flags *flag.FlagSet) {
	flags.StringVar(&o.path, "f", "", "`PATH` of the kind-specs: a file or a folder")
	flags.Func("delete", "`NAME` of a ModelKind that would be deleted; may be repeated", cli.Each(&o.deleted))
	cli.Kubeconfig(flags, &o.kubeconfig)
	cli.KindsDir(flags, &o.kindsDirs, ", as maas-controller is told")
	cli.Parameters(flags, &o.parameters, ", as maas-controller is told")
	cli.AllowCIDR(flags, &o.rules.AllowCIDRs, &o.badValues)
	o.inside.Flags(flags, &o.badValues)
	o.trusting.Flags(flags)
	cli.CrossNamespace(flags, &o.crossNamespace, &o.badValues)
	flags.DurationVar(&o.timeout, "timeout", 30*time.Second, "`DURATION` that the cluster may take for an answer")
	flags.StringVar(&o.failOn, "fail-on", "harm", "`WHAT` ends with exit code 1: harm, or change for whatever would change (default harm)")
	flags.StringVar(&o.output, "o", "text", fmt.Sprintf("`FORMAT` of the output: text, with the first %d models of each effect, or wide, json or yaml, which have all (default text)", maxShown))
}

func (o *planOptions) fault() error {
	faults := []error{o.badValues}
	say := func(is bool, format string, args ...any) {
		if is {
			faults = append(faults, fmt.Errorf(format, args...))
		}
	}
	say(o.path == "" && len(o.deleted) == 0, "-f is missing: write the file of a kind-spec, or a folder, or --delete with the name of a ModelKind")
	say(o.timeout <= 0, "--timeout is how long to wait: write for example 30s")
	say(o.failOn != "harm" && o.failOn != "change", "--fail-on %q: write harm or change", o.failOn)
	unknown := formatFault(o.output, reportFormats())
	say(unknown != "", "%s", unknown)
	var untrusted []error
	o.trust, untrusted = endpoint.NewTrust(o.trusting.Hosts, o.inside.Domain)
	o.trust.AllowHTTP, o.trust.HTTPSOnly = o.trusting.AllowHTTP, o.trusting.HTTPSOnly
	for _, one := range untrusted {
		faults = append(faults, fmt.Errorf("--trusted-hosts: %w", one))
	}
	return errors.Join(faults...)
}

func planCommand() command {
	var o planOptions
	return command{
		use: "plan", summary: "show what kind-specs would change in a cluster", help: planHelp,
		flags: o.register, run: o.run, arguments: cobra.NoFileCompletions,
		values: map[string]cobra.CompletionFunc{
			"output": oneOf(reportFormats()...), "delete": inCluster{kubeconfig: &o.kubeconfig}.modelKinds(), "fail-on": oneOf("harm", "change"), "kinds-dir": onlyFolders,
		},
	}
}

func (o *planOptions) run(ctx context.Context, rest []string, std ioStreams) error {
	fault := o.fault()
	if len(rest) > 0 {
		fault = errors.Join(fmt.Errorf("unexpected argument %q: the kind-specs are named by -f", rest[0]), fault)
	}
	if fault != nil {
		return usageError{fault.Error()}
	}
	report, err := o.plan(ctx)
	var faults syntax.Faults
	switch {
	case errors.As(err, &faults):
		// Every fault, and nothing else: what has faults is never in force.
		if reported := reportFaults(faults, std); !errors.Is(reported, errReported) {
			return reported
		}
		return errUnreadable
	case err != nil:
		fmt.Fprintf(std.err, "maasctl plan: %v\nnothing was planned\n", err)
		return errUnreadable
	case forPeople(o.output):
		err = report.writeText(std.laidOut(o.output), o.output == "wide")
	default:
		err = writeAs(std.out, o.output, report)
	}
	return errors.Join(err, report.outcome(o.failOn))
}
