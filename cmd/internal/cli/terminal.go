package cli

import (
	"io"
	"unicode/utf8"

	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// Terminal is where text goes that strangers have had a hand in: a kind-spec, an
// object, an answer of a cluster. It writes what kind.Visible makes of it.
// Where its escapes stand in JSON strings, they are those of JSON.
type Terminal struct {
	to io.Writer
	// begun is the beginning of a character whose end is not written yet.
	begun []byte
}

// NewTerminal passes on to a writer. Flush has to be called at the end. It is for
// one goroutine, or for writers that take turns, as those of slog do.
func NewTerminal(to io.Writer) *Terminal { return &Terminal{to: to} }

// Raw is the writer below, for what a program reads and no person: it counts bytes
// and control characters.
func (t *Terminal) Raw() io.Writer { return t.to }

// Write is part of io.Writer.
func (t *Terminal) Write(content []byte) (int, error) {
	text := append(t.begun, content...)
	whole := len(text) - unfinished(text)
	t.begun = append([]byte(nil), text[whole:]...)
	if whole == 0 {
		return len(content), nil
	}
	if _, err := t.to.Write([]byte(syntax.Visible(string(text[:whole])))); err != nil {
		return 0, err
	}
	return len(content), nil
}

// Flush writes a character that was begun and has no end.
func (t *Terminal) Flush() error {
	if len(t.begun) == 0 {
		return nil
	}
	_, err := t.to.Write([]byte(syntax.Visible(string(t.begun))))
	t.begun = nil
	return err
}

// unfinished is how many bytes at the end begin a character and do not end it.
func unfinished(text []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		last := text[len(text)-n:]
		if utf8.RuneStart(last[0]) {
			if !utf8.FullRune(last) {
				return n
			}
			return 0
		}
	}
	return 0
}
