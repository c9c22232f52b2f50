package access

// Decision says whether an endpoint lets a caller in.
type Decision uint8

// The verdicts.
const (
	// Unreachable means nobody knows: the endpoint is at fault, its breaker is
	// open, or there was no time left to ask. It is the zero value: what was
	// not asked is not allowed.
	Unreachable Decision = iota
	// Allowed means the endpoint answered as the kind accepts and expects.
	Allowed
	// Denied means the endpoint answered with any other status that is no fault,
	// or with something that the kind does not expect.
	Denied
	// Refused means credentials may not go to the endpoint. Nothing was sent.
	Refused
	// Throttled means the caller has used up its probes for now.
	Throttled
	// PeerThrottled means that those at the caller's address have, whom no endpoint
	// has let in.
	PeerThrottled
)

// outcome is what happened to one probe, the label of its metrics.
type outcome string

const (
	outcomeAllowed     outcome = "allowed"
	outcomeDenied      outcome = "denied"
	outcomeRefused     outcome = "refused"
	outcomeRateLimited outcome = "rate_limited"
	outcomeServerError outcome = "server_error"
	// outcomeTimeout is a request that was sent and not answered in time,
	// outcomeConnect one that could not be sent in time.
	outcomeTimeout  outcome = "timeout"
	outcomeConnect  outcome = "connect_timeout"
	outcomeDial     outcome = "dial"
	outcomeTLS      outcome = "tls"
	outcomeProtocol outcome = "protocol"
	// outcomeAborted is a probe cut short by the end of this process.
	outcomeAborted outcome = "aborted"
	// outcomeLate is one whose answer this process may have been too late to read.
	outcomeLate outcome = "late"
	// outcomeUnexpected is a status that the kind accepts, with something that it
	// does not expect.
	outcomeUnexpected outcome = "unexpected"
)

// decision of an outcome: everything that is not a decision is Unreachable.
func (o outcome) decision() Decision {
	switch o {
	case outcomeAllowed:
		return Allowed
	case outcomeDenied, outcomeUnexpected:
		return Denied
	case outcomeRefused:
		return Refused
	default:
		return Unreachable
	}
}

// blame is whose fault an outcome is.
type blame uint8

const (
	// answers are no faults.
	answers blame = iota
	// nobodys faults say nothing: nobody was asked.
	nobodys
	// endpoints faults meet whoever asks.
	endpoints
	// callers faults may be of the endpoint or meet one caller alone.
	callers
)

func (o outcome) blame() blame {
	switch o {
	case outcomeAborted, outcomeLate, outcomeRefused:
		return nobodys
	case outcomeDial, outcomeTLS, outcomeProtocol, outcomeConnect:
		return endpoints
	case outcomeRateLimited, outcomeServerError, outcomeTimeout:
		return callers
	default:
		return answers
	}
}
