package manifests_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What a hosted runner executes is what was looked at: actions are pinned to commits,
// with the version beside it for people, the token may read alone, and the make targets
// are there.
func TestWorkflows(t *testing.T) {
	t.Parallel()
	pinned := regexp.MustCompile(`^[a-z0-9-]+/[a-z0-9-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("../../.github/workflows/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no workflow was found (%v)", err)
	}
	for _, file := range append(files, "../UPSTREAM.md") {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text, actions := string(content), 0
		for line := range strings.Lines(text) {
			line = strings.TrimPrefix(strings.TrimSpace(line), "- ")
			if action, is := strings.CutPrefix(line, "uses: "); is {
				if actions++; !pinned.MatchString(action) {
					t.Errorf("%s: %q is not pinned: write OWNER/NAME@COMMIT # vX.Y.Z", file, action)
				}
			}
			if target, is := strings.CutPrefix(line, "run: make "); is && !strings.Contains(string(makefile), "\n"+target+":") {
				t.Errorf("%s: the Makefile has no target %q", file, target)
			}
		}
		if actions == 0 || !strings.Contains(text, "permissions: {contents: read}") {
			t.Errorf("%s: %d actions, and the token has to be one that reads alone", file, actions)
		}
	}
}
