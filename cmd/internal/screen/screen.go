// Package screen is how text is laid out for people: as wide as their terminal, with
// colours where it shows them, and with a line about work that takes long. Of a file
// or a pipe it leaves everything as it is.
package screen

import (
	"io"
	"os"

	"golang.org/x/term"
)

// Screen is what is known of where text goes. The zero value is no terminal: lines
// have no end, and there is neither colour nor progress.
type Screen struct {
	// Terminal says that somebody may be looking.
	Terminal bool
	// Width in characters; 0 where lines have no end.
	Width int
	// Colours are shown, and wanted.
	Colours bool
}

// Of looks at a file. The environment may refuse colours: by NO_COLOR, as
// https://no-color.org has it, or by a terminal that has none.
func Of(file *os.File, getenv func(string) string) Screen {
	fd := int(file.Fd())
	if !term.IsTerminal(fd) {
		return Screen{}
	}
	s := Screen{Terminal: true, Colours: colours(getenv)}
	if width, _, err := term.GetSize(fd); err == nil {
		s.Width = width
	}
	return s
}

func colours(getenv func(string) string) bool {
	kind := getenv("TERM")
	return getenv("NO_COLOR") == "" && kind != "" && kind != "dumb"
}

// Paint gives what writes to a screen in its colours. Flush has to be called at the end.
func (s Screen) Paint(to io.Writer) *Painter { return &Painter{to: to, plain: !s.Colours} }
