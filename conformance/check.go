package conformance

import (
	"context"
	"fmt"
)

// Outcome is how a check ended.
type Outcome string

// The outcomes. Skipped says in its message why there was nothing to hold.
const (
	Passed  Outcome = "Passed"
	Failed  Outcome = "Failed"
	Skipped Outcome = "Skipped"
)

// Check is one thing that was held against a kind.
type Check struct {
	// Name is unique within the level, for example "case ready_externalAddress".
	Name    string
	Outcome Outcome
	// Message says what is wrong, where, and what to do; empty when it passed.
	Message string
}

func pass(name string) Check { return Check{Name: name, Outcome: Passed} }

func fail(name, format string, args ...any) Check {
	return Check{Name: name, Outcome: Failed, Message: fmt.Sprintf(format, args...)}
}

func skip(name, format string, args ...any) Check {
	return Check{Name: name, Outcome: Skipped, Message: fmt.Sprintf(format, args...)}
}

// Level is one kind of proof. A level is run only when the kind-spec compiles,
// but for L0, which says that it does not.
type Level struct {
	// ID is "L0" to "L5".
	ID string
	// Title is one word for people.
	Title string
	// Core levels make a report partial when one of their checks is skipped.
	Core bool
	// Prove gives the checks. The error means that the suite itself is broken.
	Prove func(context.Context, *Suite, *Folder) ([]Check, error)
}

// Levels are the levels that need no cluster, in the order in which they run.
func Levels() []Level {
	return []Level{
		{ID: "L0", Title: "schema", Core: true, Prove: proveSchema},
		{ID: "L1", Title: "static", Core: true, Prove: proveStatic},
		{ID: "L2", Title: "cases", Core: true, Prove: proveCases},
		{ID: hardness, Title: "hardness", Core: true, Prove: proveRobustness},
	}
}
