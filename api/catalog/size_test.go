package catalog

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// One model makes nobody's list long: what it adds is bounded, and the log says
// whose words are left out.
func TestEntryIsBounded(t *testing.T) {
	list := func(entry string, n int) []string {
		all := make([]string, n)
		for i := range all {
			all[i] = entry
		}
		return all
	}
	// As much as the controller takes.
	most := func(letter string) *v1alpha1.ModelInfo {
		return &v1alpha1.ModelInfo{
			DisplayName: strings.Repeat(letter, 256), Description: strings.Repeat(letter, 2048), ContextLength: 1 << 40, MaxOutputTokens: 1 << 40,
			Capabilities: list(strings.Repeat(letter, 64), 64), Aliases: list(strings.Repeat(letter, 64), 64),
		}
	}
	for name, test := range map[string]struct {
		info *v1alpha1.ModelInfo
		cut  bool
	}{
		"nothing is said":                           {nil, false},
		"as much as the controller takes":           {most("x"), false},
		"as much of what JSON escapes":              {most("<"), true},
		"a megabyte, by whoever may write statuses": {&v1alpha1.ModelInfo{Description: strings.Repeat("x", 1<<20)}, true},
		"a hundred thousand entries":                {&v1alpha1.ModelInfo{Aliases: list("x", 100_000)}, true},
		"a number is kept where the words are not":  {&v1alpha1.ModelInfo{ContextLength: 4096, Description: strings.Repeat("x", 1<<20)}, true},
		"a name that is long, and fits":             {&v1alpha1.ModelInfo{DisplayName: strings.Repeat("x", 12<<10)}, false},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			r := newRenderer(t)
			r.Log = slog.New(slog.NewTextHandler(&log, nil))
			longest := model(strings.Repeat("n", 63), strings.Repeat("m", 253), 0, func(m *v1alpha1.MaaSModel) {
				m.Status.Endpoint = "https://" + strings.Repeat("m", 2040)
				m.Status.Model = test.info
			})
			entry := render(t, r, longest).Entries()[0]
			if len(entry.JSON) > 16<<10 || !bytes.Contains(entry.JSON, []byte(`"id":"m`)) {
				t.Errorf("it has %d bytes: %.200s", len(entry.JSON), entry.JSON)
			}
			if test.cut != strings.Contains(log.String(), "a model is listed without its name") {
				t.Errorf("the log says %q", log.String())
			}
			if test.info != nil && test.info.ContextLength > 0 && !bytes.Contains(entry.JSON, []byte(`"context_length":`)) {
				t.Errorf("the numbers are lost: %s", entry.JSON)
			}
			logged := log.Len()
			render(t, r, longest)
			if log.Len() != logged {
				t.Error("it is said again although the model has not changed")
			}
		})
	}
}
