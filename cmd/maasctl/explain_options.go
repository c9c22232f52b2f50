package main

import (
	"flag"
	"fmt"
	"slices"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/phase"
)

// explainOptions are the flags of explain.
type explainOptions struct {
	file, kind, output string
	kindsDirs          []string
	parameters         string
	phase              v1alpha1.Phase
	rules              endpoint.Rules
	inside             cli.Inside
	crossNamespace     kind.CrossNamespacePolicy
	// badValues are those of the flags that hold a value of their own kind.
	badValues error
	// namespace is the model's; kubeconfig is for a model of a cluster.
	namespace, kubeconfig string
}

func (o *explainOptions) register(flags *flag.FlagSet) {
	flags.StringVar(&o.file, "f", "", "`FILE` with the backend object, YAML or JSON; - reads standard input")
	flags.StringVar(&o.namespace, "n", "", "`NAMESPACE` of the MODEL (default that of the kubeconfig's context, with -f that of the\nbackend)")
	cli.Kubeconfig(flags, &o.kubeconfig)
	flags.StringVar(&o.kind, "kind", "", "`NAME` or alias of the kind to use; found by the object's group and kind when left out")
	cli.KindsDir(flags, &o.kindsDirs, "")
	cli.Parameters(flags, &o.parameters, "")
	flags.StringVar((*string)(&o.phase), "phase", string(v1alpha1.PhasePending),
		"`PREVIOUS` phase of the model: Pending, Ready, Unhealthy or Failed (default Pending)")
	cli.AllowCIDR(flags, &o.rules.AllowCIDRs, &o.badValues)
	o.inside.Flags(flags, &o.badValues)
	cli.CrossNamespace(flags, &o.crossNamespace, &o.badValues)
	flags.StringVar(&o.output, "o", "text", formatUsage)
}

// fault says what is wrong with the flags and the arguments after them; empty
// when nothing is.
func (o *explainOptions) fault(rest []string) string {
	switch {
	case len(rest) > 1:
		return fmt.Sprintf("unexpected argument %q: one MODEL is explained at a time", rest[1])
	case len(rest) == 1 && o.file != "":
		return fmt.Sprintf("-f and the MODEL %q exclude each other", rest[0])
	case len(rest) == 1 && (o.kind != "" || o.phase != v1alpha1.PhasePending):
		return "--kind and --phase go with -f: a MODEL has its own"
	case o.badValues != nil:
		return o.badValues.Error()
	case o.file == "" && len(rest) == 0:
		return "-f is missing: write the file with the backend object, or - for standard input; or name a MODEL of the cluster"
	case formatFault(o.output, reportFormats()) != "":
		return formatFault(o.output, reportFormats())
	case !slices.Contains(phase.Phases(), o.phase):
		return fmt.Sprintf("--phase %q is no phase, write %s", o.phase, either(words(phase.Phases())))
	}
	return ""
}

func words[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, item := range list {
		out[i] = string(item)
	}
	return out
}
