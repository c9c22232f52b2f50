package registry_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/registry"
)

// What a document brings of before this process counts until a revision is in force
// in it.
func TestLastGoodOfADocument(t *testing.T) {
	t.Parallel()
	const origin = "objects"
	parser, err := registry.NewParser()
	if err != nil {
		t.Fatal(err)
	}
	document := func(file, content string, generation int64) registry.SpecDocument {
		d, err := parser.Document(origin, origin+"/"+file, []byte(content))
		if err != nil {
			t.Fatal(err)
		}
		d.Stored = &registry.Stored{Generation: generation}
		return d
	}
	after := func(d registry.SpecDocument, last registry.SpecDocument) registry.SpecDocument {
		d.LastGood = &last
		return d
	}
	text := func(name string, aliases ...string) string { return string(spec(name, aliases...).Data) }
	wanting := strings.Replace(text("A"), "spec:", "spec:\n  parameters: {proxyURL: {type: URL, description: where}}", 1)
	bad := string(broken.Data)
	for name, tc := range map[string]struct {
		turns []([]registry.SpecDocument)
		// want has "NAME from FILE: ALIASES" and the generation for each kind in force.
		want map[string]int64
	}{
		"broken, with a last good one": {
			[][]registry.SpecDocument{{after(document("a", bad, 2), document("a", text("A", "X"), 1))}},
			map[string]int64{"A objects/a X": 1}},
		"broken, with none": {
			[][]registry.SpecDocument{{document("a", bad, 2)}}, map[string]int64{}},
		"good, and so is the last": {
			[][]registry.SpecDocument{{after(document("a", text("A", "Y"), 2), document("a", text("A", "X"), 1))}},
			map[string]int64{"A objects/a Y": 2}},
		"mended, and broken again: the mended one stays": {
			[][]registry.SpecDocument{
				{after(document("a", bad, 2), document("a", text("A", "X"), 1))},
				{after(document("a", text("A", "Y"), 3), document("a", text("A", "X"), 1))},
				{after(document("a", bad, 4), document("a", text("A", "X"), 1))}},
			map[string]int64{"A objects/a Y": 3}},
		"deleted, and made again without a past": {
			[][]registry.SpecDocument{
				{after(document("a", bad, 2), document("a", text("A", "X"), 1))}, nil, {document("a", bad, 1)}},
			map[string]int64{}},
		"it holds its names against a newcomer that comes first": {
			[][]registry.SpecDocument{{document("0", text("B", "X"), 1), after(document("a", bad, 2), document("a", text("A", "X"), 1))}},
			map[string]int64{"A objects/a X": 1}},
		"the newest claims what another holds": {
			[][]registry.SpecDocument{{document("0", text("B", "Y"), 1), after(document("a", text("A", "Y"), 2), document("a", text("A", "X"), 1))}},
			map[string]int64{"B objects/0 Y": 1, "A objects/a X": 1}},
		"the last good one lacks a parameter": {
			[][]registry.SpecDocument{{after(document("a", bad, 2), document("a", wanting, 1))}}, map[string]int64{}},
		"the last good one lacks a parameter, and the newest wants none": {
			[][]registry.SpecDocument{{after(document("a", text("A"), 2), document("a", wanting, 1))}},
			map[string]int64{"A objects/a": 2}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := registry.New(origin).WithParameters(kind.NoParameters("p.yaml"))
			for _, documents := range tc.turns {
				r = r.Next(registry.Contents{Source: origin, Documents: documents})
			}
			got := map[string]int64{}
			for _, e := range r.Entries() {
				if serving := e.Serving(); serving != nil {
					got[strings.TrimSpace(strings.Join(append([]string{e.InForce.Name(), e.File}, e.InForce.Aliases()...), " "))] = serving.Generation
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("in force, and of which generation (-want +got):\n%s", diff)
			}
		})
	}
}
