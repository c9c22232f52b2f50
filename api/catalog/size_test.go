package catalog

import (
	"bytes"
	"log/slog"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

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
			Capabilities: list(strings.Repeat(letter, 64), 64), Aliases: list(strings.Repeat(letter, 64), 64), Adapters: list(strings.Repeat(letter, 64), 64),
			UseCase: strings.Repeat(letter, 256), Quantization: strings.Repeat(letter, 64), Source: strings.Repeat(letter, 512), Revision: strings.Repeat(letter, 256),
			InputModalities: v1alpha1.Modalities(), OutputModalities: v1alpha1.Modalities(),
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
			if len(entry.JSON) > 24<<10 || !bytes.Contains(entry.JSON, []byte(`"id":"m`)) {
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

// One namespace does not fill everybody's list: its oldest models are listed as far
// as they fit, and the log says once what is missing and how to have it.
func TestNamespaceIsBounded(t *testing.T) {
	plain := len(render(t, newRenderer(t), model("a", "m0", 0)).Entries()[0].JSON)
	of := func(namespace string, n int) []*v1alpha1.MaaSModel {
		models := make([]*v1alpha1.MaaSModel, n)
		for i := range models {
			models[i] = model(namespace, "m"+strconv.Itoa(i), int64(i), id(namespace+"/m"+strconv.Itoa(i)))
		}
		return models
	}
	named := func(namespace string, numbers ...int) (ids []string) {
		for _, i := range numbers {
			name := namespace + "/m" + strconv.Itoa(i)
			ids = append(ids, name+"="+name)
		}
		return ids
	}
	// Two bytes for each of the longer ids.
	plain += len("a/")
	for name, test := range map[string]struct {
		most    int
		models  []*v1alpha1.MaaSModel
		want    []string
		leftOut int
		says    []string
	}{
		"no bound":                      {0, of("a", 4), named("a", 0, 1, 2, 3), 0, nil},
		"exactly as many as fit":        {4 * plain, of("a", 4), named("a", 0, 1, 2, 3), 0, nil},
		"a byte less":                   {4*plain - 1, of("a", 4), named("a", 0, 1, 2), 1, []string{"namespace=a", "models=1"}},
		"the oldest stay":               {2 * plain, of("a", 6), named("a", 0, 1), 4, []string{"namespace=a", "models=4", "--max-namespace-bytes"}},
		"other namespaces lose nothing": {2 * plain, append(of("a", 6), of("b", 2)...), append(named("a", 0, 1), named("b", 0, 1)...), 4, []string{"namespace=a"}},
		"models without an endpoint take none of it": {plain, append(of("a", 1), model("a", "m9", -5, noEndpoint)), named("a", 0), 0, nil},
		"a shorter one is not listed before an older": {3*plain + plain/2, append(of("a", 3), model("a", "longer", 4, id("a/longer"), func(m *v1alpha1.MaaSModel) {
			m.Status.Model = &v1alpha1.ModelInfo{Description: strings.Repeat("x", 2000)}
		}), model("a", "x", 5, id("a/x"), func(m *v1alpha1.MaaSModel) { m.Status.Endpoint = "http://x" })), named("a", 0, 1, 2), 2, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			r := newRenderer(t)
			r.Most, r.Log = test.most, slog.New(slog.NewTextHandler(&log, nil))
			s := render(t, r, test.models...)
			if diff := cmp.Diff(test.want, listed(s)); diff != "" || s.LeftOut != test.leftOut {
				t.Errorf("%d are left out, want %d (-want +got):\n%s", s.LeftOut, test.leftOut, diff)
			}
			for _, words := range test.says {
				if !strings.Contains(log.String(), words) {
					t.Errorf("the log does not say %q: %s", words, log.String())
				}
			}
			if test.leftOut == 0 && log.Len() > 0 {
				t.Errorf("the log says %s", log.String())
			}
			said := log.Len()
			render(t, r, test.models...)
			if log.Len() != said {
				t.Error("it is said again although nothing has changed")
			}
			render(t, r)
			if again := strings.Contains(log.String(), "listed again"); again != (test.leftOut > 0) {
				t.Errorf("when there is room again the log says %s", log.String()[said:])
			}
		})
	}
}
