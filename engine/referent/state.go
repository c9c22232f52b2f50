package referent

import (
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// State is what is known about a referent type.
type State string

// The states. In Synced and Stale objects can be looked up; Starting means that
// nothing can be said yet; the others say why there is nothing to look up.
const (
	// Unused: no MaaSModel needs the type. It may be read, and is not.
	Unused State = "Unused"
	// Starting: the first answer of the API server is still to come.
	Starting State = "Starting"
	// Synced: objects are as the API server has them.
	Synced State = "Synced"
	// Stale: the API server does not answer at present, objects are as it had
	// them last.
	Stale State = "Stale"
	// Failing: reads of the type have failed for long, while the API server
	// answers others. What was read before is not relied on any longer.
	Failing State = "Failing"
	// Forbidden: the API server refuses to let this process list or watch.
	Forbidden State = "Forbidden"
	// NotInstalled: the API server does not serve the type.
	NotInstalled State = "NotInstalled"
	// VersionNotServed: the API server serves the type, in no version that is read.
	VersionNotServed State = "VersionNotServed"
)

// States are all states.
var States = [...]State{Unused, Starting, Synced, Stale, Failing, Forbidden, NotInstalled, VersionNotServed}

// asked is the state that a look-up meets: whoever looks needs the type, and it is
// read in a moment.
func (s State) asked() State {
	if s == Unused {
		return Starting
	}
	return s
}

// readable says whether objects can be looked up.
func (s State) readable() bool { return s == Synced || s == Stale }

// Lookup is the answer to one look at a referent.
type Lookup struct {
	State State
	// Message says what is wrong and what to do, for Failing, Forbidden,
	// NotInstalled and VersionNotServed; for Starting only if the API server fails.
	Message string
	// Type is the version that is read; zero while none is known to be served.
	Type schema.GroupVersionKind
	// Resource is what the type is called in requests; empty while none is served.
	Resource string
	// Namespaced is false for cluster-scoped types.
	Namespaced bool
	// Object is the referent's projection, nil when it does not exist.
	Object *unstructured.Unstructured
}

// Health is the state of one referent type, for metrics and probes.
type Health struct {
	Type  schema.GroupVersionKind
	State State
	// Since is when a watch has come into that state; zero without a watch.
	Since time.Time
}

// Dead says whether a watch has told nothing for longer than it takes to start
// or to come back. A type that is not installed, or that may not be read, is
// not watched, which is no failure of a watch.
func (h Health) Dead(now time.Time, patience time.Duration) bool {
	return h.State == Failing || (h.State == Starting || h.State == Stale) && !h.Since.IsZero() && now.Sub(h.Since) > patience
}
