package main

import (
	"errors"
	"fmt"
	"strings"
)

// usageError is a fault of the command line.
type usageError struct{ message string }

func (e usageError) Error() string { return e.message }

// errReported ends a command whose output already says what is wrong.
var errReported = errors.New("faults were reported")

// errUnreadable ends a command whose output already says what it could not read, and
// for which that is another thing than a fault.
var errUnreadable = errors.New("something could not be read")

// either lists words as a sentence does.
func either(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return fmt.Sprintf("%s or %s", strings.Join(words[:len(words)-1], ", "), words[len(words)-1])
}
