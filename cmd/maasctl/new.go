package main

import (
	"context"
	"flag"
	"fmt"
	"math"
	"time"

	"github.com/spf13/cobra"

	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/conformance/draft"
	"github.com/maas-kinds/maas/engine/kind/contract"
	"github.com/maas-kinds/maas/engine/kind/folder"
)

const newHelp = `Write a first kind-spec, and cases to prove it by, from objects as they are in a
cluster, from their CRD, or from both. Beside each line stands what it was made of:
the field and what was seen in it, a condition in each of the states that were given,
what the CRD says. What nothing was seen of is commented out. Without an object that
says that it is ready, nothing is ready by the draft.

Usage:
  maasctl new -f OBJECTS.yaml [-f ...] [--crd PATH] [FLAGS]
  maasctl new --crd PATH [FLAGS]
  maasctl new [-n NAMESPACE] KIND NAME... [FLAGS]
  maasctl new [-n NAMESPACE] KIND NAME --record DIR [FLAGS]

The more states the better: give the same object, or several, while they are made, while
they serve, and after they failed. The first object of a file says of which type the kind
is; others of that type are further states, and all others are beside it: the Service, the
Deployment or the route in which it may be reached. KIND NAME are read from a cluster,
with what is beside them, with your permissions and nothing is written there.

It writes NAME/kind.yaml, NAME/cases.yaml and NAME/sources.yaml, and overwrites
nothing. The cases say nothing yet about what is expected, and the sources that
nothing is established. Secrets and personal data are taken out of what is written:
values called as a secret is, credentials, e-mail addresses, users of URLs.

--record follows the object until Ctrl-C, and has each state that it goes through as a
case. After each one the files are complete.

Examples:
  maasctl new -f starting.yaml -f ready.yaml -f failed.yaml --crd widgets.yaml
  kubectl get widget granite -o yaml | maasctl new -f - --name Widget --dir kinds
  maasctl new -n llm Widget granite mistral --dir kinds
  maasctl new -n llm widgets.example.com granite --record kinds

Exit codes: 0 the files are written; 1 something cannot be read, or is there
already; 2 the command line is wrong.
`

// newOptions are the flags of new.
type newOptions struct {
	crd, kind, name, dir  string
	files                 []string
	namespace, kubeconfig string
	// record is the folder for --record; empty without.
	record                    string
	timeout, settle, duration time.Duration
	states                    int
}

func (o *newOptions) register(flags *flag.FlagSet) {
	flags.StringVar(&o.crd, "crd", "", "`PATH` of a file with the CRD, or of a folder with such files")
	flags.Func("f", "`FILE` with objects, YAML or JSON; - reads standard input; may be repeated, for several states", cli.Each(&o.files))
	flags.StringVar(&o.kind, "kind", "", "Kubernetes `KIND` to take where there are several CRDs; with -f it is the first object's when left out")
	flags.StringVar(&o.name, "name", "", "`NAME` of the kind and its folder; the Kubernetes kind when left out")
	flags.StringVar(&o.dir, "dir", ".", "`DIR` in which the folder is made")
	flags.StringVar(&o.namespace, "n", "", "`NAMESPACE` of the object in the cluster (default that of the kubeconfig's context)")
	cli.Kubeconfig(flags, &o.kubeconfig)
	flags.DurationVar(&o.timeout, "timeout", 30*time.Second, "`DURATION` after which a cluster that does not answer is given up")
	flags.StringVar(&o.record, "record", "", "`DIR` in which the folder is made: follow the one object until Ctrl-C, and write each state as a case")
	flags.DurationVar(&o.settle, "settle", time.Second, "with --record, `DURATION` for which a state has to last to count")
	flags.DurationVar(&o.duration, "for", time.Hour, "with --record, `DURATION` after which it ends by itself")
	flags.IntVar(&o.states, "states", 50, "with --record, `NUMBER` of states after which it ends by itself")
}

// fault says what is wrong with the flags and the arguments after them; empty when
// nothing is.
func (o *newOptions) fault(rest []string) string {
	files := len(o.files) > 0 || o.crd != ""
	switch {
	case len(rest) == 0 && !files:
		return "say what to read: --crd PATH, -f OBJECTS.yaml, or KIND NAME of a cluster"
	case len(rest) == 1:
		return fmt.Sprintf("unexpected argument %q: write KIND NAME to read a cluster, or --crd PATH or -f FILE", rest[0])
	case len(rest) > 1 && (len(o.files) > 0 || o.kind != ""):
		return "-f and --kind are for files: KIND NAME are read from a cluster"
	case o.record != "" && len(rest) != 2:
		return "--record follows one object of a cluster: write KIND NAME"
	case o.timeout <= 0 || o.settle < 0 || o.duration <= 0 || o.states < 1:
		return "--timeout, --for and --states have to be more than nothing, and --settle not less"
	}
	return ""
}

func newCommand() command {
	var o newOptions
	cluster := inCluster{kubeconfig: &o.kubeconfig, namespace: &o.namespace}
	return command{
		use: "new [KIND NAME...]", summary: "write a first kind-spec and cases from objects or a CRD", help: newHelp,
		flags: o.register, run: o.newKind, arguments: cluster.objects(math.MaxInt),
		values: map[string]cobra.CompletionFunc{"dir": onlyFolders, "record": onlyFolders, "namespace": cluster.namespaces()},
	}
}

func (o *newOptions) newKind(ctx context.Context, rest []string, std ioStreams) (err error) {
	if fault := o.fault(rest); fault != "" {
		return usageError{fault}
	}
	in := draft.Input{Name: o.name}
	if in.Kinds, err = loadBuiltIn(); err != nil {
		return err
	}
	switch {
	case o.record != "":
		return o.recordStates(ctx, in, rest[0], rest[1], std)
	case len(rest) > 0:
		err = o.readLive(ctx, &in, rest[0], rest[1:], std)
	case len(o.files) > 0:
		err = o.readFiles(&in, std)
	default:
		in.Contract, err = o.contractFor(nil)
	}
	if err != nil {
		return err
	}
	return o.writeDraft(ctx, in, std)
}

func (o *newOptions) writeDraft(ctx context.Context, in draft.Input, std ioStreams) error {
	made, k, err := compiledDraft(in)
	if err != nil {
		return err
	}
	cases, err := draftCases(ctx, k, in, made)
	if err != nil {
		return err
	}
	files := map[string]string{folder.SpecFile: made.Spec, folder.CasesFile: cases}
	if skeleton := draftSources(made.Spec, k); skeleton != "" {
		files[folder.SourcesFile] = skeleton
	}
	return o.writeKind(made, files, std)
}

// contractFor is the one contract of --crd that fits, to an object where there is one.
func (o *newOptions) contractFor(object *objectType) (*contract.Contract, error) {
	contracts, err := contract.Files(o.crd)
	if err != nil {
		return nil, fmt.Errorf("--crd: %w", err)
	}
	var fitting []contract.Contract
	for _, c := range contracts {
		named := o.kind == "" || c.Kind == o.kind
		if len(c.Versions) > 0 && (object == nil && named || object != nil && c.GroupKind() == *object) {
			fitting = append(fitting, c)
		}
	}
	if len(fitting) != 1 {
		return nil, fmt.Errorf("--crd: %s fit, and one is needed: choose with --kind", count(len(fitting), "CRD"))
	}
	return &fitting[0], nil
}
