package kind_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/engine/registry"
)

// A path whose work grows faster than the object is a fault, with what to write.
func TestPathsThatRepeatWork(t *testing.T) {
	const descends, root = "has .. twice", "has a filter that looks through the whole object again for each entry"
	for name, test := range map[string]struct{ path, want string }{
		"filters that start at the root, nested": {"$.status.items[?count($.status.items[?count($.status.items[?@.a == 1]) > 0]) > 0]", root},
		"one filter that counts at the root":     {"$.status.items[?count($.status.items[*]) > @.a]", root},
		"below, and below that":                  {"$..a..b", descends},
		"below, in a filter below":               {"$..a[?@..b]", descends},
		"below, from the root in a filter":       {"$.a[?$..b]", root},
		"the same in many ways":                  {"$.a" + strings.Repeat("[0,0]", 60), "has more than 16 ways through its brackets"},
		"one place of the object":                {"$.a[?@.b == $.spec.b]", ""},
		"below, once":                            {"$..a", ""},
		"below an entry":                         {"$.a[?@..b]", ""},
		"dots in a name":                         {"$['..[']..a", ""},
		"a filter in a filter":                   {"$.a[?@.b[?@.c == 1]]", ""},
	} {
		t.Run(name, func(t *testing.T) {
			path, err := json.Marshal(test.path)
			if err != nil {
				t.Fatal(err)
			}
			err = loadWidget("  health: [{is: Ready, when: [{path: " + string(path) + ", match: Any, exists: true}]}]\n  endpoint: [{path: $.status.url}]\n")
			got := ""
			if err != nil {
				got = err.Error()
			}
			if (test.want == "") != (err == nil) || !strings.Contains(got, test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func loadWidget(parts string) error {
	_, err := registry.Load(registry.Source{FS: fstest.MapFS{"w.yaml": {Data: []byte(`apiVersion: maas.opendatahub.io/v1alpha1
kind: ModelKind
metadata: {name: Widget}
spec:
  description: a widget
  referent: {group: example.com, kind: Widget, versions: [v1]}
` + parts)}}})
	var faults syntax.Faults
	if errors.As(err, &faults) {
		return faults
	}
	return err
}

// Whatever object of the size that the API server keeps is read, it costs a
// bounded amount. What takes more is refused, and never half read.
func TestObservationIsBounded(t *testing.T) {
	const most = 1 << 30
	deep := func(n int) any {
		var value any = []any{}
		for range n {
			value = []any{value}
		}
		return value
	}
	wide := func(n int) any {
		list := make([]any, n)
		for i := range list {
			list[i] = map[string]any{"a": int64(2)}
		}
		return list
	}
	const entries = `  subjects:
    - {as: a, all: "$..*"}
    - {as: b, of: a, all: "$..*"}
    - {as: c, of: b, all: "$..*"}
`
	const joined = `  subjects:
    - {as: a, all: "$.status.items[*]"}
    - {as: d, all: "$.status.items[*]", where: [{agrees: {with: a, fields: {$.a: $.b}}}]}
`
	for name, test := range map[string]struct {
		when  string
		items any
		want  string
	}{
		"entries in entries in entries": {`{of: c, path: $.x, match: Any, exists: true}`, deep(9000), v1alpha1.ReasonTooMuchToRead},
		"entries held against entries":  {`{of: d, path: $.x, match: Any, exists: true}`, wide(100_000), v1alpha1.ReasonTooMuchToRead},
		"a filter that looks further":   {`{path: "$..[?@[*]]", match: Any, exists: true}`, deep(9000), v1alpha1.ReasonTooMuchToRead},
		"an expression on a long text":  {`{path: $.status.items, matches: "(a?){400}b"}`, strings.Repeat("a", 1_000_000), v1alpha1.ReasonTooMuchToRead},
		"everything, once":              {`{path: "$..a", match: Any, equals: 1}`, wide(100_000), v1alpha1.ReasonResolved},
		"a filter on a long list":       {`{path: "$.status.items[?@.a == 1]", match: Any, exists: true}`, wide(100_000), v1alpha1.ReasonResolved},
		"everything, deep down":         {`{path: "$..a", match: Any, exists: true}`, deep(9000), v1alpha1.ReasonResolved},
	} {
		t.Run(name, func(t *testing.T) {
			subjects := ""
			switch {
			case strings.HasPrefix(test.when, "{of: c,"):
				subjects = entries
			case strings.HasPrefix(test.when, "{of: d,"):
				subjects = joined
			}
			k := widget(t, subjects+readyWhen+test.when+endWhen)
			object := &unstructured.Unstructured{Object: map[string]any{
				"apiVersion": "example.com/v1", "kind": "Widget", "metadata": map[string]any{"name": "a"},
				"status": map[string]any{"items": test.items},
			}}
			var got kind.Observation
			used := allocated(func() { got = k.Observe(&v1alpha1.MaaSModel{}, object, kind.Objects(nil), endpoint.Rules{}) })
			if got.Reference.Reason != test.want {
				t.Errorf("got %s, %s; want %s", got.Reference.Reason, got.Reference.Message, test.want)
			}
			if used > most {
				t.Errorf("it took %d bytes, and %d are more than enough", used, most)
			}
		})
	}
}

// A regular expression is bounded before it is compiled.
func TestExpressionsAreBounded(t *testing.T) {
	for name, test := range map[string]struct{ expression, want string }{
		"repetition of repetition": {"(a{1000}){1000}", "invalid repeat count"},
		"a long one, often":        {"(" + strings.Repeat("abc", 100) + "){500}", "is too large, it has some"},
		"an ordinary one":          {"^(Failed|Error): .{0,200}$", ""},
	} {
		t.Run(name, func(t *testing.T) {
			err := loadWidget("  health: [{is: Ready, when: [{path: $.status.a, matches: \"" + test.expression + "\"}]}]\n  endpoint: [{path: $.status.url}]\n")
			if (test.want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}
