package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path"
	"strings"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/folder"
)

const help = `maas-controller keeps the status of MaaSModels true: it reads the backend that
each one names, and sets its phase, its endpoint and its conditions.

Which backends there are, and how they are read, is said by kind-specs: the
built-in ones, and those of --kinds-dir. CRDs of backends may come and go while
the controller runs; it needs no restart. It never talks to a backend itself.

The controller needs the roles of config/rbac, and to list and watch whatever
else your kind-specs refer to. A permission that is missing shows in the status
of the MaaSModels concerned, with what to grant.

Give it the --trusted-hosts, --allow-http and --https-only of maas-api: they let
nothing through here, and models that the API shows to nobody because of them say
so in the condition Unlisted.

Usage:
  maas-controller [FLAGS]

Examples:
  maas-controller --kubeconfig ~/.kube/config
  maas-controller --kinds-dir /etc/maas/kinds --log-format text

Exit codes: 0 it was stopped by SIGTERM or Ctrl-C; 1 it failed, for example
because a --kinds-dir does not exist or leadership was lost; 2 the command line is
wrong.

Flags:
`

// leaseName is the lease that replicas agree on a leader by.
const leaseName = "maas-controller.maas.opendatahub.io"

// settings are the parsed flags.
type settings struct {
	kubeconfig              string
	kindsDirs               []string
	parameters              string
	allowCIDRs              []netip.Prefix
	inside                  cli.Inside
	trusting                cli.Trust
	trust                   endpoint.Trust
	crossNamespace          kind.CrossNamespacePolicy
	metricsAddress          string
	healthAddress           string
	pprofAddress            string
	leaderElect             bool
	leaderElectionNamespace string
	leaderElectionID        string
	stateNamespace          string
	lease                   lease
	logs                    cli.Logs
}

// parse reads the command line. podNamespace is where this process runs in a
// cluster, empty outside. Where help is asked for it is printed, and the error
// is flag.ErrHelp.
func parse(args []string, podNamespace string, stdout io.Writer) (*settings, error) {
	s := &settings{}
	flags := cli.NewFlags("maas-controller")
	var faults error
	s.declare(flags, podNamespace, &faults)
	err := cli.Parse(flags, args, help, stdout)
	if errors.Is(err, flag.ErrHelp) {
		return nil, err
	}
	if s.leaderElect && s.leaderElectionNamespace == "" {
		faults = errors.Join(faults, errors.New("--leader-elect outside of a cluster: say where the lease is to be with --leader-election-namespace"))
	}
	s.stateNamespace = cmp.Or(s.stateNamespace, s.leaderElectionNamespace, "default")
	return s, errors.Join(err, faults, s.lease.check(), s.trusts())
}

// trusts reads what the API is told too.
func (s *settings) trusts() error {
	var faults []error
	s.trust, faults = endpoint.NewTrust(s.trusting.Hosts, s.inside.Domain)
	s.trust.AllowHTTP, s.trust.HTTPSOnly = s.trusting.AllowHTTP, s.trusting.HTTPSOnly
	for i, fault := range faults {
		faults[i] = fmt.Errorf("--trusted-hosts: %w", fault)
	}
	return errors.Join(faults...)
}

func (s *settings) declare(flags *flag.FlagSet, podNamespace string, faults *error) {
	cli.Kubeconfig(flags, &s.kubeconfig)
	cli.KindsDir(flags, &s.kindsDirs, cli.Followed)
	cli.Parameters(flags, &s.parameters, cli.Followed)
	cli.AllowCIDR(flags, &s.allowCIDRs, faults)
	s.inside.Flags(flags, faults)
	s.trusting.Flags(flags)
	cli.CrossNamespace(flags, &s.crossNamespace, faults)
	flags.StringVar(&s.metricsAddress, "metrics-bind-address", ":8082", "`ADDRESS` of /metrics; 0 for none")
	flags.StringVar(&s.healthAddress, "health-probe-bind-address", ":8081", "`ADDRESS` of /healthz and /readyz; 0 for none")
	flags.StringVar(&s.pprofAddress, "pprof-bind-address", "", "`ADDRESS` of /debug/pprof, for whoever looks for where time and memory go, such as 127.0.0.1:6060;\neverybody may ask there (default none)")
	flags.BoolVar(&s.leaderElect, "leader-elect", podNamespace != "", "work only while this replica is the leader; the default is true inside a Pod")
	flags.StringVar(&s.leaderElectionNamespace, "leader-election-namespace", podNamespace, "`NAMESPACE` of the lease; default that of the Pod")
	flags.StringVar(&s.leaderElectionID, "leader-election-id", leaseName, "`NAME` of the lease")
	flags.StringVar(&s.stateNamespace, "state-namespace", "", "`NAMESPACE` of the ConfigMaps that say for which namespace each model's name is held, and of the ControllerRevisions\nthat keep the last good revision of each ModelKind; default that of the lease, and without one \"default\"")
	s.lease.flags(flags)
	s.logs.Flags(flags)
}

// podNamespaceFile is where a Pod finds the name of its namespace.
const podNamespaceFile = "/var/run/secrets/kubernetes.io/serviceaccount/namespace"

func podNamespace() string {
	name, err := folder.Limit{What: "a namespace's name", Bytes: 1 << 10}.ReadFile(os.DirFS(path.Dir(podNamespaceFile)), path.Base(podNamespaceFile))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(name))
}
