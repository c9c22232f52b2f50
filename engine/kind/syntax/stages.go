package syntax

import (
	"slices"
	"strconv"
	"strings"
)

// NothingLeft says that the document as a whole is faulty.
func (d *Document) NothingLeft() bool { return d.givenUp || d.LeftOut("") }

// Next runs a stage on what the stages before it have found no fault in. What it
// says about faulty values again, or because they are left out, is dropped.
func (d *Document) Next(rule string, stage func() error) error {
	d.rule = rule
	earlier := len(d.faults)
	for _, pointer := range d.faulty {
		d.leaveOut(pointer)
	}
	d.partial = earlier > 0
	if err := stage(); err != nil {
		return err
	}
	faults, faulty := d.faults, d.faulty
	d.faults, d.faulty = slices.Clip(faults[:earlier]), slices.Clip(faulty[:earlier])
	for i := earlier; i < len(faults); i++ {
		repeats := func(known string) bool { return overlap(known, faulty[i]) }
		isLast := d.givenUp && i == len(faults)-1 // of the whole document, and no repetition
		if isLast || !slices.ContainsFunc(faulty[:earlier], repeats) {
			d.faults, d.faulty = append(d.faults, faults[i]), append(d.faulty, faulty[i])
		}
	}
	return nil
}

// overlap says that two pointers are of one value, or one is inside the other.
func overlap(a, b string) bool {
	return strings.HasPrefix(a+"/", b+"/") || strings.HasPrefix(b+"/", a+"/")
}

// leaveOut puts null, which decodes as absent, in the place of a value: the
// entries of a list keep their numbers.
func (d *Document) leaveOut(pointer string) {
	cut := strings.LastIndexByte(pointer, '/')
	switch parent := Lookup(d.value, pointer[:cut]).(type) {
	case map[string]any:
		if key := unescapePointer(pointer[cut+1:]); parent[key] != nil {
			parent[key] = nil
		}
	case []any:
		if i, err := strconv.Atoi(pointer[cut+1:]); err == nil && i < len(parent) {
			parent[i] = nil
		}
	}
}

// LeftOut says that a value is absent because it is faulty.
func (d *Document) LeftOut(pointer string) bool { return slices.Contains(d.faulty, pointer) }

// FaultAcross reports a fault that follows from several parts of the document.
// While some are left out it may be wrong, and is not told.
func (d *Document) FaultAcross(pointer, format string, args ...any) {
	d.AcrossOf(d.rule, pointer, format, args...)
}

// AcrossOf is faultAcross for a rule of its own.
func (d *Document) AcrossOf(rule, pointer, format string, args ...any) {
	if !d.partial {
		d.FaultOf(rule, pointer, format, args...)
	}
}
