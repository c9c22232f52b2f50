package syntax

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Visible writes out what steers a terminal, reorders the text around it or
// cannot be seen, as \u202e, and bytes that are no UTF-8 as \x9b. Lines, tabs
// and the text of every language stay. Whoever writes a kind-spec or an object
// would else decide what others see of it. The escapes are those of JSON
// strings and of quoted strings in YAML.
func Visible(text string) string {
	if !Hides(text) {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case IsHidden(r) && r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		case IsHidden(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
		i += size
	}
	return b.String()
}

// Message makes text that somebody else wrote fit for conditions and Events: at
// most so many bytes, and nothing in it that steers the reader's terminal.
func Message(text string, limit int) string {
	return Shorten(Visible(Shorten(text, limit)), limit)
}

// Hides says whether Visible changes the text.
func Hides(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' {
			return !utf8.ValidString(text) || strings.ContainsFunc(text[i:], IsHidden)
		}
	}
	return false
}

// IsHidden is true for control characters but line feed and tab, for the marks
// and spaces that Unicode has for layout (category Cf, and the line and paragraph
// separators), and for nothing that languages are written with: the joiners
// U+200C and U+200D are, and so are the signs before Arabic numbers.
func IsHidden(r rune) bool {
	switch {
	case r == '\n' || r == '\t' || r == '\u200c' || r == '\u200d':
		return false
	case r == '\u2028' || r == '\u2029':
		return true
	case unicode.Is(unicode.Prepended_Concatenation_Mark, r):
		return false
	}
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r)
}
