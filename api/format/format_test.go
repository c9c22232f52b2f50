package format

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/api/catalog"
)

func TestBaseURL(t *testing.T) {
	for name, test := range map[string]struct{ endpoint, want string }{
		"an endpoint":                    {"https://h/llm/granite", "https://h/llm/granite/v1"},
		"a host alone":                   {"http://10.0.0.1:8080", "http://10.0.0.1:8080/v1"},
		"a slash at its end":             {"https://h/llm/", "https://h/llm/v1"},
		"one with /v1 at its end":        {"https://h/saas/v1", "https://h/saas/v1"},
		"and a slash":                    {"https://h/saas/v1/", "https://h/saas/v1"},
		"/v1 elsewhere":                  {"https://h/v1/llm", "https://h/v1/llm/v1"},
		"what only ends so":              {"https://h/xv1", "https://h/xv1/v1"},
		"another version":                {"https://h/openai/v2", "https://h/openai/v2/v1"},
		"what is escaped stays so":       {"https://h/a%2Fb", "https://h/a%2Fb/v1"},
		"braces, which programs replace": {"https://h/${HOME}/{env:X}", "https://h/$%7BHOME%7D/%7Benv:X%7D/v1"},
		"also where nothing parses":      {"https://h/%zz/${HOME}", "https://h/%zz/$%7BHOME%7D/v1"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := baseURL(plain(func(m *catalog.Model) { m.URL = test.endpoint })); got != test.want {
				t.Errorf("%s: %s, want %s", test.endpoint, got, test.want)
			}
		})
	}
}

func TestServedName(t *testing.T) {
	for name, test := range map[string]struct {
		id      string
		aliases []string
		want    string
	}{
		"the first of its aliases":         {"granite", []string{"ibm-granite/granite-3.1-8b", "other"}, "ibm-granite/granite-3.1-8b"},
		"an empty one is none":             {"granite", []string{"", "g"}, "g"},
		"no aliases: its own name":         {"granite", nil, "granite"},
		"which the backend has no id for":  {"llm/granite", nil, "granite"},
		"a name is not cut by another one": {"other/granite", nil, "other/granite"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := servedName(plain(func(m *catalog.Model) { m.ID, m.Aliases = test.id, test.aliases })); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
	}
}

// Backstage knows its entities by namespace and name, in 63 characters, without telling
// cases apart.
func TestEntityNames(t *testing.T) {
	long := strings.Repeat("granite.3-1-", 21)
	seen := map[string]string{}
	for _, name := range []string{"g", "granite-3.1", strings.Repeat("a", 63), strings.Repeat("a", 64), strings.Repeat("a", 65),
		long + "a", long + "b", strings.Repeat("a", 36), strings.Repeat("b-", 100) + "b"} {
		got := entityName(name)
		if !regexp.MustCompile(`^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$`).MatchString(got) || len(got) > 63 {
			t.Errorf("%s is called %s", name, got)
		}
		if other, taken := seen[strings.ToLower(got)]; taken {
			t.Errorf("%s and %s are both called %s", name, other, got)
		}
		seen[strings.ToLower(got)] = name
		if len(name) <= 63 && got != name {
			t.Errorf("%s is called %s, without need", name, got)
		}
	}
}

func TestPrices(t *testing.T) {
	for text, want := range map[string][2]string{
		"0.00000015": {"0.00000015", "0.15"}, "0": {"0", "0"}, "0.0": {"0.0", "0"}, "00.5": {"0.5", "500000"}, "007": {"7", "7000000"},
		"1": {"1", "1000000"}, "0.000000000000000001": {"0.000000000000000001", "0.000000000001"}, "000": {"0", "0"},
	} {
		got := price(text)
		if diff := cmp.Diff(want, [2]string{got, perMillion(got)}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
	euro := plain(func(m *catalog.Model) { m.Pricing = &catalog.Pricing{Prompt: "1", Completion: "2", Currency: "EUR"} })
	if prompt, completion := prices(euro); prompt != "" || completion != "" {
		t.Errorf("%s and %s EUR are taken for US dollars", prompt, completion)
	}
}

func TestHuggingFaceIDs(t *testing.T) {
	for source, want := range map[string]string{
		"hf://Qwen/Qwen2.5-7B-Instruct": "Qwen/Qwen2.5-7B-Instruct", "hf://Qwen/Qwen2.5:main": "Qwen/Qwen2.5", "hf://Qwen/Qwen2.5@abc": "Qwen/Qwen2.5",
		"https://huggingface.co/ibm/granite/tree/main": "ibm/granite", "hf://granite": "", "hf:///x": "", "s3://b/m": "", "": "", "Qwen/Qwen2.5": "",
	} {
		got := ""
		if id := huggingFaceID(plain(func(m *catalog.Model) { m.Source = source })); id != nil {
			got = *id
		}
		if got != want {
			t.Errorf("%q is %q, want %q", source, got, want)
		}
	}
}

func TestParts(t *testing.T) {
	var models []*catalog.Model
	for _, id := range []string{"a", "c", "e", "g"} {
		models = append(models, typed(id, "chat"))
	}
	for name, test := range map[string]struct {
		part Part
		any  bool // the order is another than that of ids
		want string
	}{
		"the beginning":                      {part: Part{Limit: 2}, want: "a c more"},
		"all":                                {part: Part{Limit: 4}, want: "a c e g"},
		"twenty at most":                     {part: Part{}, want: "a c e g"},
		"what follows":                       {part: Part{Limit: 2, After: "a"}, want: "c e more"},
		"to the end":                         {part: Part{Limit: 2, After: "c"}, want: "e g"},
		"behind a model that is gone":        {part: Part{Limit: 1, After: "d"}, want: "e more"},
		"behind the last":                    {part: Part{After: "g"}, want: ""},
		"behind all":                         {part: Part{After: "z"}, want: ""},
		"what stands in front, next to it":   {part: Part{Limit: 2, Before: "g"}, want: "c e more"},
		"to the beginning":                   {part: Part{Limit: 2, Before: "e"}, want: "a c"},
		"in front of a model that is gone":   {part: Part{Limit: 1, Before: "d"}, want: "c more"},
		"in front of the first":              {part: Part{Before: "a"}, want: ""},
		"in front of all":                    {part: Part{Before: "A"}, want: ""},
		"in another order, behind a model":   {part: Part{Limit: 1, After: "c"}, any: true, want: "e more"},
		"in another order, behind none":      {part: Part{After: "d"}, any: true, want: "unknown"},
		"in another order, in front of none": {part: Part{Before: "d"}, any: true, want: "unknown"},
		"in another order, the beginning":    {part: Part{Limit: 1}, any: true, want: "a more"},
	} {
		t.Run(name, func(t *testing.T) {
			part, more, ok := test.part.Of(models, !test.any)
			var got []string
			for _, m := range part {
				got = append(got, m.ID)
			}
			if more {
				got = append(got, "more")
			}
			if !ok {
				got = []string{"unknown"}
			}
			if diff := cmp.Diff(test.want, strings.Join(got, " ")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A list without models is one all the same.
func TestNoModels(t *testing.T) {
	want := map[string]string{
		"anthropic":  `{"data":[],"has_more":false,"first_id":null,"last_id":null}`,
		"backstage":  "---\n",
		"librechat":  `{"version":"1.3.17","endpoints":{"custom":[]}}`,
		"litellm":    `{"model_list":[]}`,
		"ollama":     `{"models":[]}`,
		"openrouter": `{"data":[],"links":{"next":null},"total_count":0}`,
		"opencode": `{"$schema":"https://opencode.ai/config.json","provider":{"maas":{"npm":"@ai-sdk/openai-compatible",` +
			`"name":"Models as a Service","options":{"apiKey":"{env:MAAS_API_KEY}"},"models":{}}}}`,
	}
	for _, form := range Forms() {
		if diff := cmp.Diff(want[form.Name], strings.TrimSuffix(written(t, form), "\n")); diff != "" && form.Name != "backstage" {
			t.Errorf("%s (-want +got):\n%s", form.Name, diff)
		}
	}
}

// BenchmarkForms writes 1,000 models of which everything is known.
func BenchmarkForms(b *testing.B) {
	var models []*catalog.Model
	for i := range 1000 {
		m := full()
		m.ID = fmt.Sprint("llm/qwen-", i)
		models = append(models, m)
	}
	for _, form := range Forms() {
		b.Run(form.Name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := form.Write(discarded{}, models, false); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

type discarded struct{}

func (discarded) Write(p []byte) (int, error) { return len(p), nil }
