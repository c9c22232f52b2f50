package jsontree_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/conformance/jsontree"
)

// The examples of RFC 7386, Appendix A, and a null inside a list, which stays.
func TestMergePatch(t *testing.T) {
	for _, c := range []struct{ target, patch, want string }{
		{`{"a":"b"}`, `{"a":"c"}`, `{"a":"c"}`},
		{`{"a":"b"}`, `{"b":"c"}`, `{"a":"b","b":"c"}`},
		{`{"a":"b"}`, `{"a":null}`, `{}`},
		{`{"a":"b","b":"c"}`, `{"a":null}`, `{"b":"c"}`},
		{`{"a":["b"]}`, `{"a":"c"}`, `{"a":"c"}`},
		{`{"a":"c"}`, `{"a":["b"]}`, `{"a":["b"]}`},
		{`{"a":{"b":"c"}}`, `{"a":{"b":"d","c":null}}`, `{"a":{"b":"d"}}`},
		{`{"a":[{"b":"c"}]}`, `{"a":[1]}`, `{"a":[1]}`},
		{`["a","b"]`, `["c","d"]`, `["c","d"]`},
		{`{"a":"b"}`, `["c"]`, `["c"]`},
		{`{"a":"foo"}`, `null`, `null`},
		{`{"a":"foo"}`, `"bar"`, `"bar"`},
		{`{"e":null}`, `{"a":1}`, `{"e":null,"a":1}`},
		{`[1,2]`, `{"a":"b","c":null}`, `{"a":"b"}`},
		{`{}`, `{"a":{"bb":{"ccc":null}}}`, `{"a":{"bb":{}}}`},
		{`{}`, `{"a":[{"b":null}]}`, `{"a":[{"b":null}]}`},
	} {
		target, patch := decoded(t, c.target), decoded(t, c.patch)
		if diff := cmp.Diff(decoded(t, c.want), jsontree.MergePatch(target, patch)); diff != "" {
			t.Errorf("%s patched with %s (-want +got):\n%s", c.target, c.patch, diff)
		}
		if diff := cmp.Diff(decoded(t, c.target), target); diff != "" {
			t.Errorf("%s patched with %s: the target was changed:\n%s", c.target, c.patch, diff)
		}
	}
}

func decoded(t *testing.T, text string) (value any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatal(err)
	}
	return value
}

func TestPatchBetween(t *testing.T) {
	before := map[string]any{"a": "x", "b": map[string]any{"c": int64(1), "d": []any{"e"}}, "f": "gone"}
	after := map[string]any{"a": "x", "b": map[string]any{"c": int64(2), "d": []any{}}, "g": true}
	want := map[string]any{"b": map[string]any{"c": int64(2), "d": []any{}}, "f": nil, "g": true}
	if diff := cmp.Diff(want, jsontree.PatchBetween(before, after)); diff != "" {
		t.Errorf("patch (-want +got):\n%s", diff)
	}
}
