package kind_test

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/engine/registry"
)

// allocated is how many bytes the function allocates, whatever it frees again.
func allocated(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// tenfold is a chain of values, each of which is ten of the one before it, and
// an endpoint that is the last.
func tenfold(first string, length int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "  values:\n    v0: [%s]\n", first)
	for i := 1; i < length; i++ {
		fmt.Fprintf(&b, "    v%d: [{template: %q}]\n", i, strings.Repeat(fmt.Sprintf("{v%d}", i-1), 10))
	}
	fmt.Fprintf(&b, "  health: [{is: Ready, when: [{condition: Ready, status: \"True\"}]}]\n")
	fmt.Fprintf(&b, "  endpoint: [{template: \"https://host/{v%d}\"}]\n", length-1)
	return b.String()
}

// What a template yields is bounded while it is put together: values that are
// templates of values multiply.
func TestTemplateIsBounded(t *testing.T) {
	const most = 4 << 20
	for name, test := range map[string]struct{ parts, spec, want string }{
		"values that name each other": {
			tenfold("{path: $.spec.text}", 4), "{text: " + strings.Repeat("x", 64) + "}",
			"the value v3 is absent",
		},
		"one value, a hundred times": {
			"  values: {v: [{path: $.spec.text}]}\n" + `  health: [{is: Ready, when: [{condition: Ready, status: "True"}]}]` + "\n" +
				`  endpoint: [{template: "https://host/` + strings.Repeat("{v}", 100) + "\"}]\n",
			"{text: " + strings.Repeat("x", 100<<10) + "}",
			"the template gives more than 4096 bytes: the value v alone has 102400",
		},
	} {
		t.Run(name, func(t *testing.T) {
			k := widget(t, test.parts)
			object := referent(t, "{"+identity+", metadata: {name: a}, spec: "+test.spec+"}")
			var got kind.Observation
			used := allocated(func() { got = k.Observe(&v1alpha1.MaaSModel{}, object, kind.Objects(nil), endpoint.Rules{}) })
			if got.Endpoint.URL != "" || !strings.Contains(got.Endpoint.Message, test.want) {
				t.Errorf("got the endpoint %.100q, %s; want it to say %s", got.Endpoint.URL, got.Endpoint.Message, test.want)
			}
			if used > most {
				t.Errorf("observing took %d bytes, and %d are more than enough", used, most)
			}
		})
	}
}

// A chain that is beyond the bound whatever the values are is a fault.
func TestTemplateThatIsAlwaysTooLong(t *testing.T) {
	spec := `apiVersion: maas.opendatahub.io/v1alpha1
kind: ModelKind
metadata: {name: Widget}
spec:
  description: a widget
  referent: {group: example.com, kind: Widget, versions: [v1]}
`
	_, err := registry.Load(registry.Source{FS: fstest.MapFS{"w.yaml": {Data: []byte(spec + tenfold("{path: $.spec.text}", 13))}}})
	var faults syntax.Faults
	if !errors.As(err, &faults) {
		t.Fatalf("got %v, want faults", err)
	}
	// Of each chain the first is named: with it mended, what follows may fit.
	const advice = ".template: never gives anything: with the shortest values it has 10000 bytes, and a template may give 4096; name fewer values, or shorter ones"
	want := "w.yaml:12: spec.values.v4[0]" + advice + "\nw.yaml:16: spec.values.v8[0]" + advice + "\nw.yaml:20: spec.values.v12[0]" + advice
	if faults.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", faults, want)
	}
}

// Whatever a file of a megabyte holds, reading it costs a bounded amount, and
// one fault says what is wrong.
func TestDocumentIsBounded(t *testing.T) {
	const megabyte = 1 << 20
	const head = "apiVersion: maas.opendatahub.io/v1alpha1\nkind: ModelKind\nmetadata: {name: A}\nspec:\n"
	for name, test := range map[string]struct {
		content string
		most    uint64
		want    []string
	}{
		"nested ten thousand deep": {
			head + "  a: " + strings.Repeat("[", 9000) + strings.Repeat("]", 9000), 64 * megabyte,
			[]string{"a.yaml:5: nested more than 100 deep"},
		},
		"a long name with much inside": {
			head + "  " + strings.Repeat("k", 1000) + ":\n" + strings.Repeat("  - 1\n", 150_000), 512 * megabyte,
			[]string{"there is too much in it: with their names, its fields have more than 16777216 bytes"},
		},
		"a hundred thousand fields": {
			head + manyKeys(60_000), 512 * megabyte,
			[]string{"a.yaml:5: spec.k0: unknown field", "there are more than 100 faults, mend these first"},
		},
		"a name of a megabyte": {
			head + "  ? " + strings.Repeat("k", 1_000_000) + "\n  : 1\n", 128 * megabyte,
			[]string{"a.yaml:5: spec.kkk", "unknown field"},
		},
		"a scalar of a megabyte": {
			head + "  description: " + strings.Repeat("k", 1_000_000) + "\n", 128 * megabyte,
			[]string{"a.yaml:5: spec.description"},
		},
		"aliases that multiply": {
			head + "  a0: &a0 [x]\n  a1: &a1 [*a0,*a0,*a0]\n  a2: [*a1,*a1,*a1]\n", 64 * megabyte,
			[]string{"anchors are not supported", "aliases are not supported"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var err error
			used := allocated(func() {
				_, err = registry.Load(registry.Source{FS: fstest.MapFS{"a.yaml": {Data: []byte(test.content)}}})
			})
			var faults syntax.Faults
			if !errors.As(err, &faults) || len(faults) > 102 || len(faults.Error()) > 64<<10 {
				t.Fatalf("got %d faults, %.1000v", len(faults), err)
			}
			for _, want := range test.want {
				if !strings.Contains(faults.Error(), want) {
					t.Errorf("got\n%.1000v\nwant %s", faults, want)
				}
			}
			if used > test.most {
				t.Errorf("it took %d bytes, and %d are more than enough", used, test.most)
			}
		})
	}
}

func manyKeys(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "  k%d: 1\n", i)
	}
	return b.String()
}
