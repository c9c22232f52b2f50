package format

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// escape writes JSON so that all who read it see the same text: as \u and four
// digits goes, inside strings,
//
//   - what YAML takes no file with, though JSON has it: DEL, the C1 controls, U+FFFE
//     and U+FFFF (YAML 1.2.2, 5.1; js-yaml 4 and PyYAML refuse the whole document),
//     and U+0085, a line break in YAML 1.1;
//   - what makes people see another text than is there: the controls of the
//     bidirectional algorithm (UAX 9), and a byte order mark;
//   - what more there is that one program takes for its own.
//
// It is the same JSON to a parser.
func escape(text []byte, more string) []byte {
	var escaped []byte
	done, inString := 0, false
	for i := 0; i < len(text); {
		c, size := rune(text[i]), 1
		if c >= utf8.RuneSelf {
			c, size = utf8.DecodeRune(text[i:])
		}
		switch {
		case c == '\\':
			size = 2 // and what it escapes
		case c == '"':
			inString = !inString
		case inString && (isEscaped(c) || strings.ContainsRune(more, c)):
			escaped = fmt.Appendf(append(escaped, text[done:i]...), `\u%04x`, c)
			done = i + size
		}
		i += size
	}
	if done == 0 {
		return text
	}
	return append(escaped, text[done:]...)
}

func isEscaped(c rune) bool {
	switch {
	case 0x7f <= c && c <= 0x9f,
		c == 0x061c, c == 0x200e, c == 0x200f, 0x202a <= c && c <= 0x202e, 0x2066 <= c && c <= 0x2069,
		c == 0xfeff, c == 0xfffe, c == 0xffff:
		return true
	}
	return false
}
