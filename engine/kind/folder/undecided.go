package folder

import (
	"slices"
	"strings"
)

// What a first draft of the files says where somebody has to decide. These words are in no
// file of a finished kind.
const (
	UnknownFailure  = "it is not known yet whether this backend can say that it has failed"
	UnknownEndpoint = "it is not known yet where this backend is reached, set spec.endpointOverride"
	// Undescribed is what a case says of a state that was only seen.
	Undescribed = "Say here by which rule of the backend, and where that is written."
	// NotLookedAt is what is said of the source of a fact.
	NotLookedAt = "nothing was looked at yet"
	// Nowhere is an annotation that no object has: a kind-spec needs a rule for Ready.
	Nowhere = "maas.opendatahub.io/say-what-is-ready"
)

// Undecided says of a line that it stands as a draft has it.
func Undecided(line string) bool {
	return slices.ContainsFunc([]string{UnknownFailure, UnknownEndpoint, Undescribed, NotLookedAt, Nowhere},
		func(words string) bool { return strings.Contains(line, words) })
}
