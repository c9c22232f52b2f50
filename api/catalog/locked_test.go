package catalog

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/api/access"
	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/registry"
)

// What of a MaaSModel's annotations comes to those whom its backend turns away.
func TestLocked(t *testing.T) {
	const yes, how, other = v1alpha1.AnnotationDiscoverable, v1alpha1.AnnotationAccessRequest, v1alpha1.AnnotationDescription
	for name, test := range map[string]struct {
		annotations map[string]string
		kept        map[string]string
		want        string
	}{
		"no annotations":                 {nil, nil, ""},
		"a text alone":                   {map[string]string{how: "ask"}, nil, ""},
		"not true":                       {map[string]string{yes: "True", how: "ask"}, nil, ""},
		"false":                          {map[string]string{yes: "false"}, nil, ""},
		"without a text":                 {map[string]string{yes: "true", other: "x"}, map[string]string{yes: "true"}, `{"id":"granite","object":"model.locked"}`},
		"with one":                       {map[string]string{yes: "true", how: "Ask in #ml"}, map[string]string{yes: "true", how: "Ask in #ml"}, `{"id":"granite","object":"model.locked","how":"Ask in #ml"}`},
		"lines become one":               {map[string]string{yes: "true", how: " Ask\r\n\tin  #ml\n"}, map[string]string{yes: "true", how: "Ask in #ml"}, `{"id":"granite","object":"model.locked","how":"Ask in #ml"}`},
		"blanks are no text":             {map[string]string{yes: "true", how: " \n "}, map[string]string{yes: "true"}, `{"id":"granite","object":"model.locked"}`},
		"what steers a terminal is seen": {map[string]string{yes: "true", how: "\x1b[2Ja\u202eb"}, map[string]string{yes: "true", how: `\u001b[2Ja\u202eb`}, `{"id":"granite","object":"model.locked","how":"\\u001b[2Ja\\u202eb"}`},
		"markup is escaped":              {map[string]string{yes: "true", how: "<a>"}, map[string]string{yes: "true", how: "<a>"}, `{"id":"granite","object":"model.locked","how":"\u003ca\u003e"}`},
	} {
		t.Run(name, func(t *testing.T) {
			m := &v1alpha1.MaaSModel{}
			m.Namespace, m.Name, m.Annotations = "llm", "granite", test.annotations
			m.Status.Endpoint, m.Status.Kind = "https://granite.llm.svc", "llmisvc"
			projected, err := project(m)
			if err != nil {
				t.Fatal(err)
			}
			kept, ok := projected.(*v1alpha1.MaaSModel)
			if !ok {
				t.Fatalf("%T", projected)
			}
			if diff := cmp.Diff(test.kept, kept.Annotations); diff != "" {
				t.Errorf("kept (-want +got):\n%s", diff)
			}
			if got := lockedIn(t, kept); got != test.want {
				t.Errorf("locked is %s, want %s", got, test.want)
			}
		})
	}
	t.Run("a text of any length", func(t *testing.T) {
		for _, text := range []string{strings.Repeat("ä", 1<<17), strings.Repeat("\u202e", 4000), strings.Repeat(" x", 4000), "x" + strings.Repeat("ä", 255) + "€€€"} {
			if got := howOf(map[string]string{how: text}); len(got) > maxHow || len(got) < maxHow/2 || strings.ToValidUTF8(got, "") != got {
				t.Errorf("%d bytes: %q", len(got), got)
			}
		}
	})
}

func lockedIn(t *testing.T, model *v1alpha1.MaaSModel) string {
	t.Helper()
	policy, err := access.NewPolicy([]string{".svc"}, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	snapshot, err := (&Renderer{Kinds: kind.NewLive(registry.New().Set()), Policy: policy}).Render([]*v1alpha1.MaaSModel{model}, time.Unix(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	return string(snapshot.Entries()[0].Locked)
}
