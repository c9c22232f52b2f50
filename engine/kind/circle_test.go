package kind_test

import (
	"strings"
	"testing"
)

// Entries that are chosen in each other, as two subjects that are mistyped are,
// are a fault and no walk without an end.
func TestSubjectsInACircle(t *testing.T) {
	for name, predicate := range map[string]string{
		"versions":      `{versions: [v1], path: $.a, exists: true}`,
		"anyGeneration": `{condition: Ready, status: "True", anyGeneration: true}`,
		"a condition":   `{condition: Ready, status: "True"}`,
	} {
		t.Run(name, func(t *testing.T) {
			err := loadWidget(`  subjects:
    - {as: a, of: b, each: "$.list[*]", where: [` + predicate + `]}
    - {as: b, of: a, each: "$.list[*]", where: [` + predicate + `]}
  health: [{is: Ready, when: [{of: a, condition: Ready, status: "True"}]}]
  endpoint: [{path: $.status.url}]
`)
			if err == nil || !strings.Contains(err.Error(), "needs itself: subject a needs subject b needs subject a") {
				t.Errorf("got %v", err)
			}
		})
	}
}
