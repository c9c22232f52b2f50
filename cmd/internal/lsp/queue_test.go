package lsp

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/cmd/internal/editor"
)

// A request is left out where it was cancelled while it waited; ids that nobody
// waits for are not kept.
func TestQueueCancels(t *testing.T) {
	q := newQueue()
	q.read(t.Context(), strings.NewReader(strings.Join([]string{
		"Content-Length: 25\r\n\r\n", `{"id":1,"method":"hover"}`, "Content-Length: 27\r\n\r\n", `{"id":"a","method":"hover"}`,
		"Content-Length: 47\r\n\r\n", `{"method":"$/cancelRequest","params":{"id":1} }`, "Content-Length: 47\r\n\r\n", `{"method":"$/cancelRequest","params":{"id":77}}`,
	}, "")))
	got := map[string]bool{}
	for m := range q.messages {
		got[string(m.ID)] = q.take(m.ID)
	}
	if diff := cmp.Diff(map[string]bool{"1": true, `"a"`: false}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(q.cancelled) > 0 || q.take(json.RawMessage("1")) {
		t.Errorf("kept: %v", q.cancelled)
	}
}

func TestPositions(t *testing.T) {
	l := newLines("aä𝄞b\r\nc\rd\n")
	for name, test := range map[string]struct {
		offset int
		want   position
	}{
		"the beginning":          {0, position{0, 0}},
		"behind two bytes":       {3, position{0, 2}},
		"behind a pair":          {7, position{0, 4}},
		"the end of a line":      {8, position{0, 5}},
		"behind \\r\\n":          {10, position{1, 0}},
		"behind \\r":             {12, position{2, 0}},
		"the end, on a new line": {14, position{3, 0}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, l.position(test.offset)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if got := l.offset(test.want); got != test.offset {
				t.Errorf("offset %d, want %d", got, test.offset)
			}
		})
	}
	for name, test := range map[string]struct {
		at   position
		want int
	}{
		"inside a pair":     {position{0, 3}, 3},
		"behind a line":     {position{0, 50}, 8},
		"behind the text":   {position{9, 0}, 14},
		"before everything": {position{-1, -1}, 0},
		"before a line":     {position{1, -1}, 10},
	} {
		if got := l.offset(test.at); got != test.want {
			t.Errorf("%s: offset %d, want %d", name, got, test.want)
		}
	}
	if got := l.textRange(editor.Range{Start: 3, End: 7}); got != (textRange{position{0, 2}, position{0, 4}}) {
		t.Errorf("%+v", got)
	}
}
