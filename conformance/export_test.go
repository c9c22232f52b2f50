package conformance

// What tests of the package hold to account.
var (
	HostileURLs     = hostileURLs
	HostileEndpoint = hostileEndpoint
	MergePatch      = mergePatch
	Contradiction   = Verdict.contradiction
)
