package main

import (
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/cmd/internal/screen"
	"github.com/maas-kinds/maas/conformance/golden"
)

// onTerminal runs maasctl for somebody whose terminal is so wide.
func onTerminal(t *testing.T, width int, args ...string) result {
	t.Helper()
	var out, errOut strings.Builder
	code := run(t.Context(), "maasctl", args, ioStreams{in: strings.NewReader(""), out: &out, err: &errOut,
		screen: screen.Screen{Terminal: true, Width: width, Colours: true}, errScreen: screen.Screen{Terminal: true, Width: width}})
	return result{code, out.String(), errOut.String()}
}

// Text goes on in further lines where a terminal ends, and has colours; what other
// formats are is theirs.
func TestOnTerminal(t *testing.T) {
	lagging := []string{"explain", "--kinds-dir", "testdata/kinds", "-f", "testdata/explain/lagging.yaml", "--phase", "Ready"}
	got := onTerminal(t, 80, lagging...)
	golden.Compare(t, "testdata/explain/terminal.text", got.out)
	plain := strings.NewReplacer("\x1b[31m", "", "\x1b[32m", "", "\x1b[33m", "", "\x1b[1m", "", "\x1b[0m", "").Replace(got.out)
	for line := range strings.Lines(plain) {
		if utf8.RuneCountInString(line) > 81 {
			t.Errorf("a line is wider than the terminal: %s", line)
		}
	}
	for _, format := range []string{"wide", "json", "yaml"} {
		args := append(append([]string{}, lagging...), "-o", format)
		terminal, pipe := onTerminal(t, 80, args...), maasctl(t, "", args...)
		if lines := strings.Count(pipe.out, "\n"); strings.Count(terminal.out, "\n") != lines || terminal.code != cli.OK {
			t.Errorf("-o %s has %d lines on a terminal, and %d in a pipe", format, strings.Count(terminal.out, "\n"), lines)
		}
	}
}

// A value that has no end is shortened, with a word on how to see it.
func TestLongValues(t *testing.T) {
	dir := t.TempDir()
	long := strings.Repeat("a", 1000)
	write(t, dir, map[string]string{"w.yaml": "apiVersion: example.com/v2\nkind: Widget\nmetadata: {name: w}\nstatus: {internal: \"http://a.example/" + long + "\"}\n"})
	explain := []string{"explain", "--kinds-dir", "testdata/kinds", "-f", filepath.Join(dir, "w.yaml")}
	text := maasctl(t, "", explain...)
	if strings.Contains(text.out, `"http://a.example/`+long) || !strings.Contains(text.out, "a… (619 more characters: -o wide)") {
		t.Errorf("text has all of it, or does not say how to see it:\n%s", text.out)
	}
	if wide := maasctl(t, "", append(explain, "-o", "wide")...); !strings.Contains(wide.out, `"http://a.example/`+long+`"`) {
		t.Errorf("-o wide does not have all of it:\n%s", wide.out)
	}
}

// Progress is for somebody who waits at a terminal, and is gone in the end.
func TestTestSaysHowFarItIs(t *testing.T) {
	got := onTerminal(t, 80, "test", soundKind(t))
	if got.code != cli.OK || !strings.Contains(got.errOut, "\rproving kinds: 1 of 1") || !strings.HasSuffix(got.errOut, " \r") {
		t.Errorf("exit %d, and standard error has %q", got.code, got.errOut)
	}
	if piped := maasctl(t, "", "test", soundKind(t)); piped.errOut != "" {
		t.Errorf("without a terminal it says %q", piped.errOut)
	}
}
