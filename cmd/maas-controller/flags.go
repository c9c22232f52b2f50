package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"strings"
)

const help = `maas-controller keeps the status of MaaSModels true: it reads the backend that
each one names, and sets its phase, its endpoint and its conditions.

Which backends there are, and how they are read, is said by kind-specs: the
built-in ones, and those of --kinds-dir. CRDs of backends may come and go while
the controller runs; it needs no restart. It never talks to a backend itself.

The controller needs the roles of config/rbac, and to list and watch whatever
else your kind-specs refer to. A permission that is missing shows in the status
of the MaaSModels concerned, with what to grant.

Usage:
  maas-controller [FLAGS]

Examples:
  maas-controller --kubeconfig ~/.kube/config
  maas-controller --kinds-dir /etc/maas/kinds --log-format text

Exit codes: 0 it was stopped by SIGTERM or Ctrl-C; 1 it failed, for example
because a kind-spec has faults or leadership was lost; 2 the command line is
wrong.

Flags:
`

// leaseName is the lease that replicas agree on a leader by.
const leaseName = "maas-controller.maas.opendatahub.io"

// settings are the parsed flags.
type settings struct {
	kubeconfig              string
	kindsDirs               []string
	allowCIDRs              []netip.Prefix
	metricsAddress          string
	healthAddress           string
	leaderElect             bool
	leaderElectionNamespace string
	leaderElectionID        string
	logLevel                slog.Level
	logFormat               string
}

// parse reads the command line. podNamespace is where this process runs in a
// cluster, empty outside. Where help is asked for it is printed, and the error
// is flag.ErrHelp.
func parse(args []string, podNamespace string, stdout io.Writer) (*settings, error) {
	s := &settings{}
	flags := flag.NewFlagSet("maas-controller", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	s.declare(flags, podNamespace)
	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(stdout, help, describe(flags))
		return nil, err
	case err != nil:
		return nil, err
	case flags.NArg() > 0:
		return nil, fmt.Errorf("unexpected argument %q: everything is said with flags", flags.Arg(0))
	case s.leaderElect && s.leaderElectionNamespace == "":
		return nil, errors.New("--leader-elect outside of a cluster: say where the lease is to be with --leader-election-namespace")
	}
	return s, nil
}

func (s *settings) declare(flags *flag.FlagSet, podNamespace string) {
	flags.StringVar(&s.kubeconfig, "kubeconfig", "", "kubeconfig `FILE`; default $KUBECONFIG, inside a Pod its service account, ~/.kube/config")
	flags.Func("kinds-dir", "`DIR` with kind-specs besides the built-in ones; a kind of the same name replaces\nthe earlier one; may be repeated", func(dir string) error {
		s.kindsDirs = append(s.kindsDirs, dir)
		return nil
	})
	flags.Func("allow-cidr", "`NETWORKS` that endpoints may lie in although they are loopback, link-local or the like,\nfor example 127.0.0.0/8; takes commas, may be repeated", s.allow)
	flags.StringVar(&s.metricsAddress, "metrics-bind-address", ":8082", "`ADDRESS` of /metrics; 0 for none")
	flags.StringVar(&s.healthAddress, "health-probe-bind-address", ":8081", "`ADDRESS` of /healthz and /readyz; 0 for none")
	flags.BoolVar(&s.leaderElect, "leader-elect", podNamespace != "", "work only while this replica is the leader; the default is true inside a Pod")
	flags.StringVar(&s.leaderElectionNamespace, "leader-election-namespace", podNamespace, "`NAMESPACE` of the lease; default that of the Pod")
	flags.StringVar(&s.leaderElectionID, "leader-election-id", leaseName, "`NAME` of the lease")
	flags.TextVar(&s.logLevel, "log-level", slog.LevelInfo, "`LEVEL`: debug, info, warn or error")
	s.logFormat = "json"
	flags.Func("log-format", "`FORMAT`: json or text (default json)", func(value string) error {
		if value != "json" && value != "text" {
			return errors.New("write json or text")
		}
		s.logFormat = value
		return nil
	})
}

func (s *settings) allow(networks string) error {
	for network := range strings.SplitSeq(networks, ",") {
		prefix, err := netip.ParsePrefix(strings.TrimSpace(network))
		if err != nil {
			return fmt.Errorf("%q is no network, write for example 127.0.0.0/8", network)
		}
		s.allowCIDRs = append(s.allowCIDRs, prefix.Masked())
	}
	return nil
}

// describe lists flags as they are written here: with two dashes.
func describe(flags *flag.FlagSet) string {
	var b strings.Builder
	flags.VisitAll(func(f *flag.Flag) {
		value, usage := flag.UnquoteUsage(f)
		if f.DefValue != "" && !strings.Contains(usage, "default") {
			usage += " (default " + strings.ToLower(f.DefValue) + ")"
		}
		fmt.Fprintf(&b, "  --%s %s\n        %s\n", f.Name, value, strings.ReplaceAll(usage, "\n", "\n        "))
	})
	return b.String()
}

// podNamespaceFile is where a Pod finds the name of its namespace.
const podNamespaceFile = "/var/run/secrets/kubernetes.io/serviceaccount/namespace"

func podNamespace() string {
	name, err := os.ReadFile(podNamespaceFile)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(name))
}
