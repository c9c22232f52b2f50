package api

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/api/catalog"
)

// entriesOf makes entries of "id=text id=text", in that order.
func entriesOf(list string) []*catalog.Entry {
	var entries []*catalog.Entry
	for item := range strings.FieldsSeq(list) {
		id, text, _ := strings.Cut(item, "=")
		entries = append(entries, &catalog.Entry{ID: id, JSON: []byte(`{"id":"` + id + `","name":"` + text + `"}`)})
	}
	return entries
}

func TestChanges(t *testing.T) {
	for name, test := range map[string]struct {
		before, after    string
		changed, removed []string
	}{
		"nothing and nothing":             {"", "", nil, nil},
		"all the same":                    {"a=1 b=1", "a=1 b=1", nil, nil},
		"the first of all":                {"", "a=1 b=1", []string{"a", "b"}, nil},
		"the last of all":                 {"a=1 b=1", "", nil, []string{"a", "b"}},
		"one in front":                    {"b=1", "a=1 b=1", []string{"a"}, nil},
		"one between":                     {"a=1 c=1", "a=1 b=1 c=1", []string{"b"}, nil},
		"one behind":                      {"a=1", "a=1 b=1", []string{"b"}, nil},
		"another text":                    {"a=1 b=1", "a=1 b=2", []string{"b"}, nil},
		"one goes and another comes":      {"a=1 b=1", "b=1 c=1", []string{"c"}, []string{"a"}},
		"a name that begins as another's": {"a=1 a-b=1 ab=1", "a=1 ab=1 ab/c=1", []string{"ab/c"}, []string{"a-b"}},
		"everything at once":              {"a=1 b=1 c=1 d=1", "a=2 c=1 d=2 e=1", []string{"a", "d", "e"}, []string{"b"}},
		"ids with a slash":                {"a=1 n/a=1", "a=1 n/a=2", []string{"n/a"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got := changesOf(entriesOf(test.before), entriesOf(test.after))
			var changed []string
			for _, e := range got.changed {
				changed = append(changed, e.ID)
			}
			if diff := cmp.Diff([][]string{test.changed, test.removed}, [][]string{changed, got.removed}); diff != "" {
				t.Errorf("changed and removed (-want +got):\n%s", diff)
			}
			if got.empty() != (len(test.changed)+len(test.removed) == 0) {
				t.Errorf("empty: %t", got.empty())
			}
		})
	}
}
