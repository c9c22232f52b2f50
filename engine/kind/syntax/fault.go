package syntax

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Fault is one thing wrong with one kind-spec.
type Fault struct {
	// File as given by the source, for example "llmisvc/kind.yaml".
	File string
	// Line counts from 1; 0 when the fault belongs to the whole file.
	Line int
	// Field is the path inside the file, for example "spec.health[0].when[0].status".
	Field string
	// Message says what is wrong and what to write instead.
	Message string
	// Rule is the name of the rule that is broken, see Rules.
	Rule string
	// Warning: the kind is served all the same.
	Warning bool
}

// String gives "file:line: field: message".
func (f Fault) String() string {
	s := f.File
	if f.Line > 0 {
		s += fmt.Sprintf(":%d", f.Line)
	}
	if f.Field != "" {
		s += ": " + f.Field
	}
	if f.Warning {
		return s + ": warning: " + f.Message
	}
	return s + ": " + f.Message
}

// Faults are all faults of all files of a load, sorted by file and line.
type Faults []Fault

// Error lists the faults, one a line.
func (fs Faults) Error() string {
	lines := make([]string, len(fs))
	for i, f := range fs {
		lines[i] = f.String()
	}
	return strings.Join(lines, "\n")
}

// Sorted are the faults by file, line and field, each once; the receiver is sorted.
func (fs Faults) Sorted() Faults {
	slices.SortStableFunc(fs, func(a, b Fault) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), strings.Compare(a.Field, b.Field))
	})
	return slices.Compact(fs)
}
