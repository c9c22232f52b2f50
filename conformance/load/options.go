package load

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"k8s.io/client-go/rest"
)

const (
	// DefaultLasts is how long a row is measured that is measured for a time.
	DefaultLasts = 5 * time.Second
	maxLasts     = time.Minute
	maxDivide    = 10_000
)

// Options are what is measured, and with what.
type Options struct {
	// Rows are the names of those to measure; empty means all.
	Rows []string
	// Divide is what every number of models, callers and lists is divided by.
	Divide int
	// Lasts is how long a row is measured that is measured for a time.
	Lasts time.Duration
	// Root of the repository.
	Root string
	// API is the maas-api to start, empty to have it built; APIFlags are given to it
	// after those that the rows need.
	API      string
	APIFlags []string
	// Backends is the command that serves backends, see ServeBackends.
	Backends []string
	// Cluster is where the models are made; nil has a control plane started.
	Cluster *rest.Config
	// URL is an API that runs already and lists the models of Cluster; empty has
	// maas-api started for each row.
	URL string
	// Progress is told what is being done.
	Progress io.Writer
}

// Check reports everything that is wrong, each with its flag.
func (o Options) Check() error {
	var errs []error
	check := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	check(o.Divide >= 1 && o.Divide <= maxDivide, "--divide: %d is not between 1 and %d", o.Divide, maxDivide)
	check(o.Lasts > 0 && o.Lasts <= maxLasts, "--lasts: %v is not between 1ms and %v", o.Lasts, maxLasts)
	for _, name := range o.Rows {
		check(slices.Contains(Names(), name), "--rows: there is no %q, write some of %s", name, strings.Join(Names(), ","))
	}
	check((o.URL == "") || o.Cluster != nil, "--url: give --kubeconfig as well, of the cluster whose models it lists")
	check(o.URL == "" || len(o.APIFlags) == 0, "--api-flags: leave them out with --url, no API is started")
	if o.URL != "" {
		errs = append(errs, onLoopback("--url", o.URL))
	}
	if o.Cluster != nil {
		errs = append(errs, onLoopback("--kubeconfig", o.Cluster.Host))
	}
	return errors.Join(errs...)
}

// onLoopback refuses what is not this machine: models are made there, and made-up
// load goes there. A name could lead anywhere.
func onLoopback(flag, location string) error {
	u, err := url.Parse(location)
	if err != nil || u.Host == "" {
		return fmt.Errorf("%s: %q is no URL, write for example http://127.0.0.1:8080", flag, location)
	}
	address, err := netip.ParseAddr(u.Hostname())
	if err != nil || !address.IsLoopback() {
		return fmt.Errorf("%s: %s is not an address of loopback, write for example http://127.0.0.1:8080: load is for this machine alone", flag, u.Host)
	}
	if flag == "--url" && (u.Scheme != "http" || strings.Trim(u.Path, "/") != "" || u.User != nil || u.RawQuery != "") {
		return fmt.Errorf("%s: write http://ADDRESS:PORT and nothing behind it", flag)
	}
	return nil
}

// hostPort is where the API of a URL that was checked listens.
func hostPort(location string) (string, error) {
	u, err := url.Parse(location)
	if err != nil {
		return "", err
	}
	if u.Port() == "" {
		return net.JoinHostPort(u.Hostname(), "80"), nil
	}
	return u.Host, nil
}
