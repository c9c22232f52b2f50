package load

import (
	"errors"
	"fmt"
	"io"
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
	// Cluster is where the models are made, without a controller, which would write other
	// statuses; nil has a control plane started.
	Cluster *rest.Config
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
	return errors.Join(errs...)
}
