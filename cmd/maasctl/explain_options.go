package main

import (
	"errors"
	"flag"
	"fmt"
	"net/netip"
	"slices"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/phase"
)

// explainOptions are the flags of explain.
type explainOptions struct {
	file, kind, output string
	kindsDirs          []string
	phase              v1alpha1.Phase
	rules              kind.EndpointRules
}

func (o *explainOptions) register(flags *flag.FlagSet) {
	flags.StringVar(&o.file, "f", "", "`FILE` with the backend object, YAML or JSON; - reads standard input (required)")
	flags.StringVar(&o.kind, "kind", "", "`NAME` or alias of the kind to use; found by the object's group and kind when left out")
	flags.Func("kinds-dir", "`DIR` with kind-specs besides the built-in ones; a kind of the same name replaces\nthe earlier one; may be repeated", func(dir string) error {
		o.kindsDirs = append(o.kindsDirs, dir)
		return nil
	})
	flags.StringVar((*string)(&o.phase), "phase", string(v1alpha1.PhasePending),
		"`PREVIOUS` phase of the model: Pending, Ready, Unhealthy or Failed (default Pending)")
	flags.Func("allow-cidr", "`CIDR` of loopback, link-local or other addresses that endpoints may have all the same;\nmay be repeated", func(text string) error {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			return errors.New("write an address and a length, for example 127.0.0.0/8")
		}
		o.rules.AllowCIDRs = append(o.rules.AllowCIDRs, prefix)
		return nil
	})
	flags.StringVar(&o.output, "o", "text", "`FORMAT` of the output: text or json (default text)")
}

// fault says what is wrong with the flags and the arguments after them; empty
// when nothing is.
func (o *explainOptions) fault(rest []string) string {
	switch {
	case len(rest) > 0:
		return fmt.Sprintf("unexpected argument %q: files are given with -f", rest[0])
	case o.file == "":
		return "-f is missing: write the file with the backend object, or - for standard input"
	case o.output != "text" && o.output != "json":
		return fmt.Sprintf("-o %q is no format, write text or json", o.output)
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
