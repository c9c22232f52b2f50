package authors_test

import (
	"fmt"
	"strings"
)

// sizes are folders with more in them than anybody writes.
func sizes() []attack {
	const why = "a folder that takes the machine of whoever looks at it"
	padding := "#" + strings.Repeat("x", 1<<20-4096) + "\n"
	return []attack{
		{name: "sizes/many files", why: why, command: lint(), exit: 1, says: []string{"kinds: ", "more than 1000 entries"}, notices: []fault{keepsSilent},
			author: func(s *scene) { s.fill("kinds/", 1001, ".yaml", "x: 1\n") }},
		{name: "sizes/many folders", why: why, command: prove(), exit: 1, says: []string{"kinds: ", "more than 1000 entries"},
			author: func(s *scene) { s.fill("kinds/K", 1001, "/kind.yaml", "x: 1\n") }},
		{name: "sizes/many cases", why: why, command: prove(), exit: 1, says: []string{caseFile, "maximum 1000 items"},
			author: func(s *scene) {
				s.write(caseFile, s.read(caseFile), strings.Repeat("    - {name: x, description: One of very many.}\n", 1001))
			}},
		{name: "sizes/a thousand faulty kinds", why: why, command: lint(), exit: 1, says: []string{"kinds/K1.yaml"},
			author: func(s *scene) { s.fill("kinds/K", 900, ".yaml", "x: 1\n") }},
		{name: "sizes/seventeen megabytes of kinds", why: why, command: lint(), exit: 1, says: []string{"all that is read of one source"}, long: true,
			author: func(s *scene) {
				for i := range 17 {
					s.write(fmt.Sprintf("kinds/k%02d.yaml", i), strings.Replace(s.read(kindFile), "name: widget", fmt.Sprintf("name: k%02d", i), 1), padding)
				}
			}},
		{name: "sizes/many files of CRDs", why: why, command: pinAll(), exit: 1, says: []string{"crds", "more than 10000 files"}, long: true, writes: []string{pinFile},
			author: func(s *scene) { s.fill("crds/", 10_001, ".yaml", "x: 1\n") }},
		{name: "sizes/many large files beside CRDs", why: why, command: pinAll(), writes: []string{pinFile}, long: true,
			author: func(s *scene) { s.fill("crds/", 40, ".yaml", "x: ["+strings.Repeat("1,", 1<<20)+"1]\n") }},
		{name: "sizes/folders in folders", why: why, command: pinAll(), writes: []string{pinFile},
			author: func(s *scene) { s.write("crds/"+strings.Repeat("d/", 800)+"a.yaml", "x: 1\n") }},
		{name: "sizes/a backend among forty thousand objects", why: why, command: explain(), long: true,
			author: func(s *scene) {
				s.write(objectFile, s.read(objectFile), "---\n{apiVersion: v1, kind: List, items: [",
					strings.Repeat("{apiVersion: v1, kind: Pod, metadata: {name: a}},\n", 40_000), "]}\n")
			}},
		{name: "sizes/fifty thousand conditions", why: why, command: explain(),
			author: func(s *scene) {
				s.replace(objectFile, "  conditions:\n", "  conditions:\n"+strings.Repeat("  - {type: X, status: \"False\", message: m}\n", 50_000))
			}},
		{name: "sizes/a message of four megabytes", why: why, command: explain(),
			author: func(s *scene) {
				s.replace(objectFile, "{type: Ready, status: \"True\", reason: Serving}", "{type: Ready, status: \"False\", reason: "+strings.Repeat("r", 1<<20)+", message: \""+strings.Repeat("m", 2<<20)+"\"}")
			}},
	}
}

// pinAll takes CRDs from a folder.
func pinAll() []string {
	return []string{"pin", "--upstream", "example/widgets@v1", "--crd", "crds", "kinds/Widget"}
}

// fill makes many files.
func (s *scene) fill(prefix string, n int, suffix, content string) {
	s.t.Helper()
	for i := range n {
		s.write(fmt.Sprintf("%s%d%s", prefix, i, suffix), content)
	}
}
