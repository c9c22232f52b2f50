package cli

import (
	"flag"
	"strings"

	"github.com/maas-kinds/maas/api/endpoint"
)

// Trust is what a command is told of where callers' credentials may go. The API
// sends them there, and the controller says which models that leaves out: both are
// to be told the same.
type Trust struct {
	// Hosts that are nil are the names of Services; empty ones are no host at all.
	Hosts                []string
	AllowHTTP, HTTPSOnly bool
}

// Flags declares --trusted-hosts, --allow-http and --https-only.
func (t *Trust) Flags(flags *flag.FlagSet) {
	flags.Func("trusted-hosts", "host name `suffixes`, or addresses, that callers' credentials may be sent to, instead of the default "+
		strings.Join(endpoint.ClusterLocal("DOMAIN"), ",")+"; * for every host", replace(&t.Hosts))
	flags.BoolVar(&t.AllowHTTP, "allow-http", false, "send credentials over plain http to hosts that are no cluster-local names")
	flags.BoolVar(&t.HTTPSOnly, "https-only", false, "never send credentials over plain http, to cluster-local names neither")
}

// AppendTo adds comma-separated values.
func AppendTo(to *[]string) func(string) error {
	return func(value string) error {
		for item := range strings.SplitSeq(value, ",") {
			if item = strings.TrimSpace(item); item != "" {
				*to = append(*to, item)
			}
		}
		return nil
	}
}

// replace is AppendTo for a flag with a default, which its first use takes away.
func replace(to *[]string) func(string) error {
	first := true
	return func(value string) error {
		if first {
			*to, first = []string{}, false
		}
		return AppendTo(to)(value)
	}
}
