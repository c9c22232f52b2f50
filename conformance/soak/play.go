package soak

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"
)

// readyWithin is how long a process may take to be ready after it has begun.
const readyWithin = time.Minute

// history is what was done, and when.
type history struct {
	mu   sync.Mutex
	done []done
}

type done struct {
	at   time.Time
	text string
}

func (h *history) add(text string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.done = append(h.done, done{time.Now(), text})
}

// before gives the last few things that were done before a time, and the heavy ones
// among those before them.
func (h *history) before(at time.Time) []string {
	const most, window = 8, 25 * time.Second
	h.mu.Lock()
	defer h.mu.Unlock()
	var texts []string
	for _, d := range slices.Backward(h.done) {
		if len(texts) == most || at.Sub(d.at) > window {
			break
		}
		if !d.at.After(at.Add(time.Second)) {
			texts = append(texts, d.text)
		}
	}
	slices.Reverse(texts)
	return texts
}

// play does the steps, and looks meanwhile.
func (s *session) play(ctx context.Context, steps []Step) error {
	s.start = time.Now()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	group, ctx := errgroup.WithContext(ctx)
	watching, stop := context.WithCancel(ctx)
	w, err := newWatcher(s)
	if err != nil {
		stop()
		return err
	}
	group.Go(func() error { return w.run(watching) })
	group.Go(func() error {
		defer stop()
		return s.act(ctx, w, steps)
	})
	err = group.Wait()
	s.result.Lasted = time.Since(s.start)
	w.report(&s.result)
	return err
}

// act does one step after the other. Those about processes go on by themselves; a
// rest begins when they have ended.
func (s *session) act(ctx context.Context, w *watcher, steps []Step) error {
	var heavy errgroup.Group
	defer func() { _ = heavy.Wait() }()
	origin := s.start
	for _, step := range steps {
		if !wait(ctx, max(0, time.Until(origin.Add(step.At)))) {
			return ctx.Err()
		}
		s.result.Steps[step.Do]++
		text := fmt.Sprintf("%s (at %s)", step, time.Since(s.start).Round(100*time.Millisecond))
		s.history.add(text)
		s.say("  %s", text)
		switch step.Do {
		case kill, freeze:
			s.calm.begin(step.Target) // before anything else is done
			heavy.Go(func() error { return s.disturb(ctx, step) })
		case mend:
			if err := heavy.Wait(); err != nil {
				return err
			}
			heavy = errgroup.Group{}
			if err := s.rest(ctx, w, step); err != nil {
				return err
			}
			origin = time.Now().Add(-step.At - step.For)
		default:
			if err := s.world.do(ctx, step); err != nil {
				return fmt.Errorf("%s: %w", step, err)
			}
		}
	}
	return nil
}

// disturb kills or freezes a process, and waits until it is back.
func (s *session) disturb(ctx context.Context, step Step) error {
	defer s.calm.end(step.Target)
	p := s.programs[step.Target]
	p.turn.Lock()
	defer p.turn.Unlock()
	if step.Do == freeze {
		if err := p.signal(syscall.SIGSTOP); err != nil {
			return err
		}
		wait(ctx, step.For)
		return p.signal(syscall.SIGCONT)
	}
	if err := p.end(syscall.SIGKILL); err != nil {
		return err
	}
	if err := p.start(ctx); err != nil {
		return err
	}
	return p.awaitReady(ctx, s.clientOf(step.Target), readyWithin)
}

func (s *session) clientOf(process string) *http.Client {
	if process == theServer {
		return s.http
	}
	return s.plain
}

// rest brings everything back, and measures the processes when they have nothing to
// do any more.
func (s *session) rest(ctx context.Context, w *watcher, step Step) error {
	if err := s.world.do(ctx, step); err != nil {
		return fmt.Errorf("%s: %w", step, err)
	}
	end := time.Now().Add(step.For)
	if !wait(ctx, settle) {
		return ctx.Err()
	}
	measured := map[string]map[string]float64{}
	for time.Now().Before(end) {
		for name, url := range s.metrics {
			values, err := measure(ctx, s.clientOf(name), url)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			measured[name] = least(measured[name], values)
		}
		if !wait(ctx, time.Second) {
			return ctx.Err()
		}
	}
	// Whichever API server it is, everybody's watches are as many.
	w.samples = append(w.samples, sample{process: "everybody", at: time.Since(s.start), values: map[string]float64{watches: measured[theServer][watches]}})
	delete(measured[theServer], watches)
	for name, values := range measured {
		w.samples = append(w.samples, sample{process: name, life: s.programs[name].began(), at: time.Since(s.start), values: values})
	}
	return nil
}
