package syntax

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"
)

const maxQuoted = 200

// Quote quotes a value for people, shortened. A large one costs no more than a
// small one: it may be quoted once for each entry of a list.
func Quote(value any) string {
	room := maxQuoted + 1
	encoded, err := json.Marshal(beginning(value, &room))
	if err != nil {
		return fmt.Sprintf("%T", value)
	}
	return Shorten(string(encoded), maxQuoted)
}

// beginning copies of a value what its text begins with; each byte of room stands
// for at least one of the text.
func beginning(value any, room *int) any {
	*room--
	switch v := value.(type) {
	case string:
		v = v[:min(len(v), max(*room, 0)+utf8.UTFMax)]
		*room -= len(v)
		return v
	case []any:
		var some []any
		for i := 0; i < len(v) && *room > 0; i++ {
			some = append(some, beginning(v[i], room))
		}
		return append([]any{}, some...)
	case map[string]any:
		some := map[string]any{}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if *room <= 0 {
				break
			}
			short, _ := beginning(name, room).(string)
			some[short] = beginning(v[name], room)
		}
		return some
	}
	return value
}

// Shorten cuts text to at most limit bytes at a rune boundary.
func Shorten(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	cut := limit - len("…")
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}

// Number gives a JSON number in the shapes that encoding/json, unstructured
// and YAML use for it.
func Number(value any) (float64, bool) {
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

// Canonical is a part of a kind-spec as text that is equal where the parts are.
func Canonical(spec any) string {
	encoded, err := json.Marshal(spec)
	if err != nil {
		return fmt.Sprintf("%#v", spec)
	}
	return string(encoded)
}

// SameScalar compares constants with what objects hold: numbers by their value,
// whatever type they have in Go.
func SameScalar(a, b any) bool {
	if x, ok := Number(a); ok {
		y, ok := Number(b)
		return ok && x == y
	}
	switch a.(type) {
	case string, bool:
		return a == b
	default:
		return false
	}
}
