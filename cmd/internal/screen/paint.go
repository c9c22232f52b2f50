package screen

import (
	"bytes"
	"io"
	"strings"
)

// The colours of terminals, as ECMA-48 numbers them.
const (
	red    = "\x1b[31m"
	green  = "\x1b[32m"
	yellow = "\x1b[33m"
	bold   = "\x1b[1m"
	reset  = "\x1b[0m"
)

// Painter colours whole lines of text by how they begin. It stands behind what makes
// the escapes of strangers visible: those that it writes are its own.
type Painter struct {
	to    io.Writer
	plain bool
	begun []byte
}

// Write is part of io.Writer.
func (p *Painter) Write(content []byte) (int, error) {
	if p.plain {
		return p.to.Write(content)
	}
	text := append(p.begun, content...)
	whole := bytes.LastIndexByte(text, '\n') + 1
	p.begun = append([]byte(nil), text[whole:]...)
	if whole == 0 {
		return len(content), nil
	}
	var b strings.Builder
	for line := range strings.Lines(string(text[:whole])) {
		b.WriteString(paint(line))
	}
	if _, err := io.WriteString(p.to, b.String()); err != nil {
		return 0, err
	}
	return len(content), nil
}

// Flush writes a line that was begun and has no end.
func (p *Painter) Flush() error {
	if len(p.begun) == 0 {
		return nil
	}
	_, err := io.WriteString(p.to, paint(string(p.begun)))
	p.begun = nil
	return err
}

// paint colours the word that a line is about.
func paint(line string) string {
	for begin, colour := range map[string]string{
		"✓ ": green, "✗ ": red, "  ✗ ": red, "broken ": red, "gone ": red, "compatible ": yellow,
		"Ready: ": green, "Pending: ": yellow, "Unhealthy: ": yellow, "Failed: ": red,
	} {
		if rest, ok := strings.CutPrefix(line, begin); ok {
			word := strings.TrimSpace(begin)
			before, after, _ := strings.Cut(begin, word)
			return before + colour + word + reset + after + rest
		}
	}
	if content := strings.TrimRight(line, "\n"); isHeading(content) {
		return bold + content + reset + line[len(content):]
	}
	return strings.Replace(line, ": warning: ", ": "+yellow+"warning"+reset+": ", 1)
}

// isHeading tells the first line of a table: words in capitals, of which there are several.
func isHeading(line string) bool {
	return len(strings.Fields(line)) > 1 && line == strings.ToUpper(line) && strings.IndexFunc(line, func(r rune) bool {
		return (r < 'A' || r > 'Z') && r != ' '
	}) < 0
}
