package editor

import "strings"

// outline finds where the fields of a YAML document are written, also while it is
// none because somebody is typing in it. The YAML library says where a value
// begins and not where it ends, and nothing of a text that it refuses.
//
// It reads what kind-specs are written in: blocks, braces, brackets, quotes and
// texts over several lines; no anchors, which are refused, and no second document.
func outline(text string) *node {
	s := &scanner{text: text}
	root := &node{}
	if column := s.nextContent(); column >= 0 {
		s.block(root, column)
	}
	return root
}

// maxNesting is how deep an outline goes; the language refuses what is deeper.
const maxNesting = 100

// maxNodes bounds the memory that an outline takes. No kind-spec has a tenth.
const maxNodes = 50_000

type scanner struct {
	text  string
	pos   int
	depth int
	nodes int
}

// add makes a child, and ends where there is more than anybody writes.
func (s *scanner) add(n *node, name string, key Range) *node {
	if s.nodes++; s.nodes > maxNodes {
		s.pos = len(s.text)
	}
	return n.add(name, key)
}

func (s *scanner) peek() byte {
	if s.pos < len(s.text) {
		return s.text[s.pos]
	}
	return 0
}

// column of the position on its line.
func (s *scanner) column() int { return s.pos - strings.LastIndexByte(s.text[:s.pos], '\n') - 1 }

// skipSpaces also skips a comment, which then ends the line.
func (s *scanner) skipSpaces() {
	for s.peek() == ' ' || s.peek() == '\t' || s.peek() == '\r' {
		s.pos++
	}
	if s.peek() == '#' && (s.pos == 0 || strings.IndexByte(" \t\n", s.text[s.pos-1]) >= 0) {
		s.skipLine()
	}
}

func (s *scanner) skipLine() {
	if end := strings.IndexByte(s.text[s.pos:], '\n'); end >= 0 {
		s.pos += end
		return
	}
	s.pos = len(s.text)
}

func (s *scanner) endOfLine() bool { return s.pos >= len(s.text) || s.peek() == '\n' }

// nextContent goes to the next line that says something, from the rest of this
// one, and gives its column; -1 where there is none.
func (s *scanner) nextContent() int {
	for {
		s.skipSpaces()
		switch {
		case s.pos >= len(s.text):
			return -1
		case s.peek() == '\n':
			s.pos++
		case s.column() == 0 && strings.HasPrefix(s.text[s.pos:], "---"):
			s.skipLine()
		default:
			return s.column()
		}
	}
}

// dash says that an entry of a list begins here.
func (s *scanner) dash() bool {
	return s.peek() == '-' && (s.pos+1 == len(s.text) || strings.IndexByte(" \t\r\n", s.text[s.pos+1]) >= 0)
}

// block reads a mapping, a list or a text whose lines begin at a column.
func (s *scanner) block(n *node, column int) {
	s.depth++
	defer func() { s.depth-- }()
	if s.depth > maxNesting {
		s.pos = len(s.text)
		return
	}
	n.value = Range{s.pos, s.pos}
	switch isList := s.dash(); {
	case isList:
		n.shape = sequence
	case s.isKey() || n.parent == nil || s.keyFollows(column): // Also while its first name is typed.
		n.shape = mapping
	default:
		s.plain(n, column-1)
		return
	}
	for at := column; at >= column; at = s.nextContent() {
		switch {
		case at > column: // indented too far: what it belongs to cannot be told.
			s.skipLine()
		case n.shape == sequence && s.dash():
			child := s.add(n, "", Range{})
			s.pos = min(s.pos+1, len(s.text))
			s.value(child, column)
			n.value.End = max(child.value.End, s.ended(child))
		case n.shape == mapping && !s.dash():
			s.field(n, column)
		default:
			return
		}
	}
}

// ended is where an entry ends that has no value: behind its dash.
func (s *scanner) ended(child *node) int {
	if child.shape == nothing {
		return child.value.Start
	}
	return child.value.End
}

// keyFollows says that a field begins at the same column in the next line.
func (s *scanner) keyFollows(column int) bool {
	back := s.pos
	defer func() { s.pos = back }()
	s.skipLine()
	return s.nextContent() == column && s.isKey()
}

// keyEnd is where a name ends that begins here; -1 where none does.
func (s *scanner) keyEnd() int {
	i := s.pos
	if c := s.peek(); c == '"' || c == '\'' {
		i = s.quoteEnd()
	} else {
		for i < len(s.text) && s.text[i] != '\n' && !(s.text[i] == ':' && s.behindColon(i)) {
			if s.text[i] == '#' && i > s.pos && s.text[i-1] == ' ' {
				return -1
			}
			i++
		}
	}
	if i < len(s.text) && s.text[i] == ':' && s.behindColon(i) && i > s.pos {
		return i
	}
	return -1
}

func (s *scanner) behindColon(i int) bool {
	return i+1 == len(s.text) || strings.IndexByte(" \t\r\n", s.text[i+1]) >= 0
}

func (s *scanner) isKey() bool {
	return strings.IndexByte("{[", s.peek()) < 0 && s.keyEnd() >= 0
}

// field reads one field of a mapping in lines. A word without a colon is a name
// that is being typed.
func (s *scanner) field(n *node, column int) {
	start, end := s.pos, s.keyEnd()
	if end < 0 || strings.IndexByte("{[", s.peek()) >= 0 {
		s.skipLine()
		key := Range{start, start + len(strings.TrimRight(s.text[start:s.pos], " \t\r"))}
		s.add(n, key.in(s.text), key)
		n.value.End = key.End
		return
	}
	key := Range{start, end}
	child := s.add(n, unquoted(key.in(s.text)), key)
	s.pos = min(max(s.pos, end+1), len(s.text))
	child.value = Range{s.pos, s.pos}
	s.value(child, column)
	n.value.End = max(n.value.End, child.value.End)
}

// value reads what follows a colon or a dash; column is that of the name or the
// dash.
func (s *scanner) value(n *node, column int) {
	n.value = Range{s.pos, s.pos}
	s.skipSpaces()
	if s.endOfLine() {
		back := s.pos
		next := s.nextContent()
		if next > column || next == column && !n.key.isEmpty() && s.dash() {
			s.block(n, next)
			return
		}
		s.pos = back
		return
	}
	switch c := s.peek(); {
	case n.key.isEmpty() && (s.dash() || s.isKey()):
		s.block(n, s.column())
	case c == '{' || c == '[':
		s.flow(n, column)
	case c == '|' || c == '>':
		s.literal(n, column)
	default:
		s.plain(n, column)
	}
}
