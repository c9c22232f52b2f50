// Package golden compares what a test makes with a file that is committed, and
// writes the file where the test runs with -update.
package golden

import (
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// update is a flag of every test binary that uses this package.
var update = flag.Bool("update", false, "write the golden files instead of comparing them") //nolint:gochecknoglobals // flags are registered once, before tests run

// Compare fails the test when the file does not hold what was made.
func Compare(t testing.TB, file, made string) {
	t.Helper()
	want, err := os.ReadFile(file)
	if *update {
		// Go has the results of tests that read the file for as long as nobody writes it.
		if err == nil && string(want) == made {
			return
		}
		if err := os.WriteFile(file, []byte(made), 0o644); err != nil {
			t.Fatalf("writing what the test made: %v", err)
		}
		return
	}
	if err != nil {
		t.Fatalf("reading the golden file, which -update writes: %v", err)
	}
	if diff := cmp.Diff(string(want), made); diff != "" {
		t.Errorf("%s is not what is made now; -update writes it (-committed +made):\n%s", file, diff)
	}
}
