package main

import (
	"errors"
	"flag"
	"fmt"
	"time"

	"k8s.io/client-go/tools/leaderelection"
)

// lease says how leadership is kept and lost. Its defaults let an API server be
// away for ten seconds, and another replica take over within fifteen.
type lease struct {
	duration, deadline, retry time.Duration
}

func (l *lease) flags(flags *flag.FlagSet) {
	flags.DurationVar(&l.duration, "leader-election-lease-duration", 15*time.Second,
		"how long a leader that is not heard of stays the leader: the longest a crash leaves nobody at work")
	flags.DurationVar(&l.deadline, "leader-election-renew-deadline", 10*time.Second,
		"how long the leader tries to renew its lease before it ends, with exit code 1: the longest it outlives an API server that is away")
	flags.DurationVar(&l.retry, "leader-election-retry-period", 2*time.Second, "pause between attempts at the lease")
}

// check refuses what would let two leaders work at one time.
func (l *lease) check() error {
	var faults []error
	if l.retry <= 0 {
		faults = append(faults, fmt.Errorf("--leader-election-retry-period is %s: it has to be more than 0", l.retry))
	}
	if least := time.Duration(leaderelection.JitterFactor * float64(l.retry)); l.deadline <= least {
		faults = append(faults, fmt.Errorf("--leader-election-renew-deadline is %s: it has to be more than %s, %v times the retry period",
			l.deadline, least, leaderelection.JitterFactor))
	}
	if l.duration <= l.deadline {
		faults = append(faults, fmt.Errorf("--leader-election-lease-duration is %s: it has to be more than the renew deadline of %s, or two replicas would lead",
			l.duration, l.deadline))
	}
	return errors.Join(faults...)
}
