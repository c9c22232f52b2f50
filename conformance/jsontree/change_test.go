package jsontree_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/conformance/jsontree"
)

// What is changed is a copy, and the object stays as it is.
func TestChange(t *testing.T) {
	t.Parallel()
	object := func() map[string]any {
		return map[string]any{"a": map[string]any{"list": []any{map[string]any{"b": "1"}, "two"}}, "c": "3"}
	}
	for name, test := range map[string]struct {
		change func(map[string]any) map[string]any
		want   map[string]any
	}{
		"a member of an entry": {
			func(o map[string]any) map[string]any {
				return jsontree.With(o, jsontree.Location{"a", "list", 0, "b"}, "x")
			},
			map[string]any{"a": map[string]any{"list": []any{map[string]any{"b": "x"}, "two"}}, "c": "3"},
		},
		"an entry": {
			func(o map[string]any) map[string]any { return jsontree.With(o, jsontree.Location{"a", "list", 1}, nil) },
			map[string]any{"a": map[string]any{"list": []any{map[string]any{"b": "1"}, nil}}, "c": "3"},
		},
		"a new member": {
			func(o map[string]any) map[string]any { return jsontree.With(o, jsontree.Location{"a", "new"}, "x") },
			map[string]any{"a": map[string]any{"list": []any{map[string]any{"b": "1"}, "two"}, "new": "x"}, "c": "3"},
		},
		"below what is not there": {
			func(o map[string]any) map[string]any {
				return jsontree.With(o, jsontree.Location{"z", "list", 7, "b"}, "x")
			},
			object(),
		},
		"below a text": {
			func(o map[string]any) map[string]any { return jsontree.With(o, jsontree.Location{"c", "d", "e"}, "x") },
			object(),
		},
		"a member taken away": {
			func(o map[string]any) map[string]any {
				return jsontree.Without(o, jsontree.Location{"a", "list", 0, "b"})
			},
			map[string]any{"a": map[string]any{"list": []any{map[string]any{}, "two"}}, "c": "3"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			given := object()
			if diff := cmp.Diff(test.want, test.change(given)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(object(), given); diff != "" {
				t.Errorf("the object itself (-before +after):\n%s", diff)
			}
		})
	}
}
