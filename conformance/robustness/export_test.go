package robustness

// What tests of the package hold to account.
var (
	AdversarialURLs     = adversarialURLs
	AdversarialEndpoint = adversarialEndpoint
	Contradiction       = contradiction
)
