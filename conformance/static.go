package conformance

import "context"

// proveStatic holds the kind-spec against the pinned contract of its backend.
func proveStatic(_ context.Context, _ *Suite, f *Folder) ([]Check, error) {
	if f.Kind.NoReferent() != "" {
		return []Check{pass("no pin is needed: the kind reads no object")}, nil
	}
	return []Check{skip("pin", "%s has no pin: nothing says which fields its backend has", f.File("referent.yaml"))}, nil
}
