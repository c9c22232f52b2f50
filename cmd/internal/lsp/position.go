package lsp

import (
	"sort"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/maas-kinds/maas/cmd/internal/editor"
)

// lines are a text whose places are counted as the protocol does: lines from 0, and
// in them the halves of UTF-16.
type lines struct {
	text string
	// starts are where lines begin, in bytes.
	starts []int
}

// newLines splits a text where the protocol has lines end: \n, \r\n or \r.
func newLines(text string) lines {
	l := lines{text: text, starts: []int{0}}
	for i := range len(text) {
		if text[i] == '\n' || text[i] == '\r' && !strings.HasPrefix(text[i+1:], "\n") {
			l.starts = append(l.starts, i+1)
		}
	}
	return l
}

// position is where an offset in bytes is.
func (l lines) position(offset int) position {
	line := sort.SearchInts(l.starts, offset+1) - 1
	p := position{Line: line}
	for _, r := range l.text[l.starts[line]:offset] {
		p.Character += max(1, utf16.RuneLen(r))
	}
	return p
}

// offset of a position; the end of its line or of the text where it is behind that.
func (l lines) offset(p position) int {
	if p.Line < 0 {
		return 0
	}
	if p.Line >= len(l.starts) {
		return len(l.text)
	}
	offset := l.starts[p.Line]
	for count := 0; offset < len(l.text) && l.text[offset] != '\n' && l.text[offset] != '\r'; {
		r, size := utf8.DecodeRuneInString(l.text[offset:])
		if count += max(1, utf16.RuneLen(r)); count > p.Character {
			break
		}
		offset += size
	}
	return offset
}

func (l lines) textRange(r editor.Range) textRange {
	return textRange{l.position(r.Start), l.position(r.End)}
}

// width of a line.
func (l lines) width(line int) int {
	return l.position(l.offset(position{Line: line, Character: len(l.text)})).Character
}
