package soak

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"
)

const (
	// lookEvery and listEvery are how often statuses and lists are looked at.
	lookEvery = 500 * time.Millisecond
	listEvery = time.Second
	// listWithin is how much longer than a status a list may lag: the API hears of the
	// status, connects anew, and asks the backend.
	listWithin = settle + 5*time.Second
	// callOn is how long an endpoint that was withdrawn may be asked.
	callOn = settle
)

// watcher looks at everything while it is played.
type watcher struct {
	*session
	oracle   *oracle
	statuses judge
	lists    judge
	tokens   tokens
	exits    []*Fault
	// samples are written by the one who acts, and read when all has ended.
	samples []sample
	looks   int
	listed  int
	// seen is what the last look came to; only the loop of lists and looks reads it.
	seen chan []sighting
}

func newWatcher(s *session) (*watcher, error) {
	o, err := newOracle(theCast(s.Models))
	if err != nil {
		return nil, err
	}
	return &watcher{
		session: s, oracle: o, seen: make(chan []sighting, 1),
		statuses: judge{what: wrongStatus, within: settle, start: s.start, before: s.history.before},
		lists:    judge{what: wrongList, within: listWithin, start: s.start, before: s.history.before},
		tokens:   tokens{within: callOn, start: s.start, before: s.history.before},
	}, nil
}

// run looks until ctx ends.
func (w *watcher) run(ctx context.Context) error {
	var group errgroup.Group
	group.Go(func() error {
		for wait(ctx, lookEvery) {
			if err := w.look(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	group.Go(func() error {
		for wait(ctx, listEvery) {
			w.list(ctx)
		}
		return nil
	})
	group.Go(func() error {
		w.tokens.follow(ctx, w.client)
		return nil
	})
	return group.Wait()
}

// look looks at the statuses, at what came to the backends, and at the processes.
func (w *watcher) look(ctx context.Context) error {
	w.revive(ctx)
	s, ok := w.read(ctx)
	if !ok {
		return nil
	}
	seen, err := w.oracle.look(ctx, s, w.programs[theController].began())
	if err != nil {
		return err
	}
	w.looks++
	w.statuses.look(s.at, w.calm.sinceAll(theServer, theController), seen)
	var hosts []string
	for _, model := range s.models {
		if model.Status.Endpoint != "" {
			hosts = append(hosts, hostIn(model.Status.Endpoint))
		}
	}
	w.tokens.publish(s.at, hosts)
	w.tokens.look(s.at, w.calm.sinceAll(theServer, theController, theAPI), w.backends.take())
	select { // what nobody has read is replaced
	case <-w.seen:
	default:
	}
	w.seen <- seen
	return nil
}

// read reads what the API server holds. It is false where that is away, whoever has
// done it.
func (w *watcher) read(ctx context.Context) (*snapshot, bool) {
	s, err := read(ctx, w.client)
	if err != nil {
		w.calm.note(theServer)
	}
	return s, err == nil
}

// list looks at the lists of all callers.
func (w *watcher) list(ctx context.Context) {
	var seen []sighting
	select {
	case seen = <-w.seen:
	case <-ctx.Done():
		return
	}
	var all []sighting
	for _, caller := range callers() {
		l, err := list(ctx, w.plain, w.api, caller)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			w.unlisted(caller, err)
			return
		}
		all = append(all, l.compare(w.oracle.cast, seen)...)
		w.listed++
	}
	w.lists.look(time.Now(), w.calm.sinceAll(theServer, theController, theAPI), all)
}

// unlisted has a caller who got no list.
func (w *watcher) unlisted(caller Caller, err error) {
	w.say("  %s", err)
	w.lists.look(time.Now(), w.calm.sinceAll(theServer, theController, theAPI),
		[]sighting{{name: caller.Name + " lists", must: "a list", wrong: err.Error()}})
}

// revive starts processes again that nobody has ended.
func (w *watcher) revive(ctx context.Context) {
	for name, p := range w.programs {
		again, err := p.revive(ctx)
		if !again {
			continue
		}
		w.calm.begin(name)
		server := w.calm.sinceAll(theServer)
		// One that needs the API server may end with it: whoever runs it starts it again.
		if name == theServer || time.Since(server) > settle || err != nil {
			now := time.Now()
			w.exits = append(w.exits, &Fault{What: wrongExit, Who: name, At: now.Sub(w.start), Expected: "that it runs", Found: fmt.Sprint(p.exits, err), Before: w.history.before(now)})
		}
		go func() {
			defer w.calm.end(name)
			if err := p.awaitReady(ctx, w.clientOf(name), readyWithin); err != nil {
				w.say("  %s", err)
			}
		}()
	}
}

// report puts what was seen into a result.
func (w *watcher) report(r *Result) {
	r.Looks, r.Lists, r.Probes = w.looks, w.listed, w.backends.count()
	r.WrongReady, r.ListedReady = w.statuses.wrongReady, w.lists.wrongReady
	for _, all := range [][]*Fault{w.statuses.faults, w.lists.faults, w.tokens.faults, w.exits} {
		for _, f := range all {
			r.Faults = append(r.Faults, *f)
		}
	}
	r.Growth = grown(w.samples)
}
