package draft

import (
	"slices"
	"strings"
)

// What a draft says where nothing was seen that says more.
const (
	unknownFailure  = "it is not known yet whether this backend can say that it has failed"
	unknownEndpoint = "it is not known yet where this backend is reached, set spec.endpointOverride"
	// Undescribed is what a case says of a state that was only seen.
	Undescribed = "Say here by which rule of the backend, and where that is written."
	// nowhere is an annotation that no object has: a kind-spec needs a rule for Ready.
	nowhere = "maas.opendatahub.io/say-what-is-ready"
)

// Undecided says of a line that it stands as a draft has it, for somebody to decide.
func Undecided(line string) bool {
	return slices.ContainsFunc([]string{unknownFailure, unknownEndpoint, Undescribed, nowhere}, func(words string) bool { return strings.Contains(line, words) })
}
