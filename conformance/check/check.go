// Package check has what a check of a kind came to.
package check

import "fmt"

// Outcome is how a check ended.
type Outcome string

// The outcomes. Skipped says in its message why there was nothing to hold.
const (
	Passed  Outcome = "Passed"
	Failed  Outcome = "Failed"
	Skipped Outcome = "Skipped"
)

// Result is one thing that was held against a kind, and how that ended.
type Result struct {
	// Name is unique within the level, for example "case ready_externalAddress".
	Name    string
	Outcome Outcome
	// Message says what is wrong, where, and what to do; empty when it passed.
	Message string
}

// Pass is a check that nothing is said against.
func Pass(name string) Result { return Result{Name: name, Outcome: Passed} }

// Of passes unless a fault is told.
func Of(name, fault string) Result {
	if fault != "" {
		return Fail(name, "%s", fault)
	}
	return Pass(name)
}

// Fail is a check that found something.
func Fail(name, format string, args ...any) Result {
	return Result{Name: name, Outcome: Failed, Message: fmt.Sprintf(format, args...)}
}

// Skip is a check that could not be made, and why.
func Skip(name, format string, args ...any) Result {
	return Result{Name: name, Outcome: Skipped, Message: fmt.Sprintf(format, args...)}
}
