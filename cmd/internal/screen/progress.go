package screen

import (
	"fmt"
	"io"
	"sync"
	"unicode/utf8"
)

// Progress is one line about work that takes long. It is written over and over, and
// gone in the end. The zero value says nothing.
type Progress struct {
	to    io.Writer
	width int

	mu   sync.Mutex
	done int
	// written is how many characters stand in the line.
	written int
}

// Progress begins a line on a screen; without a terminal nothing is ever written.
func (s Screen) Progress(to io.Writer) *Progress {
	if !s.Terminal {
		return &Progress{}
	}
	return &Progress{to: to, width: s.Width}
}

// Step says that one more of several is done. Several may say so at the same time.
func (p *Progress) Step(what string, of int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done++
	p.say(fmt.Sprintf("%s: %d of %d", what, p.done, of))
}

// Say says what is being done.
func (p *Progress) Say(what string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.say(what)
}

func (p *Progress) say(text string) {
	if p.to == nil {
		return
	}
	if p.width > 0 { // What went on in a second line would stay.
		text = Wrap(text, p.width-1)[0]
	}
	// It is for the eye alone: where it cannot be written, the work goes on.
	_, _ = fmt.Fprintf(p.to, "\r%-*s\r%s", p.written, "", text)
	p.written = utf8.RuneCountInString(text)
}

// End takes the line away.
func (p *Progress) End() { p.Say("") }
