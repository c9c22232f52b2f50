package access

import "time"

// Summary is what a check found besides its verdicts.
type Summary struct {
	// CheckedAt is when the oldest of the decisions was made; zero without any.
	CheckedAt time.Time
	// Decided and Inconclusive count verdicts; refused targets are in neither.
	Decided, Inconclusive int
	// RetryAfter is set when the caller is throttled; ByPeer when those at its address
	// are.
	RetryAfter time.Duration
	ByPeer     bool
	// Late is set when this process was too late to tell what was answered, and Busy
	// when nothing was asked because too many others are asking: it is when to come
	// again.
	Late bool
	Busy time.Duration
}

// tally makes a Summary, of what is remembered first.
type tally struct {
	Summary
	// oldest is when the oldest of the decisions was made, 0 without any.
	oldest int64
	// recalled counts the verdicts that are remembered, missed are the places of those
	// that are not, aged of those that it is time to ask for again.
	recalled     int
	missed, aged []int
	// admitted: an endpoint is remembered to have let the caller in.
	admitted bool
	// until is how long what is remembered is in force unless a verdict becomes another
	// one, in nanoseconds since 1970.
	until int64
}

func (t *tally) decided(checked int64) {
	t.Decided++
	if t.oldest == 0 || checked < t.oldest {
		t.oldest = checked
		t.CheckedAt = time.Unix(0, checked)
	}
}

func (t *tally) asked(a answer) {
	switch a.verdict {
	case Allowed, Denied:
		t.decided(a.checked)
	case Unreachable:
		t.Inconclusive++
		t.Late = t.Late || a.tooLate
	case Throttled, PeerThrottled:
		t.ByPeer = a.verdict == PeerThrottled
		t.RetryAfter = max(t.RetryAfter, a.retryAfter)
	}
}
