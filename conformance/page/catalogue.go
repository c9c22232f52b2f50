package page

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/conformance/cases"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// Catalogue is the README.md of the folder of kinds: which there are, and what each
// knows of its models.
func Catalogue(folders []*cases.Folder) string {
	var rows strings.Builder
	telling, known := 0, map[string]int{}
	for _, f := range folders {
		facts := cases.Filled(f.Spec)
		if len(facts) > 0 {
			telling++
		}
		for _, fact := range facts {
			known[fact]++
		}
		fmt.Fprintf(&rows, "| [`%s`](%s/README.md) | %s | %s | %s |\n", f.Kind.Name(), f.Name, strings.Join(each(f.Kind.Aliases(), code), ", "),
			syntax.Visible(f.Kind.Description()), strings.Join(facts, ", "))
	}
	var counts []string
	for _, fact := range slices.Sorted(maps.Keys(known)) {
		counts = append(counts, fmt.Sprintf("%s %d", fact, known[fact]))
	}
	return fmt.Sprintf(`# The kinds

<!-- generated from the folders by go test ./conformance -update -->

%d kinds; %d say something of the model itself: %s. [REFERENCE.md](REFERENCE.md) is the language, [SOURCES.md](SOURCES.md)
what is not established, [OTHERS.md](OTHERS.md) what is no kind, and why, and
[FACTS.md](FACTS.md) what each definition could give of a model beside that. Every fact is shown by a case.

| kind | aliases | backend | what it says of the model |
| --- | --- | --- | --- |
%s`, len(folders), telling, strings.Join(counts, ", "), rows.String())
}
