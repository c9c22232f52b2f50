package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/maas-kinds/maas/conformance/catalogue"
)

// A name that types of two groups have is that of whichever the API server
// lists first, and the guide means one of them.
func TestGuideNamesOneType(t *testing.T) {
	builtIn := catalogue.BuiltIn(t)
	for _, command := range regexp.MustCompile(`kubectl \w+ (\w+) `).FindAllStringSubmatch(guideText, -1) {
		var groups []string
		for _, read := range typesOf(builtIn) {
			if singular := strings.ToLower(read.Kind); command[1] == singular || command[1] == singular+"s" {
				groups = append(groups, read.Group)
			}
		}
		if len(groups) > 1 {
			t.Errorf("%q may be of any of the groups %q", strings.TrimSpace(command[0]), groups)
		}
	}
}
