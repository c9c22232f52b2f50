package editor

import "strings"

// flow reads what is in braces or brackets. One that is not closed ends before the
// first line that is indented no further than a column.
func (s *scanner) flow(n *node, column int) {
	s.depth++
	defer func() { s.depth-- }()
	if s.depth > maxNesting {
		s.pos = len(s.text)
		return
	}
	n.flow, n.shape, n.value.Start = true, sequence, s.pos
	if s.peek() == '{' {
		n.shape = mapping
	}
	s.pos++
	for s.flowContent(column) {
		switch c := s.peek(); {
		case c == '}' || c == ']':
			s.pos++
			n.value.End = s.pos
			return
		case c == ',' || c == ':':
			s.pos++
		case n.shape == mapping:
			s.flowField(n, column)
		default:
			s.flowValue(s.add(n, "", Range{}), column)
		}
		n.value.End = s.pos
	}
	n.value.End = max(n.value.End, min(s.pos, n.value.Start+1))
}

// flowContent goes to what is next inside of braces; false where they are left
// open.
func (s *scanner) flowContent(column int) bool {
	for {
		s.skipSpaces()
		if !s.endOfLine() {
			return true
		}
		back := s.pos
		if next := s.nextContent(); next <= column && (next < 0 || strings.IndexByte("}]", s.peek()) < 0) {
			s.pos = back
			return false
		}
	}
}

func (s *scanner) flowField(n *node, column int) {
	start := s.pos
	end := s.flowEnd()
	key := Range{start, end}
	child := s.add(n, unquoted(key.in(s.text)), key)
	s.pos = max(s.pos, end)
	s.skipSpaces()
	if s.peek() != ':' {
		return
	}
	s.pos++
	child.value = Range{s.pos, s.pos}
	if s.flowContent(column) && strings.IndexByte(",}]", s.peek()) < 0 {
		s.flowValue(child, column)
	}
}

func (s *scanner) flowValue(n *node, column int) {
	if c := s.peek(); c == '{' || c == '[' {
		s.flow(n, column)
		return
	}
	n.shape, n.value = scalar, Range{s.pos, s.flowEnd()}
	s.pos = n.value.End
	n.text = unquoted(n.value.in(s.text))
}

// flowEnd is the end of a name or a text inside of braces. In a path without
// quotes, as it is while it is typed, brackets are part of it.
func (s *scanner) flowEnd() int {
	if c := s.peek(); c == '"' || c == '\'' {
		return s.quoteEnd()
	}
	isPath, open, i := s.peek() == '$', 0, s.pos
	for ; i < len(s.text) && s.text[i] != '\n'; i++ {
		c := s.text[i]
		switch {
		case isPath && c == '[':
			open++
			continue
		case isPath && c == ']' && open > 0:
			open--
			continue
		case c == ':' && i+1 < len(s.text) && strings.IndexByte(" \t\n,}]", s.text[i+1]) < 0:
			continue
		case c == '#' && s.text[i-1] != ' ' || strings.IndexByte(",{}[]:#", c) < 0:
			continue
		}
		break
	}
	return min(len(s.text), max(s.pos+1, s.pos+len(strings.TrimRight(s.text[s.pos:i], " \t\r"))))
}
