package kind

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

const maxQuoted = 200

// asJSON quotes a value for people, shortened.
func asJSON(value any) string {
	encoded, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprintf("%T", value)
	}
	return shorten(string(encoded), maxQuoted)
}

// shorten cuts text to at most limit bytes at a rune boundary.
func shorten(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	cut := limit - len("…")
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}

// number gives a JSON number in the shapes that encoding/json, unstructured
// and YAML use for it.
func number(value any) (float64, bool) {
	switch n := value.(type) {
	case float64:
		return n, true
	case int64:
		return float64(n), true
	case int:
		return float64(n), true
	case json.Number:
		f, err := n.Float64()
		return f, err == nil
	default:
		return 0, false
	}
}
