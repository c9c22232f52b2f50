package scale

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	// DefaultWithin is how long a row may take.
	DefaultWithin = 30 * time.Minute
	maxWithin     = 4 * time.Hour
	maxModels     = 50_000
	// maxBallast is a gigabyte, half of what etcd holds unless it is told otherwise.
	maxBallast = 4_000
	// DefaultFlips is how many changes of backends are timed.
	DefaultFlips = 200
	maxFlips     = 10_000
	// DefaultRows take minutes.
	DefaultRows = "llmisvc-1000,service-1000,llmisvc-10000,service-10000"
)

// Row is one measurement: so many models of one kind.
type Row struct {
	Kind   string
	Models int
	// Ballast is how many other objects of the referent's type there are, each of 256
	// KB, which no model refers to.
	Ballast int
}

// String is the name of the row, as it is asked for but for the ballast.
func (r Row) String() string {
	name := fmt.Sprintf("%s-%d", r.Kind, r.Models)
	if r.Ballast > 0 {
		name += fmt.Sprintf(" beside %d × 256 KB", r.Ballast)
	}
	return name
}

// ParseRow reads the name of a row without ballast, such as "llmisvc-1000".
func ParseRow(name string) (Row, error) {
	kind, count, _ := strings.Cut(name, "-")
	models, err := strconv.Atoi(count)
	if _, known := backends()[kind]; !known || err != nil || models < 1 || models > maxModels {
		return Row{}, fmt.Errorf("--rows: %q is no row: write a kind, %s, and how many models, at most %d, such as llmisvc-1000",
			name, strings.Join(kindNames(), " or "), maxModels)
	}
	return Row{Kind: kind, Models: models}, nil
}

// ParseRows reads names with commas between them. With ballast every row is
// measured without and with it.
func ParseRows(names string, ballast int) ([]Row, error) {
	var rows []Row
	var errs []error
	for name := range strings.SplitSeq(names, ",") {
		row, err := ParseRow(strings.TrimSpace(name))
		errs = append(errs, err)
		rows = append(rows, row)
		if ballast > 0 {
			row.Ballast = ballast
			rows = append(rows, row)
		}
	}
	return rows, errors.Join(errs...)
}

// Options are what is measured, and with what.
type Options struct {
	Rows []Row
	// Flips is how many changes of backends are timed, one after the other.
	Flips int
	// Within is how long a row may take.
	Within time.Duration
	// Root of the repository.
	Root string
	// Controller is the maas-controller to start, empty to have it built; Flags are
	// given to it after those of its Deployment.
	Controller string
	Flags      []string
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
	check(len(o.Rows) > 0, "--rows: name at least one, such as llmisvc-1000")
	for _, row := range o.Rows {
		_, err := ParseRow(Row{Kind: row.Kind, Models: row.Models}.String())
		errs = append(errs, err)
		check(row.Ballast >= 0 && row.Ballast <= maxBallast, "--ballast: %d is not between 0 and %d, a gigabyte in etcd", row.Ballast, maxBallast)
	}
	check(o.Flips >= 1 && o.Flips <= maxFlips, "--flips: %d is not between 1 and %d", o.Flips, maxFlips)
	check(o.Within > 0 && o.Within <= maxWithin, "--within: %v is not between 1ms and %v", o.Within, maxWithin)
	return errors.Join(errs...)
}

func kindNames() []string { return slices.Sorted(maps.Keys(backends())) }
