package question

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/api/catalog"
)

func TestShow(t *testing.T) {
	hostile := catalog.Model{ID: "m", OwnedBy: "a", Name: `","url":"http://evil.test`, Description: "\\\" } ] , { [ \u202e</script>", Capabilities: []string{`a","b`, "]"},
		Details: map[string]string{`k"ey`: `},{"id":"x"`}, Pricing: &catalog.Pricing{Prompt: "1", Currency: "USD"}}
	checked := time.Date(2026, 11, 27, 1, 2, 3, 456_789_000, time.FixedZone("", 3600)).UnixNano()
	const access = `"access":{"checked_at":"2026-11-27T00:02:03.456Z","latency_ms":12.3}}`
	reported := &Reported{ContextLength: 4096, Names: []string{`},"`}}
	const told = `"reported":{"context_length":4096,"names":["},\""]}}`
	for name, test := range map[string]struct {
		model   catalog.Model
		fields  string
		checked int64
		want    string
	}{
		"OpenAI's four alone":            {hostile, "id", 0, `{"id":"m","object":"model","created":0,"owned_by":"a"}`},
		"one that is not known":          {hostile, "license", 0, `{"id":"m","object":"model","created":0,"owned_by":"a"}`},
		"a text that looks like another": {hostile, "name", 0, `{"id":"m","object":"model","created":0,"owned_by":"a","name":"\",\"url\":\"http://evil.test"}`},
		"objects and lists": {
			hostile, "pricing,capabilities,details", 0,
			`{"id":"m","object":"model","created":0,"owned_by":"a","capabilities":["a\",\"b","]"],"pricing":{"prompt":"1","currency":"USD"},"details":{"k\"ey":"},{\"id\":\"x\""}}`,
		},
		"the last one":                           {catalog.Model{ID: "m", NotReady: &catalog.NotReady{Reason: "R"}}, "not_ready", 0, `{"id":"m","object":"model","created":0,"owned_by":"","not_ready":{"reason":"R"}}`},
		"access beside them":                     {catalog.Model{ID: "m"}, "access", checked, `{"id":"m","object":"model","created":0,"owned_by":"",` + access},
		"access beside all":                      {catalog.Model{ID: "m"}, "*,access", checked, `{"id":"m","object":"model","created":0,"owned_by":"","url":"","ready":false,"kind":"",` + access},
		"what was reported":                      {catalog.Model{ID: "m"}, "reported", checked, `{"id":"m","object":"model","created":0,"owned_by":"",` + told},
		"what was reported behind access":        {catalog.Model{ID: "m"}, "reported,access", checked, `{"id":"m","object":"model","created":0,"owned_by":"",` + strings.TrimSuffix(access, "}") + "," + told},
		"no access where nobody was asked":       {catalog.Model{ID: "m"}, "id,access", 0, `{"id":"m","object":"model","created":0,"owned_by":""}`},
		"nor beside all, which stays as it is":   {catalog.Model{ID: "m"}, "*,access", 0, `{"id":"m","object":"model","created":0,"owned_by":"","url":"","ready":false,"kind":""}`},
		"and all is what the catalog has anyway": {catalog.Model{ID: "m"}, "*", checked, `{"id":"m","object":"model","created":0,"owned_by":"","url":"","ready":false,"kind":""}`},
	} {
		t.Run(name, func(t *testing.T) {
			entry := shelf(t, test.model)[0]
			got := ask(t, "fields="+test.fields).Fields.Show([]byte("before"), entry.JSON, Told{Checked: test.checked, Took: 12_349 * time.Microsecond, Reported: reported})
			if diff := cmp.Diff("before"+test.want, string(got)); diff != "" || !json.Valid(got[len("before"):]) {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Each field alone is what the whole entry has, of any model.
func FuzzShow(f *testing.F) {
	f.Add("name", "text", "key")
	f.Add(`\"`, `,}{][`, "\u2028\xff\x00")
	f.Fuzz(func(t *testing.T, name, description, key string) {
		entry := shelf(t, catalog.Model{ID: "m", Name: name, Description: description, Capabilities: []string{key, name}, Details: map[string]string{key: description}})[0]
		var whole map[string]json.RawMessage
		if err := json.Unmarshal(entry.JSON, &whole); err != nil {
			t.Fatal(err)
		}
		for _, field := range modelFields() {
			want := map[string]json.RawMessage{"id": whole["id"], "object": whole["object"], "created": whole["created"], "owned_by": whole["owned_by"]}
			if value, known := whole[field]; known {
				want[field] = value
			}
			var got map[string]json.RawMessage
			if err := json.Unmarshal(ask(t, "fields="+field).Fields.Show(nil, entry.JSON, Told{}), &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", field, diff)
			}
		}
	})
}
