package kind_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/maas-kinds/maas/engine/kind/syntax"

	sigsyaml "sigs.k8s.io/yaml"
)

func TestVisible(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"lines and tabs stay":            {"a\n\tb", "a\n\tb"},
		"an escape sequence":             {"\x1b[2Jx", `\u001b[2Jx`},
		"a return over the line":         {"good\rbad", `good\u000dbad`},
		"backspace, bell and delete":     {"\b\a\x7f", `\u0008\u0007\u007f`},
		"a C1 control":                   {"\u009b2J", `\u009b2J`},
		"a C1 control as a byte":         {"\x9b2J", `\x9b2J`},
		"bytes that are no text":         {"\xff\xe2\x80", `\xff\xe2\x80`},
		"reordering":                     {"a\u202eb\u2066c\u2069\u200f\u061c", `a\u202eb\u2066c\u2069\u200f\u061c`},
		"nothing to be seen":             {"a\u200bb\ufeffc\u2060d\u00ad", `a\u200bb\ufeffc\u2060d\u00ad`},
		"line and paragraph separators":  {"a\u2028b\u2029", `a\u2028b\u2029`},
		"tags, beyond 16 bits":           {"\U000e0041", `\udb40\udc41`},
		"the sign for no character":      {"\ufffd", "\ufffd"},
		"German, Hebrew, Hindi, Chinese": {"Größe עברית हिन्दी 模型", "Größe עברית हिन्दी 模型"},
		"Persian needs its joiners":      {"می\u200cخواهم", "می\u200cخواهم"},
		"emoji, joined ones too":         {"👩\u200d💻 ✓ →", "👩\u200d💻 ✓ →"},
	} {
		t.Run(name, func(t *testing.T) {
			got := syntax.Visible(test.text)
			if got != test.want || syntax.Visible(got) != got || !utf8.ValidString(got) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestMessageIsBounded(t *testing.T) {
	got := syntax.Message(strings.Repeat("\x1b", 10<<20), 64)
	if len(got) > 64 || !strings.HasPrefix(got, `\u001b\u001b`) || !strings.HasSuffix(got, "…") {
		t.Errorf("got %q", got)
	}
}

// In YAML the escapes are those of the language: it says the same as before.
func TestYAML(t *testing.T) {
	type document map[string]any
	plain := document{"a": []any{"b", "x: y"}, "n": 1.0}
	hostile := document{"\u202ekey": "a\u202eb\x1b[2J\u009b\nnext \u2028 \U000e0041 \\u0041", "list": []any{"\u200b", "plain"}}
	for name, value := range map[string]document{"plain": plain, "hostile": hostile} {
		t.Run(name, func(t *testing.T) {
			got, err := syntax.YAML(value)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != syntax.Visible(string(got)) {
				t.Errorf("not everything can be seen: %q", got)
			}
			var again document
			if err := yaml.Unmarshal(got, &again); err != nil {
				t.Fatalf("%v:\n%s", err, got)
			}
			if diff := cmp.Diff(Quote(t, value), Quote(t, again)); diff != "" {
				t.Errorf("says something else (-want +got):\n%s\n%s", diff, got)
			}
		})
	}
	got, err := syntax.YAML(plain)
	want, wantErr := sigsyaml.Marshal(plain)
	if diff := cmp.Diff(string(want), string(got)); diff != "" || err != nil || wantErr != nil {
		t.Errorf("plain text is laid out in another way (-want +got):\n%s", diff)
	}
}

func Quote(t *testing.T, value any) string {
	t.Helper()
	encoded, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(encoded)
}
