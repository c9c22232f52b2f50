package kind_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/engine/kind"
)

// Of a reply a number and names are taken, of the types that they have to be, and
// no more than of a backend's object. The bodies of vLLM are those of its
// ModelCard (vllm-project/vllm 040a2cc, vllm/entrypoints/openai/engine/protocol.py).
func TestReply(t *testing.T) {
	k := widget(t, `  health: [{is: Ready, when: [{condition: Ready, status: "True"}]}]
  endpoint: [{path: $.status.url}]
  probe: {reply: {contextLength: "$.data[*].max_model_len", names: "$.data[*].id"}}
`)
	entries := func(n int, entry string) string {
		return `{"data":[` + strings.TrimSuffix(strings.Repeat(entry+",", n), ",") + `]}`
	}
	many := make([]string, 0, 100)
	for i := range 100 {
		many = append(many, fmt.Sprintf(`{"id":"m%d"}`, i))
	}
	for name, test := range map[string]struct {
		body string
		want kind.Reported
	}{
		"vLLM with an adapter": {
			`{"object":"list","data":[{"id":"granite","object":"model","max_model_len":32768},{"id":"sql","parent":"granite","max_model_len":null}]}`,
			kind.Reported{ContextLength: 32768, Names: []string{"granite", "sql"}},
		},
		"a name twice":                {`{"data":[{"id":"a"},{"id":"a"}]}`, kind.Reported{Names: []string{"a"}}},
		"a name that steers":          {`{"data":[{"id":"a\u001b[2J\u202eb"}]}`, kind.Reported{Names: []string{"a[2Jb"}}},
		"a name that is a number":     {`{"data":[{"id":7}]}`, kind.Reported{}},
		"a name with commas is one":   {`{"data":[{"id":"a,b"}]}`, kind.Reported{Names: []string{"a,b"}}},
		"a name that is too long":     {`{"data":[{"id":"` + strings.Repeat("x", 300) + `"}]}`, kind.Reported{}},
		"a context that is none":      {`{"data":[{"max_model_len":-1},{"max_model_len":0.5},{"max_model_len":"x"},{"max_model_len":4096}]}`, kind.Reported{ContextLength: 4096}},
		"a context beyond all":        {`{"data":[{"max_model_len":1e300}]}`, kind.Reported{}},
		"a hundred names":             {`{"data":[` + strings.Join(many, ",") + `]}`, kind.Reported{Names: idsOf(64)}},
		"no list":                     {`{"data":{}}`, kind.Reported{}},
		"half of a body":              {`{"data":[{"id":"a"}`, kind.Reported{}},
		"no JSON":                     {`<html>`, kind.Reported{}},
		"nothing":                     {``, kind.Reported{}},
		"entries that are no objects": {entries(20_000, `0`), kind.Reported{}},
		"brackets without end":        {strings.Repeat("[", 60_000), kind.Reported{}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, k.Probe().Reply.Read([]byte(test.body))); diff != "" {
				t.Errorf("reported (-want +got):\n%s", diff)
			}
		})
	}
}

func idsOf(n int) []string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf("m%d", i))
	}
	return all
}
