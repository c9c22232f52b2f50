package registry_test

import (
	"strings"
	"testing"

	"github.com/maas-kinds/maas/engine/registry"
)

// What is held is not in force, and what was stays.
func TestHeld(t *testing.T) {
	t.Parallel()
	const origin = "modelkinds"
	parser, err := registry.NewParser()
	if err != nil {
		t.Fatal(err)
	}
	document := func(source, path string, held bool) registry.SpecDocument {
		doc, err := parser.Document(source, source+"/widget", []byte(strings.Replace(`{apiVersion: maas.opendatahub.io/v1alpha1, kind: ModelKind, metadata: {name: widget}, spec: {
  description: d, referent: {group: example.com, kind: Widget, versions: [v1]}, health: [{is: Ready, when: [{condition: Ready, status: "True"}]}], endpoint: [{path: PATH}]}}`, "PATH", path, 1)))
		if err != nil {
			t.Fatal(err)
		}
		doc.Held = held
		return doc
	}
	// Documents of one origin, one after the other; the file is an earlier source.
	for name, tc := range map[string]struct {
		why       string
		documents []registry.SpecDocument
		want      string // the endpoint's path in force
		held      bool
	}{
		"a newcomer":        {"the kind of the file stays", []registry.SpecDocument{document(origin, "$.new", true)}, "$.file", true},
		"a newer revision":  {"the one before stays", []registry.SpecDocument{document(origin, "$.old", false), document(origin, "$.new", true)}, "$.old", true},
		"the same revision": {"there is nothing to hold back", []registry.SpecDocument{document(origin, "$.old", false), document(origin, "$.old", true)}, "$.old", false},
		"one more edit":     {"the last one that was in force stays", []registry.SpecDocument{document(origin, "$.old", false), document(origin, "$.new", true), document(origin, "$.newer", true)}, "$.old", true},
		"with faults":       {"its faults are nobody's", []registry.SpecDocument{document(origin, "$.old", false), document(origin, "$.new[", true)}, "$.old", true},
		"released":          {"it is in force", []registry.SpecDocument{document(origin, "$.old", false), document(origin, "$.new", true), document(origin, "$.new", false)}, "$.new", false},
		"given up":          {"nothing is held any more", []registry.SpecDocument{document(origin, "$.old", false), document(origin, "$.new", true), document(origin, "$.old", true)}, "$.old", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := registry.New("file", origin).Next(registry.Contents{Source: "file", Documents: []registry.SpecDocument{document("file", "$.file", false)}})
			for _, doc := range tc.documents {
				now = now.Next(registry.Contents{Source: origin, Documents: []registry.SpecDocument{doc}})
			}
			k, ok := now.Set().Lookup("Widget")
			if !ok || k.Spec().Endpoint[0].Path != tc.want {
				t.Fatalf("%s: in force is %v, want %s", tc.why, k, tc.want)
			}
			if faults, refused := now.Set().Refusal("Widget"); refused {
				t.Errorf("%s: models are told of faults: %v", tc.why, faults)
			}
			if entry := now.Entries()[1]; entry.Held != tc.held || len(entry.Refused) > 0 {
				t.Errorf("%s: the entry is held: %t, want %t; refused for %v", tc.why, entry.Held, tc.held, entry.Refused)
			}
		})
	}
}
