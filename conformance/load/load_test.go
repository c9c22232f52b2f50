package load_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/conformance/install"
	"github.com/maas-kinds/maas/conformance/load"
	"github.com/maas-kinds/maas/conformance/testenv"
)

var server testenv.Shared

func TestMain(m *testing.M) { os.Exit(server.Main(m)) }

// backends is the command of this repository that serves backends.
func backends(t *testing.T) []string {
	t.Helper()
	install.Sources(t)
	program := filepath.Join(t.TempDir(), "load")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, "./cmd/load")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the load command: %v\n%s", err, out)
	}
	return []string{program, "backends"}
}

// Every row measures what it says, at a size at which it takes no time: each list
// is complete, since nothing here is at its limit. No figure of time is looked at.
func TestRowsCountWhatTheyAsk(t *testing.T) {
	env := server.Env(t)
	var progress bytes.Buffer
	results, err := load.Run(t.Context(), load.Options{
		Divide: 200, Lasts: 200 * time.Millisecond, Root: testenv.Root(t), Backends: backends(t), Cluster: env.Config, Progress: &progress,
		// Nobody is cut off by a machine on which everything is tested at once. Verdicts
		// run out within the rows that cross their lifetime.
		APIFlags: []string{"--budget=40s", "--probe-timeout=5s", "--verdict-ttl=700ms"},
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, progress.String())
	}
	// wanted lists by row; 0 where they are as many as fit into the time.
	wanted := map[string]int{
		"warm-15": 0, "warm-100": 0, "warm-1000": 0, "warm-10000": 0, "page-10000": 0,
		"crossing-16": 32, "crossing-64": 128, "cold-1000": 4, "cold-100": 4,
		"new-16": 5, "new-64": 5, "new-256": 5, "hung": 0, "made-up": 4,
		"trouble-429": 4, "trouble-500": 4, "trouble-silence": 4,
	}
	var names []string
	for _, r := range results {
		names = append(names, r.Name)
		want := wanted[r.Name]
		if r.Complete == 0 || want > 0 && r.Complete != want || r.Lists() != r.Complete || r.Failed > 0 {
			t.Errorf("%s: %d complete lists, %d with gaps, %d with gaps that nothing is said of, %d failures; want %d complete, and none of the others",
				r.Name, r.Complete, r.Gaps, r.Silent, r.Failed, want)
		}
		if len(r.Took) != r.Lists() {
			t.Errorf("%s: %d times of %d lists", r.Name, len(r.Took), r.Lists())
		}
		if isCold := strings.HasPrefix(r.Name, "cold-") || strings.HasPrefix(r.Name, "new-"); isCold != (r.Probes > 0) {
			t.Errorf("%s: %d probes", r.Name, r.Probes)
		}
	}
	if diff := cmp.Diff(load.Names(), names); diff != "" {
		t.Errorf("rows that were measured (-want +got):\n%s", diff)
	}
	var table bytes.Buffer
	if err := load.WriteTable(&table, time.Unix(0, 0), results); err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(table.String(), "\n| "); lines != len(names)+2 || !strings.HasPrefix(table.String(), "1970-01-01 00:00 UTC, ") {
		t.Errorf("the table has %d lines, want %d:\n%s", lines, len(names)+2, table.String())
	}
}

func TestOptions(t *testing.T) {
	good := load.Options{Divide: 1, Lasts: time.Second}
	change := func(c func(*load.Options)) load.Options {
		o := good
		c(&o)
		return o
	}
	for name, test := range map[string]struct {
		options load.Options
		// says must all be in the error; none means that there is none.
		says []string
	}{
		"the defaults":                     {good, nil},
		"rows that there are":              {change(func(o *load.Options) { o.Rows = []string{"new-256", "hung"} }), nil},
		"everything wrong is said at once": {load.Options{Rows: []string{"cold"}, Lasts: time.Hour}, []string{"--rows", "new-256", "--lasts", "--divide"}},
	} {
		t.Run(name, func(t *testing.T) {
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
