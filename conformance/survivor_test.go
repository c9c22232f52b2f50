package conformance_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/maas-kinds/maas/conformance/check"
	"github.com/maas-kinds/maas/engine/registry"
)

// Where nothing is known of the objects of a backend, the case that comes first
// is asked for, and no simpler kind-spec.
func TestSurvivorOfMissingCase(t *testing.T) {
	t.Parallel()
	less := caught{Without: []string{"failed_broken", "failed_lost", "progressing_noReplica", "progressing_noStatus", "progressing_notReady", "progressing_stale",
		"ready_degradedSlow", "ready_publishedAddress", "ready_recovered", "ready_service", "ready_serviceWithoutPort"}}
	proof := prove(t, registry.Source{Name: "Widget", FS: less.planted(t, "testdata/planted/none")}, "L3")
	var said []string
	for _, level := range proof.Levels {
		for _, result := range level.Checks {
			if result.Outcome == check.Failed && strings.Contains(result.Message, "health.broken") && strings.Contains(result.Message, "write that one first") {
				said = append(said, result.Message)
			}
		}
	}
	if len(said) < 2 || !strings.Contains(said[0], "No case shows health.broken yet: write that one first, or waive") {
		t.Fatalf("the survivors say %q", said)
	}
	for _, again := range said[1:] {
		if !strings.HasSuffix(again, "The case of health.broken may show it: write that one first") {
			t.Errorf("a further survivor says %q", again)
		}
	}
}

// What is shown is what a backend can have: a field keeps its type, whatever else
// has its name, and the status of a condition is one of three words.
func TestSurvivorKeepsTypes(t *testing.T) {
	t.Parallel()
	less := caught{Without: []string{"progressing_notReady", "failed_broken", "failed_lost", "progressing_stale"}}
	proof := prove(t, registry.Source{Name: "Widget", FS: less.planted(t, "testdata/planted/none")}, "L3")
	shown := 0
	for _, level := range proof.Levels {
		for line := range strings.SplitSeq(failures(level), "\n") {
			word, ok := strings.CutPrefix(strings.TrimSpace(line), "status: ")
			if !ok {
				continue
			}
			if shown++; !slices.Contains([]string{`"True"`, `"False"`, "Unknown"}, word) {
				t.Errorf("a condition has the status %s", word)
			}
		}
	}
	if shown == 0 {
		t.Error("no condition is shown")
	}
}
