package main

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/cmd/internal/migrate"
)

const migrateHelp = `Print the MaaSModels that list what the MaaSModelRefs of Models as a Service
(opendatahub-io/models-as-a-service) list, ready for kubectl apply. Nothing is
changed, in files or in a cluster.

What has no equal here is told: above the MaaSModel that it is about, at the end
where it is about none, and all of it, each with file and line, on standard error.
Such are auth policies, subscriptions, tenants, tiers, kinds that there are not,
and fields that no MaaSModelRef has. A fault is what cannot be migrated as it is:
that object is left out, and all others are printed.

Usage:
  maasctl migrate -f PATH [-f PATH]... [-n NAMESPACE]
  maasctl migrate --cluster [-n NAMESPACE | -A]

A PATH is a file, a folder, of which all *.yaml, *.yml and *.json are read and
those of its folders, or - for standard input. Give the LLMInferenceServices and
ExternalModels that the models name too, and the MaaSAuthPolicies and
MaaSSubscriptions: they stay as they are, and more can be told of them.

Examples:
  maasctl migrate -f manifests > models.yaml
  kubectl kustomize overlays/prod | maasctl migrate -f - | kubectl apply -f -
  maasctl migrate --cluster -A -o json
  maasctl migrate --cluster -n llm > models.yaml && kubectl diff -f models.yaml

JSON output is a List that kubectl apply takes, with the notes beside its items:
rule, fault, file, line, object, field, message and model.

Exit codes: 0 every MaaSModelRef is printed, with or without notes; 1 there are
faults, or there is no MaaSModelRef; 2 the command line is wrong.
`

// migrateOptions are the flags of migrate.
type migrateOptions struct {
	files      []string
	cluster    bool
	kubeconfig string
	namespace  string
	all        bool
	kindsDirs  []string
	output     string
}

func (o *migrateOptions) register(flags *flag.FlagSet) {
	flags.Func("f", "`PATH` of a file, of a folder, or - for standard input; may be repeated", cli.Each(&o.files))
	flags.BoolVar(&o.cluster, "cluster", false, "read a cluster, and change nothing in it")
	cli.Kubeconfig(flags, &o.kubeconfig)
	flags.StringVar(&o.namespace, "n", "", "`NAMESPACE` of the models (default that of the kubeconfig's context); with -f that of objects which\nname none")
	flags.BoolVar(&o.all, "A", false, "read the models of all namespaces")
	cli.KindsDir(flags, &o.kindsDirs, "")
	flags.StringVar(&o.output, "o", "yaml", "`FORMAT` of the output: yaml or json (default yaml)")
}

func (o *migrateOptions) fault(rest []string) string {
	switch {
	case len(rest) > 0:
		return fmt.Sprintf("unexpected argument %q: write -f before a file or a folder", rest[0])
	case len(o.files) == 0 && !o.cluster:
		return "say what to migrate: -f with a file or a folder, or --cluster"
	case len(o.files) > 0 && o.cluster:
		return "-f and --cluster exclude each other"
	case o.kubeconfig != "" && !o.cluster:
		return "--kubeconfig goes with --cluster: add it, or leave both out"
	case o.all && !o.cluster:
		return "-A goes with --cluster: files are read whole"
	case o.all && o.namespace != "":
		return "-n and -A exclude each other"
	case o.output != "yaml" && o.output != "json":
		return fmt.Sprintf("-o %q is no format, write yaml or json", o.output)
	}
	return ""
}

func migrateCommand() command {
	var o migrateOptions
	cluster := inCluster{kubeconfig: &o.kubeconfig, asked: &o.cluster}
	return command{
		use: "migrate", summary: "print the MaaSModels for what Models as a Service lists", help: migrateHelp,
		flags: o.register, run: o.migrate, arguments: cobra.NoFileCompletions,
		values: map[string]cobra.CompletionFunc{"output": oneOf("yaml", "json"), "namespace": cluster.namespaces(), "kinds-dir": onlyFolders},
	}
}

func (o *migrateOptions) migrate(ctx context.Context, rest []string, std ioStreams) error {
	if fault := o.fault(rest); fault != "" {
		return usageError{fault}
	}
	set, err := loadKinds(explainOptions{kindsDirs: o.kindsDirs}, std.err)
	if err != nil {
		return err
	}
	var input migrate.Input
	if o.cluster {
		input, err = o.readCluster(ctx)
	} else {
		input = o.readFiles(std.in)
	}
	if err != nil {
		return err
	}
	input.Kinds = set
	return writeMigration(migrate.Migrate(input), o.output, std)
}

// errNothing ends a migration that has nothing to say.
var errNothing = errors.New("there is no MaaSModelRef to migrate")
