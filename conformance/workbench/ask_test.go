package workbench_test

import (
	"errors"
	"testing"

	"github.com/maas-kinds/maas/conformance/workbench"
)

func TestAskRefuses(t *testing.T) {
	b := bench(t, nil)
	for name, test := range map[string]struct {
		method, asked string
		want          error
	}{
		"a method that there is not":  {"delete", "{}", workbench.ErrUnknownMethod},
		"no JSON":                     {"decide", "{", workbench.ErrBadQuestion},
		"another form":                {"decide", `{"kind": 1}`, workbench.ErrBadQuestion},
		"a kind that is not built in": {"open", `{"name": "nobodys"}`, workbench.ErrNotFound},
		"a file that is no kind's":    {"open", `{"name": "../kinds"}`, workbench.ErrNotFound},
		"a case that there is not":    {"case", `{"name": "x"}`, workbench.ErrNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := b.Ask(t.Context(), test.method, []byte(test.asked)); !errors.Is(err, test.want) {
				t.Errorf("error %v, want %v", err, test.want)
			}
		})
	}
}

func BenchmarkDecide(b *testing.B) {
	workspace := bench(b, nil)
	written := map[string]workbench.Question{"a widget": {Kind: widget, Objects: object}}
	for name, q := range written {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := workspace.Decide(b.Context(), q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
