package cli_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

const hostile = "Größe 模型\n\tgood\rbad \x1b[2J \u009b2J \x9b \u202e\u2066 \u200b\ufeff \u2028 \x7f \U000e0041 \xe2\x80"

// However text is cut into writes, the same comes out.
func TestTerminal(t *testing.T) {
	want := syntax.Visible(hostile)
	for name, from := range map[string]io.Reader{
		"whole": strings.NewReader(hostile), "byte by byte": iotest.OneByteReader(strings.NewReader(hostile)),
		"in halves": iotest.HalfReader(strings.NewReader(hostile)),
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			terminal := cli.NewTerminal(&out)
			if _, err := io.CopyBuffer(struct{ io.Writer }{terminal}, struct{ io.Reader }{from}, make([]byte, 7)); err != nil {
				t.Fatal(err)
			}
			if err := terminal.Flush(); err != nil {
				t.Fatal(err)
			}
			if out.String() != want {
				t.Errorf("got  %q\nwant %q", out.String(), want)
			}
		})
	}
}

func FuzzTerminal(f *testing.F) {
	f.Add(hostile, 3)
	f.Fuzz(func(t *testing.T, text string, cut int) {
		var out bytes.Buffer
		terminal := cli.NewTerminal(&out)
		cut = max(0, min(cut, len(text)))
		for _, part := range []string{text[:cut], text[cut:]} {
			if n, err := io.WriteString(terminal, part); n != len(part) || err != nil {
				t.Fatalf("%d of %d: %v", n, len(part), err)
			}
		}
		if err := terminal.Flush(); err != nil {
			t.Fatal(err)
		}
		if out.String() != syntax.Visible(text) || !utf8.ValidString(out.String()) {
			t.Errorf("got %q of %q, cut at %d", out.String(), text, cut)
		}
	})
}

// What strangers write is one line of the log, and can be read as what it is.
func TestLogs(t *testing.T) {
	for _, format := range []string{"json", "text"} {
		t.Run(format, func(t *testing.T) {
			flags := cli.NewFlags("test")
			var logs cli.Logs
			logs.Flags(flags)
			if err := flags.Parse([]string{"--log-format", format}); err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			logs.Start(&out).InfoContext(t.Context(), "said "+hostile, slog.String("message", hostile))
			line := out.String()
			if strings.Count(line, "\n") != 1 || syntax.Visible(line) != line || strings.ContainsRune(line, '\t') {
				t.Errorf("got %q", line)
			}
			if format == "json" && !json.Valid(out.Bytes()) {
				t.Errorf("no JSON: %s", line)
			}
		})
	}
}
