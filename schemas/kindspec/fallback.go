package kindspec

import (
	"regexp"
	"slices"
	"strings"
)

// leftOut is the sentence that says what counts where a field is not written.
var leftOut = regexp.MustCompile(`\s*Left out: (.*?)\.( |$)`)

// parted takes what counts where a field is left out away from its description.
func parted(description string) (meaning, fallback string) {
	description = strings.Join(strings.Fields(description), " ")
	at := leftOut.FindStringSubmatchIndex(description)
	if at == nil {
		return description, ""
	}
	return strings.TrimSpace(description[:at[0]] + " " + description[at[1]:]), description[at[2]:at[3]]
}

// fallbackOf is that same value where it is one; nil where it has to be told in
// words.
func fallbackOf(field Field, crd map[string]any) any {
	if crd["type"] == "boolean" && !field.Type.Pointer {
		return false
	}
	description, _ := crd["description"].(string)
	_, fallback := parted(description)
	values, _ := crd["enum"].([]any)
	if fallback != "" && slices.Contains(values, any(fallback)) {
		return fallback
	}
	return nil
}
