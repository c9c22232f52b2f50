// Package conformance proves kinds: it holds every folder of a catalogue
// against levels of checks.
//
//	L0  schema      strict YAML, JSON Schema, the shape of the folder
//	L1  static      the kind-spec against the pinned contract of its backend, and its sources
//	L2  cases       every case decides as it says, and the cases cover the kind-spec
//	L3  robustness  generated faults of objects, and mutants of the kind-spec
//
// It needs no cluster and no network. The rooms below it make the checks; here
// they are put together to levels, and a Report sums them up in the manner of
// Gateway API's ConformanceReport.
package conformance
