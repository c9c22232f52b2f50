package screen

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTable(t *testing.T) {
	var table Table
	table.Add("TRIED", "LOOKED FOR", "FOUND")
	table.Add("✓ serving", "$.status.url", "http://granite.llm.svc.cluster.local:8080/a/very/long/path/of/a/model")
	table.Add("✗ refused", "a condition Accepted that is False", "nothing")
	table.Add("only one")
	for name, test := range map[string]struct {
		width int
		want  []string
	}{
		"no end": {0, []string{
			"TRIED      LOOKED FOR                          FOUND",
			"✓ serving  $.status.url                        http://granite.llm.svc.cluster.local:8080/a/very/long/path/of/a/model",
			"✗ refused  a condition Accepted that is False  nothing",
			"only one",
		}},
		"the widest columns go on, and nothing is cut": {60, []string{
			"TRIED      LOOKED FOR               FOUND",
			"✓ serving  $.status.url             http://granite.llm.svc.c",
			"                                    luster.local:8080/a/very",
			"                                    /long/path/of/a/model",
			"✗ refused  a condition Accepted     nothing",
			"           that is False",
			"only one",
		}},
		"a terminal that is too narrow has columns that can still be read": {5, []string{
			"TRIED      LOOKED FOR    FOUND",
			"✓ serving  $.status.url  http://grani",
			"                         te.llm.svc.c",
			"                         luster.local",
			"                         :8080/a/very",
			"                         /long/path/o",
			"                         f/a/model",
			"✗ refused  a condition   nothing",
			"           Accepted",
			"           that is",
			"           False",
			"only one",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			if err := table.Write(&b, test.width); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
		})
	}
}

func TestIndent(t *testing.T) {
	for name, test := range map[string]struct {
		text  string
		width int
		want  string
	}{
		"no end":             {"a line that is long\n", 0, "a line that is long\n"},
		"what fits stays":    {"short\n\n  two\n", 10, "short\n\n  two\n"},
		"behind its indent":  {"  a line that is long\nb", 12, "  a line\n    that is\n    long\nb"},
		"a word too long":    {"abcdefghijklmnop", 8, "abcdefgh\n  ijklmn\n  op"},
		"letters, not bytes": {"größere Größen 模型模型", 12, "größere\n  Größen\n  模型模型"},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, Indent(test.text, test.width, "  ")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// However it is written, the same lines are coloured; and where there are no colours, none.
func TestPainter(t *testing.T) {
	const text = "TRIED  LOOKED FOR\n✓ a\n✗ b ✗\nFailed: c\nbroken      d\nk.yaml:3: spec: warning: e\nHTTP 200\nno end"
	const painted = "\x1b[1mTRIED  LOOKED FOR\x1b[0m\n\x1b[32m✓\x1b[0m a\n\x1b[31m✗\x1b[0m b ✗\n\x1b[31mFailed:\x1b[0m c\n" +
		"\x1b[31mbroken\x1b[0m      d\nk.yaml:3: spec: \x1b[33mwarning\x1b[0m: e\nHTTP 200\nno end"
	for name, test := range map[string]struct {
		screen Screen
		size   int
		want   string
	}{
		"no colours":   {Screen{}, 1000, text},
		"all at once":  {Screen{Colours: true}, 1000, painted},
		"byte by byte": {Screen{Colours: true}, 1, painted},
	} {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			p := test.screen.Paint(&b)
			for part := range strings.SplitSeq(text, "") {
				if test.size > 1 {
					part = text
				}
				if _, err := p.Write([]byte(part)); err != nil {
					t.Fatal(err)
				}
				if test.size > 1 {
					break
				}
			}
			if err := p.Flush(); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, b.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestProgress(t *testing.T) {
	var b strings.Builder
	p := Screen{Terminal: true, Width: 14}.Progress(&b)
	p.Step("proving", 2)
	p.Say("reading the cluster")
	p.End()
	if want := "\r\rproving: 1 of\r             \rreading the\r           \r"; b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
	b.Reset()
	p = Screen{}.Progress(&b)
	p.Step("proving", 2)
	p.End()
	if b.String() != "" {
		t.Errorf("without a terminal it says %q", b.String())
	}
}

func TestOf(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	if got := Of(file, func(string) string { return "xterm" }); got != (Screen{}) {
		t.Errorf("a file is %+v", got)
	}
	for name, test := range map[string]struct {
		env  map[string]string
		want bool
	}{
		"a terminal":                {map[string]string{"TERM": "xterm-256color"}, true},
		"somebody wants none":       {map[string]string{"TERM": "xterm", "NO_COLOR": "1"}, false},
		"NO_COLOR that is empty":    {map[string]string{"TERM": "xterm", "NO_COLOR": ""}, true},
		"a terminal that has none":  {map[string]string{"TERM": "dumb"}, false},
		"a terminal without a name": {nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := colours(func(name string) string { return test.env[name] }); got != test.want {
				t.Errorf("got %v", got)
			}
		})
	}
}
