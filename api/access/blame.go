package access

import "time"

// attempt is one probe that the breakers have let through: that of its endpoint,
// and that of its caller there, if the caller has been in trouble.
type attempt struct {
	checker *Checker
	caller  callerKey
	key     decisionKey

	endpoint, trouble         *breaker
	endpointDone, troubleDone func(error)
}

// attempt asks the breakers for a probe; false when either lets none through.
func (c *Checker) attempt(caller *Caller, target *Target) (attempt, bool) {
	a := attempt{checker: c, caller: caller.key, key: caller.decisionKey(target), endpoint: c.breakers.of(target.id)}
	var err error
	if a.endpointDone, err = a.endpoint.steps.Allow(); err != nil {
		return attempt{}, false
	}
	if a.trouble = c.troubles.find(a.key); a.trouble == nil {
		return a, true
	}
	if a.troubleDone, err = a.trouble.steps.Allow(); err != nil {
		a.endpointDone(errNoEvidence)
		return attempt{}, false
	}
	return a, true
}

// abandon ends an attempt that came to nothing.
func (a attempt) abandon() {
	a.endpointDone(errNoEvidence)
	if a.trouble != nil {
		a.troubleDone(errNoEvidence)
	}
}

// report says how the probe has ended, after what time, and whose fault it was.
func (a attempt) report(result outcome, took time.Duration) {
	switch result.blame() {
	case nobodys:
		a.abandon()
	case endpoints:
		a.endpoint.fault(a.endpointDone, result == outcomeConnect)
		if a.trouble != nil {
			a.troubleDone(errNoEvidence)
		}
	case callers:
		a.blameCaller(result)
	default:
		if result == outcomeAllowed && !a.key.question.decoy {
			a.checker.peers.letIn(a.caller)
		}
		a.endpoint.answered(a.endpointDone)
		a.endpoint.decided(result, took)
		if a.trouble != nil {
			a.trouble.answered(a.troubleDone)
			a.checker.troubles.byKey.Invalidate(a.key)
		}
	}
}

// blameCaller keeps the caller from trying again for a while, and everybody once
// many callers had the same. That a caller has used up its quota is never the
// endpoint's fault.
func (a attempt) blameCaller(result outcome) {
	hung := result == outcomeTimeout
	if result != outcomeRateLimited && a.endpoint.trouble(a.caller, a.checker.memory.admitted(a.key), hung) {
		a.endpoint.fault(a.endpointDone, true)
	} else {
		a.endpointDone(errNoEvidence)
	}
	if a.trouble == nil {
		a.trouble = a.checker.troubles.of(a.key)
		var err error
		if a.troubleDone, err = a.trouble.steps.Allow(); err != nil {
			return // somebody with the same credentials has been told meanwhile
		}
	}
	a.trouble.fault(a.troubleDone, hung)
}
