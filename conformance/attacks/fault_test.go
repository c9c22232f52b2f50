package attacks

import (
	"net/netip"

	"github.com/maas-kinds/maas/api"
)

// fault is something that an API must not do, planted to see who notices. The
// empty one is none.
type fault string

// Faults towards backends.
const (
	anyAddress         fault = "tokens go to any address and host"
	followsRedirects   fault = "follows redirects"
	followsHints       fault = "goes where Alt-Svc, Refresh and Link point"
	obeysEnvironment   fault = "takes a proxy from the environment"
	answersChallenges  fault = "answers every challenge with the token"
	keepsCookies       fault = "keeps cookies"
	trustsCertificates fault = "trusts any certificate"
	speaksOldTLS       fault = "speaks TLS 1.0"
	sharesConnections  fault = "shares connections among models"
	keepsConnections   fault = "keeps connections after ambiguous answers"
	failsOpen          fault = "lists what gave no sound answer"
	repeatsBackends    fault = "passes on what backends say"
	logsHeaders        fault = "logs headers"
	unboundedAnswers   fault = "reads answers without a limit or a deadline"
	decompresses       fault = "unpacks what backends compress"
)

// Faults towards callers.
const (
	mergesCredentials  fault = "takes one of several credentials"
	forwardsEverything fault = "sends backends all headers of a request"
	trustsHeaders      fault = "believes headers that say who calls"
	looseKeys          fault = "remembers callers by a part of their credentials"
	sharesPages        fault = "keeps one list for all callers"
	cachesPublicly     fault = "lets caches between keep replies"
	namesHidden        fault = "tells hidden models from absent ones"
	echoesInput        fault = "repeats what it was sent"
	mendsPaths         fault = "mends paths before it looks things up"
	overridesMethods   fault = "obeys headers that change the method"
	reflectsOrigins    fault = "lets any page read replies"
	laxFraming         fault = "reads ambiguous requests"
	servesOthers       fault = "fetches for others"
	unboundedRequests  fault = "takes requests of any size, in any time"
	waitsForReaders    fault = "answers nobody while others do not read"
)

// loosenings are faults that an operator can make, by options of the API.
func loosenings() map[fault]func(*api.Options) {
	return map[fault]func(*api.Options){
		anyAddress: func(o *api.Options) {
			o.TrustedHosts, o.AllowHTTP = []string{"*"}, true
			o.AllowCIDRs = []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}
		},
	}
}

// naive says whether the fault is planted in a server of the suite's own, and
// not by options of the API.
func (f fault) naive() bool { return f != "" && loosenings()[f] == nil }

func (f fault) loosen(o *api.Options) {
	if change := loosenings()[f]; change != nil {
		change(o)
	}
}
