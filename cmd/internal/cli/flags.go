// Package cli has what the commands of this project share: exit codes,
// flags and how they are described, and where kinds, cluster and logs come from.
package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/engine/kind"
)

// The exit codes of every command.
const (
	// OK also after SIGTERM or Ctrl-C.
	OK = 0
	// Failure is everything that is not the command line's fault.
	Failure = 1
	// Usage is a wrong command line.
	Usage = 2
)

// NewFlags makes a flag set that prints nothing by itself and does not exit.
func NewFlags(name string) *flag.FlagSet {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	return flags
}

// Parse reads the command line of a program that is told everything by flags. Help, or
// the answer to --version, goes to stdout; the error is then flag.ErrHelp.
func Parse(flags *flag.FlagSet, args []string, help string, stdout io.Writer) error {
	version := flags.Bool("version", false, "print version, commit and date")
	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(stdout, help, Describe(flags))
	case err == nil && *version:
		fmt.Fprint(stdout, ReadBuild().Line(flags.Name()))
		return flag.ErrHelp
	case err == nil && flags.NArg() > 0:
		return fmt.Errorf("unexpected argument %q: everything is said with flags", flags.Arg(0))
	}
	return err
}

// Describe lists flags as they are written here: words with two dashes.
func Describe(flags *flag.FlagSet) string {
	var b strings.Builder
	flags.VisitAll(func(f *flag.Flag) {
		dashes := "--"
		if len(f.Name) == 1 {
			dashes = "-"
		}
		value, usage := flag.UnquoteUsage(f)
		if f.DefValue != "" && f.DefValue != "false" && !strings.Contains(usage, "default") {
			usage += " (default " + strings.ToLower(f.DefValue) + ")"
		}
		header := strings.TrimRight("  "+dashes+f.Name+" "+value, " ")
		fmt.Fprintf(&b, "%s\n        %s\n", header, strings.ReplaceAll(usage, "\n", "\n        "))
	})
	return b.String()
}

// Followed is what a program that stays says of a file or a directory.
const Followed = ", followed while it changes"

// KindsDir declares --kinds-dir. More is said of the directory.
func KindsDir(flags *flag.FlagSet, dirs *[]string, more string) {
	flags.Func("kinds-dir", "`DIR` with kind-specs besides the built-in ones"+more+"; a kind of the\nsame name replaces the earlier one, until a ModelKind replaces both; may be repeated", Each(dirs))
}

// Each adds the values of a flag that may be repeated.
func Each(to *[]string) func(string) error {
	return func(value string) error {
		*to = append(*to, value)
		return nil
	}
}

// Parameters declares --parameters. More is said of the file.
func Parameters(flags *flag.FlagSet, file *string, more string) {
	flags.StringVar(file, "parameters", "", "`FILE` of kind KindParameters, with what this installation sets of the parameters of kinds"+more+";\nwhere it is not there nothing is set")
}

// AllowCIDR declares --allow-cidr. What is no network is added to faults, so
// that it can be said together with what else is wrong.
func AllowCIDR(flags *flag.FlagSet, networks *[]netip.Prefix, faults *error) {
	cidrs(flags, "allow-cidr", "`NETWORKS` that endpoints may lie in although they are loopback, link-local or the like, or outside the\ncluster behind one of its names, for example 127.0.0.0/8; takes commas, may be repeated", networks, faults)
}

// cidrs declares a flag that takes networks.
func cidrs(flags *flag.FlagSet, name, usage string, networks *[]netip.Prefix, faults *error) {
	flags.Func(name, usage, func(value string) error {
		for network := range strings.SplitSeq(value, ",") {
			prefix, err := netip.ParsePrefix(strings.TrimSpace(network))
			if err != nil {
				*faults = errors.Join(*faults, fmt.Errorf("--%s: %q is no network, write for example 127.0.0.0/8", name, network))
				continue
			}
			*networks = append(*networks, prefix.Masked())
		}
		return nil
	})
}

// CrossNamespace declares --cross-namespace. A value that is no policy is added
// to faults.
func CrossNamespace(flags *flag.FlagSet, policy *kind.CrossNamespacePolicy, faults *error) {
	*policy = kind.CrossNamespaceByKind
	flags.Func("cross-namespace", "`POLICY` on references to other namespaces: kind, as each kind says; grant, each needs a\nReferenceGrant there; deny, none; a kind that denies still does (default kind)", func(value string) error {
		*policy = kind.CrossNamespacePolicy(value)
		if !slices.Contains(kind.CrossNamespacePolicies(), *policy) {
			*faults = errors.Join(*faults, fmt.Errorf("--cross-namespace: %q is no policy, write kind, grant or deny", value))
		}
		return nil
	})
}

// Kubeconfig declares --kubeconfig.
func Kubeconfig(flags *flag.FlagSet, file *string) {
	flags.StringVar(file, "kubeconfig", "", "kubeconfig `FILE`; default $KUBECONFIG, inside a Pod its service account, ~/.kube/config")
}
