package syntax

import (
	"encoding/json"
	"fmt"
	"strings"
)

// violation words the violation of one keyword for the author of a kind-spec.
func violation(keyword string, want, instance any, fallback string) string {
	switch keyword {
	case "type":
		return fmt.Sprintf("%s is of type %s, and %s is wanted", Quote(instance), TypeName(instance), alternatives(want))
	case "enum":
		message := fmt.Sprintf("%s is not one of %s", Quote(instance), alternatives(want))
		if text, ok := instance.(string); ok {
			if near := Nearest(text, textsOf(want)); near != "" {
				message += fmt.Sprintf(", did you mean %s?", near)
			}
		}
		return message
	case "const":
		return fmt.Sprintf("%s is not %s", Quote(instance), Quote(want))
	case "pattern":
		return fmt.Sprintf("%s is not written as it must be", Quote(instance))
	case "minItems":
		return "the list is empty, write at least one entry"
	case "minLength":
		if instance != "" {
			return fmt.Sprintf("%s is too short", Quote(instance))
		}
		return "the value is empty"
	case "uniqueItems":
		return "the list has an entry twice"
	default:
		return fallback
	}
}

// textsOf are the strings of a list.
func textsOf(list any) []string {
	entries, _ := list.([]any)
	var texts []string
	for _, entry := range entries {
		if text, ok := entry.(string); ok {
			texts = append(texts, text)
		}
	}
	return texts
}

func alternatives(want any) string {
	list, ok := want.([]any)
	if !ok {
		list = []any{want}
	}
	words := make([]string, len(list))
	for i, word := range list {
		words[i] = fmt.Sprint(word)
		if word == "array" {
			words[i] = "list"
		}
	}
	if len(words) == 1 {
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// TypeName is the type of a JSON value, as authors of YAML call it.
func TypeName(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case float64, int64, int, json.Number:
		return "number"
	case []any:
		return "list"
	default:
		return "object"
	}
}
