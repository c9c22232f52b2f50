package syntax

import "strings"

// Positions are where the fields of a file are written.
type Positions struct {
	// File as messages name it.
	File string
	// lines are keyed by JSON Pointer.
	lines map[string]int
}

// Report is for faults that are found when the document itself is gone.
func (p Positions) Report(rule string) *Document { return &Document{Positions: p, rule: rule} }

// At is a fault of the field at a JSON Pointer, or of the nearest thing around it
// that is written down. It has no message yet.
func (p Positions) At(pointer string) Fault {
	return Fault{File: p.File, Line: p.line(pointer), Field: fieldPath(pointer)}
}

func (p Positions) line(pointer string) int {
	for {
		if line, ok := p.lines[pointer]; ok {
			return line
		}
		cut := strings.LastIndexByte(pointer, '/')
		if cut < 0 {
			return 1
		}
		pointer = pointer[:cut]
	}
}
