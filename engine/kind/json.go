package kind

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

const maxQuoted = 200

// asJSON quotes a value for people, shortened. A large one costs no more than a
// small one: it may be quoted once for each entry of a list.
func asJSON(value any) string {
	room := maxQuoted + 1
	encoded, err := json.Marshal(beginning(value, &room))
	if err != nil {
		return fmt.Sprintf("%T", value)
	}
	return shorten(string(encoded), maxQuoted)
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
		for _, name := range sortedKeys(v) {
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
