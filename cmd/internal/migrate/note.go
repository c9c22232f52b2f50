package migrate

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// The rules of notes.
const (
	ruleFile        = "file"
	ruleYAML        = "yaml"
	ruleObject      = "object"
	ruleDuplicate   = "duplicate"
	ruleField       = "field"
	ruleInvalid     = "invalid"
	ruleCircle      = "circle"
	ruleID          = "id"
	ruleKind        = "kind"
	ruleBackend     = "backend"
	ruleNamespace   = "namespace"
	ruleTenant      = "tenant"
	ruleTexts       = "texts"
	ruleMetadata    = "metadata"
	ruleAccess      = "access"
	ruleQuota       = "quota"
	ruleUngoverned  = "ungoverned"
	ruleTier        = "tier"
	ruleNotCarried  = "not-carried"
	rulePassedOver  = "passed-over"
	ruleNotReadable = "not-readable"
)

// Note says of one thing what becomes of it.
type Note struct {
	// Rule is what kind of thing it is, in one word.
	Rule string `json:"rule"`
	// Fault: it cannot be migrated as it is, and somebody has to mend it.
	Fault bool `json:"fault"`
	// File and Line are where it is written; neither where it is in a cluster.
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
	// Object is its kind and name.
	Object string `json:"object,omitempty"`
	Field  string `json:"field,omitempty"`
	// Message says what is so, and what to do.
	Message string `json:"message"`
	// Model is the namespace/name of the MaaSModel that it is about, if there is one.
	Model string `json:"model,omitempty"`
}

// Place is where it is written: file:line, or the object of a cluster.
func (n Note) Place() string {
	switch {
	case n.File == "":
		return "cluster"
	case n.Line == 0:
		return n.File
	}
	return n.File + ":" + strconv.Itoa(n.Line)
}

// String gives "file:line: object: field: message".
func (n Note) String() string {
	place := n.Place()
	if n.File == "" && n.Object == "" {
		place = "" // It is about no object.
	}
	var parts []string
	for _, part := range []string{place, n.Object, n.Field} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(append(parts, n.Message), ": ")
}

func sorted(notes []Note) []Note {
	slices.SortStableFunc(notes, func(a, b Note) int {
		return cmp.Or(
			strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), strings.Compare(a.Object, b.Object),
			strings.Compare(a.Rule, b.Rule), strings.Compare(a.Field, b.Field), strings.Compare(a.Model, b.Model), strings.Compare(a.Message, b.Message),
		)
	})
	return slices.Compact(notes)
}

// Unreadable is the fault of a file or a folder that could not be read.
func Unreadable(file string, err error) Note {
	return Note{Rule: ruleFile, Fault: true, File: file, Message: "cannot be read: " + err.Error()}
}

// NotReadable is about what could not be read of a cluster.
func NotReadable(what string, err error) Note {
	return Note{Rule: ruleNotReadable, Message: what + " were not read, and are not told of: " + err.Error()}
}
