package editor

import (
	"strconv"
	"strings"
)

// literal reads a text of lines behind | or >.
func (s *scanner) literal(n *node, column int) {
	n.shape, n.value = scalar, Range{s.pos, s.pos}
	s.skipLine()
	n.value.End = s.pos
	for s.pos < len(s.text) {
		back := s.pos
		s.pos++
		for s.peek() == ' ' {
			s.pos++
		}
		if !s.endOfLine() && s.column() <= column {
			s.pos = back
			return
		}
		s.skipLine()
		n.value.End = s.pos
	}
}

// plain reads a text, in quotes or not, which may go on in lines that are indented
// further than a column.
func (s *scanner) plain(n *node, column int) {
	n.shape = scalar
	if c := s.peek(); c == '"' || c == '\'' {
		n.value = Range{s.pos, s.quoteEnd()}
		s.pos = n.value.End
		n.text = unquoted(n.value.in(s.text))
		s.skipLine()
		return
	}
	n.value.Start = s.pos
	for {
		n.value.End = s.plainEnd()
		s.pos = n.value.End
		s.skipLine()
		back := s.pos
		if next := s.nextContent(); next <= column || s.isKey() {
			s.pos = back
			break
		}
	}
	n.text = strings.Join(strings.Fields(n.value.in(s.text)), " ")
}

// plainEnd is the end of a text without quotes on its line.
func (s *scanner) plainEnd() int {
	line := s.text[s.pos:]
	if end := strings.IndexByte(line, '\n'); end >= 0 {
		line = line[:end]
	}
	if comment := strings.Index(line, " #"); comment >= 0 {
		line = line[:comment]
	}
	return s.pos + len(strings.TrimRight(line, " \t\r"))
}

// quoteEnd is behind the quotes of a text that begins here, or the end of its line
// where they are not closed there.
func (s *scanner) quoteEnd() int {
	quote, i := s.text[s.pos], s.pos+1
	for ; i < len(s.text) && s.text[i] != '\n'; i++ {
		switch {
		case quote == '"' && s.text[i] == '\\':
			i++
		case s.text[i] == quote && quote == '\'' && strings.HasPrefix(s.text[i+1:], "'"):
			i++
		case s.text[i] == quote:
			return i + 1
		}
	}
	return min(i, len(s.text))
}

// unquoted is a text without its quotes.
func unquoted(text string) string {
	switch {
	case len(text) >= 2 && text[0] == '\'' && text[len(text)-1] == '\'':
		return strings.ReplaceAll(text[1:len(text)-1], "''", "'")
	case len(text) >= 2 && text[0] == '"' && text[len(text)-1] == '"':
		if plain, err := strconv.Unquote(text); err == nil {
			return plain
		}
		return text[1 : len(text)-1]
	}
	return text
}
