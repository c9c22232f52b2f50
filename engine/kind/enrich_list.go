package kind

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// list reads strings: a path that selects several, a list, or one string with
// commas or a JSON array in it, as annotations hold lists. What may not be an entry
// is left out.
func (r factReader) list(field string, may entryRule) []string {
	if !r.asked(field) {
		return nil
	}
	from, values := r.values(field)
	l := factList{may: may}
	for _, value := range values {
		l.add(value)
	}
	var found any
	if len(l.entries) > 0 {
		found = l.entries
	}
	r.record(field, from, found, len(l.entries) > 0, l.note)
	return l.entries
}

// entryRule gives an entry as it is taken, or says why it is left out.
type entryRule func(text string) (taken, note string)

func anyText(text string) (taken, note string) { return text, "" }

// aWord is one of known words, in any case of letters.
func aWord(known func() []string) entryRule {
	return func(text string) (taken, note string) {
		if word := strings.ToLower(text); slices.Contains(known(), word) {
			return word, ""
		}
		return "", "what is none of " + strings.Join(known(), ", ") + " is left out"
	}
}

func aPath(text string) (taken, note string) {
	if !strings.HasPrefix(text, "/") {
		return "", "what does not begin with a slash is left out"
	}
	return text, ""
}

// factList is a list of texts, each there once.
type factList struct {
	may     entryRule
	entries []string
	// size of the entries together, in bytes.
	size int
	// note says what was left out.
	note string
}

func (l *factList) add(value any) {
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			if text, ok := item.(string); ok {
				l.add(text)
			}
		}
	case string:
		l.addText(v)
	}
}

// addText adds the texts of a JSON array, or what stands between commas.
func (l *factList) addText(text string) {
	parts := strings.SplitSeq(text, ",")
	if text = strings.TrimSpace(text); strings.HasPrefix(text, "[") {
		var array []string
		if err := json.Unmarshal([]byte(text), &array); err != nil {
			l.note = "it begins as a JSON array and is none of strings: write one, or words with commas"
			return
		}
		parts = slices.Values(array)
	}
	for part := range parts {
		if len(l.entries) == maxListEntries {
			l.note = fmt.Sprintf("no more than %d entries are taken", maxListEntries)
			return
		}
		l.addOne(part)
	}
}

func (l *factList) addOne(text string) {
	if len(text) > maxListEntry {
		l.note = fmt.Sprintf("entries of more than %d bytes are left out", maxListEntry)
		return
	}
	text, note := fitForClients(text, maxListEntry)
	l.note = cmp.Or(l.note, note)
	if text != "" {
		if text, note = l.may(text); note != "" {
			l.note = note
			return
		}
	}
	switch {
	case text == "" || slices.Contains(l.entries, text):
	case l.size+len(text) > maxList:
		l.note = fmt.Sprintf("no more than %d bytes are taken", maxList)
	default:
		l.entries, l.size = append(l.entries, text), l.size+len(text)
	}
}
