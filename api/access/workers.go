package access

import "context"

// workers are goroutines that are kept, since the stack of a new one would have to
// grow for each probe. There are as many as have been at work at a time.
type workers struct {
	closing context.Context //nolint:containedctx // it is the end of this process's probes
	work    chan func()
}

func newWorkers(closing context.Context) *workers {
	return &workers{closing: closing, work: make(chan func())}
}

// run has a function run, by start if no worker is free.
func (w *workers) run(f func(), start func(func())) {
	select {
	case w.work <- f:
	default:
		start(func() { w.stay(f) })
	}
}

func (w *workers) stay(f func()) {
	for {
		f()
		select {
		case f = <-w.work:
		case <-w.closing.Done():
			return
		}
	}
}
