package kind

import (
	"slices"
	"strconv"
	"strings"
)

// nothingLeft says that the document as a whole is faulty.
func (d *document) nothingLeft() bool { return d.givenUp || d.leftOut("") }

// next runs a layer on what the layers before it have found no fault in. What it
// says about faulty values again, or because they are left out, is dropped.
func (d *document) next(layer func() error) error {
	earlier := len(d.faults)
	for _, pointer := range d.faulty {
		d.leaveOut(pointer)
	}
	d.partial = earlier > 0
	if err := layer(); err != nil {
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
func (d *document) leaveOut(pointer string) {
	cut := strings.LastIndexByte(pointer, '/')
	switch parent := lookup(d.value, pointer[:cut]).(type) {
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

// leftOut says that a value is absent because it is faulty.
func (d *document) leftOut(pointer string) bool { return slices.Contains(d.faulty, pointer) }

// faultAcross reports a fault that follows from several parts of the document.
// While some are left out it may be wrong, and is not told.
func (d *document) faultAcross(pointer, format string, args ...any) {
	d.acrossOf(d.rule, pointer, format, args...)
}

// acrossOf is faultAcross for a rule of its own.
func (d *document) acrossOf(rule, pointer, format string, args ...any) {
	if !d.partial {
		d.faultOf(rule, pointer, format, args...)
	}
}
