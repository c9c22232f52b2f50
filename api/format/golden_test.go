package format

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/maas-kinds/maas/api/catalog"
	"github.com/maas-kinds/maas/conformance/golden"
)

// What each form makes of a model of which nothing is known, of one of which all is,
// of one of each type, and of one that is not ready. The real readers of the forms are
// tried in conformance/clients.
func TestForms(t *testing.T) {
	models := []*catalog.Model{
		plain(), full(),
		typed("complete", "completion"), typed("embed", "embedding"), typed("rank", "rerank"), typed("hear", "transcription"),
		typed("speak", "speech"), typed("paint", "image"), typed("film", "video"), typed("sort", "classification"),
		plain(func(m *catalog.Model) { m.ID, m.SupportedEndpoints = "only-embeddings", []string{"/v1/embeddings"} }),
		plain(func(m *catalog.Model) { m.ID, m.Ready = "not-ready", false }),
	}
	for _, form := range Forms() {
		t.Run(form.Name, func(t *testing.T) {
			golden.Compare(t, filepath.Join("testdata", form.Name+".json"), readable(t, written(t, form, models...)))
		})
	}
}

// readable is every document, indented.
func readable(t *testing.T, body string) string {
	t.Helper()
	var text bytes.Buffer
	for document := range strings.SplitAfterSeq(body, "---\n") {
		if rest, found := strings.CutSuffix(document, "---\n"); rest == "" && found {
			continue
		}
		if err := json.Indent(&text, []byte(strings.TrimSuffix(document, "---\n")), "", "  "); err != nil {
			t.Fatalf("%v\n%s", err, document)
		}
	}
	return text.String()
}
