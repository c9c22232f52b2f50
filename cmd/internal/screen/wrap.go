package screen

import (
	"strings"
	"unicode/utf8"
)

// Wrap cuts text into lines of at most so many characters, at spaces where there are
// any. A width of 0 has no end.
func Wrap(text string, width int) []string {
	if width <= 0 || utf8.RuneCountInString(text) <= width {
		return []string{text}
	}
	var lines []string
	rest := []rune(text)
	for len(rest) > width {
		end, next := breakAt(rest, width)
		lines = append(lines, string(rest[:end]))
		rest = rest[next:]
	}
	return append(lines, string(rest))
}

// breakAt is where a line ends and where the next begins. A word that would leave
// more than half of its line empty is broken.
func breakAt(text []rune, width int) (end, next int) {
	for i := width; i > width/2; i-- {
		if text[i] == ' ' {
			return i, i + 1
		}
	}
	return width, width
}

// Indent wraps each line of a text. What goes on does so behind its own indent, and
// behind a further one.
func Indent(text string, width int, further string) string {
	if width <= 0 {
		return text
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		content := strings.TrimSuffix(line, "\n")
		own := content[:len(content)-len(strings.TrimLeft(content, " "))] + further
		first, rest := content, ""
		if utf8.RuneCountInString(content) > width && width > 2*len(own) {
			runes := []rune(content)
			end, next := breakAt(runes, width)
			first, rest = string(runes[:end]), string(runes[next:])
		}
		b.WriteString(first)
		if rest != "" {
			b.WriteString("\n" + own + strings.Join(Wrap(rest, width-len(own)), "\n"+own))
		}
		b.WriteString(line[len(content):])
	}
	return b.String()
}
