package scale_test

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"github.com/google/go-cmp/cmp"
	ctrllog "sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/maas-kinds/maas/conformance/install"
	"github.com/maas-kinds/maas/conformance/scale"
	"github.com/maas-kinds/maas/conformance/testenv"
)

func TestMain(m *testing.M) {
	ctrllog.SetLogger(logr.Discard()) // unset, controller-runtime complains with a stack trace
	os.Exit(m.Run())
}

// Every row goes through all of its steps, at a size at which it takes no time. No
// figure of time or memory is looked at, but that there is one.
func TestRows(t *testing.T) {
	t.Parallel()
	testenv.NeedControlPlane(t)
	install.Sources(t)
	rows := []scale.Row{{Kind: "llmisvc", Models: 20}, {Kind: "service", Models: 20, Ballast: 2}}
	var progress bytes.Buffer
	results, err := scale.Run(t.Context(), scale.Options{
		Rows: rows, Flips: 30, Within: 10 * time.Minute, Root: testenv.Root(t), Progress: &progress,
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, progress.String())
	}
	var measured []scale.Row
	for _, r := range results {
		measured = append(measured, r.Row)
		if len(r.Flips) != 30 {
			t.Errorf("%s: %d flips, want 30", r.Row, len(r.Flips))
		}
		if r.WrittenAgain != 0 {
			t.Errorf("%s: a controller that was started again wrote %d statuses, and nothing had changed", r.Row, r.WrittenAgain)
		}
		for what, process := range map[string]scale.Process{"first": r.First, "second": r.Again} {
			if process.Reconciles < float64(r.Models) || process.CPU <= 0 || process.Resident == 0 || process.MostAtOnce < process.Resident/2 || process.HeapInUse == 0 || process.HeapLive == 0 {
				t.Errorf("%s: the %s process lacks a figure: %+v", r.Row, what, process)
			}
		}
		if r.RawBefore <= 0 || r.RawAfter <= 0 || r.Created <= 0 || r.Ready <= 0 || r.ReadyAgain <= 0 || r.DecidedAgain <= 0 {
			t.Errorf("%s lacks a figure: %+v", r.Row, r)
		}
	}
	if diff := cmp.Diff(rows, measured); diff != "" {
		t.Errorf("rows that were measured (-want +got):\n%s", diff)
	}
}

// What cannot be measured is said, with what to do, and is in no table.
func TestRowThatTakesTooLong(t *testing.T) {
	t.Parallel()
	testenv.NeedControlPlane(t)
	install.Sources(t)
	other, err := os.Executable() // which takes none of the controller's flags
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		within time.Duration
		says   []string
	}{
		"no time":                        {time.Nanosecond, []string{"llmisvc-3", "--within"}},
		"a controller that ends at once": {10 * time.Minute, []string{"llmisvc-3", "maas-controller has ended", "exit status 2"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			results, err := scale.Run(t.Context(), scale.Options{
				Rows: []scale.Row{{Kind: "llmisvc", Models: 3}}, Flips: 1, Within: test.within, Root: testenv.Root(t),
				Controller: other, Progress: &bytes.Buffer{},
			})
			if len(results) != 0 || err == nil {
				t.Fatalf("%d rows were measured, error %v", len(results), err)
			}
			for _, text := range test.says {
				if !strings.Contains(err.Error(), text) {
					t.Errorf("the error does not say %q: %v", text, err)
				}
			}
		})
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	good := scale.Options{Rows: []scale.Row{{Kind: "service", Models: 50_000, Ballast: 4000}}, Flips: 1, Within: time.Hour}
	change := func(c func(*scale.Options)) scale.Options {
		o := good
		o.Rows = slices.Clone(good.Rows)
		c(&o)
		return o
	}
	for name, test := range map[string]struct {
		options scale.Options
		// says must all be in the error; none means that there is none.
		says []string
	}{
		"the most there is":                {good, nil},
		"everything wrong is said at once": {scale.Options{Rows: []scale.Row{{Kind: "gadget", Models: 1, Ballast: -1}}, Within: -1}, []string{"gadget-1", "llmisvc or service", "--ballast", "--flips", "--within"}},
		"no row":                           {change(func(o *scale.Options) { o.Rows = nil }), []string{"--rows"}},
		"more models than are held":        {change(func(o *scale.Options) { o.Rows[0].Models = 50_001 }), []string{"50000"}},
		"ballast that etcd cannot hold":    {change(func(o *scale.Options) { o.Rows[0].Ballast = 4001 }), []string{"--ballast", "4000"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := test.options.Check()
			if (err == nil) != (len(test.says) == 0) {
				t.Errorf("error %v, want one that says %q", err, test.says)
			}
			for _, text := range test.says {
				if !strings.Contains(fmt.Sprint(err), text) {
					t.Errorf("the error does not say %q: %v", text, err)
				}
			}
		})
	}
}
