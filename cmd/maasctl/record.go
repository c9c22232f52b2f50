package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	watchtools "k8s.io/client-go/tools/watch"
	"k8s.io/utils/clock"

	"github.com/maas-kinds/maas/conformance/draft"
	"github.com/maas-kinds/maas/engine/kind/folder"
)

// recorder keeps the states that an object goes through.
type recorder struct {
	clock clock.Clock
	// settle is how long a state has to last; after duration, or that many states, it ends.
	settle, duration time.Duration
	states           int
	// save is called with each state that is kept.
	save func(*unstructured.Unstructured, time.Duration) error
}

// errEnded says that the API server has ended a watch for good.
var errEnded = errors.New("the watch has ended")

// recording is a recorder at work.
type recording struct {
	recorder
	began   time.Time
	settled clock.Timer
	// latest is the object as it is, kept the last state that was.
	latest, kept *unstructured.Unstructured
	count        int
}

// run ends when the context does, which is no error, when the object is deleted, and at
// its bounds. A state that has not settled yet counts at the end: it is the last one.
func (r recorder) run(ctx context.Context, first *unstructured.Unstructured, events <-chan watch.Event) error {
	w := &recording{recorder: r, began: r.clock.Now(), settled: r.clock.NewTimer(r.settle), latest: first}
	end := r.clock.NewTimer(r.duration)
	defer end.Stop()
	defer func() { w.settled.Stop() }()
	for {
		select {
		case <-ctx.Done():
			return w.keep()
		case <-end.C():
			return w.keep()
		case <-w.settled.C():
			if err := w.keep(); err != nil || w.count >= r.states {
				return err
			}
		case event, open := <-events:
			switch {
			case event.Type == watch.Deleted || ctx.Err() != nil:
				return w.keep()
			case !open || event.Type == watch.Error:
				return errors.Join(fmt.Errorf("following the object: %w", errEnded), w.keep())
			}
			w.see(event)
		}
	}
}

// see takes the object as it is now, and begins to wait whether it stays so.
func (w *recording) see(event watch.Event) {
	object, isObject := event.Object.(*unstructured.Unstructured)
	if !isObject || event.Type == watch.Bookmark {
		return
	}
	object = draft.Stripped(object)
	if w.kept == nil || !draft.Same(w.latest, object) {
		w.settled.Stop()
		w.settled = w.clock.NewTimer(w.settle)
	}
	w.latest = object
}

// keep saves the object as it is, unless that was done.
func (w *recording) keep() error {
	if w.kept != nil && draft.Same(w.kept, w.latest) {
		return nil
	}
	w.kept = w.latest
	w.count++
	return w.save(w.kept, w.clock.Since(w.began))
}

// recordStates follows one object, and writes the folder of a kind anew after each state:
// whenever it is stopped the files are complete.
func (o *newOptions) recordStates(ctx context.Context, in draft.Input, word, name string, std ioStreams) error {
	o.dir = o.record
	starting, stop := context.WithTimeout(ctx, o.timeout)
	defer stop()
	live, err := o.openLive(starting, word)
	if err != nil {
		return err
	}
	first, err := live.read(starting, name)
	if err != nil {
		return err
	}
	if err := o.readAround(starting, &in, live, std); err != nil {
		return err
	}
	if in.Name == "" {
		in.Name = live.of.Kind
	}
	if err := refuseThere(o.dir, in.Name); err != nil {
		return err
	}
	events, err := live.follow(ctx, first)
	if err != nil {
		return err
	}
	defer events.Stop()
	fmt.Fprintf(std.err, "following the %s %s; Ctrl-C ends it\n", live.of.Kind, printable(qualifiedName(first)))
	var made draft.Draft
	save := func(object *unstructured.Unstructured, after time.Duration) error {
		called := fmt.Sprintf("state %d, after %s", len(in.States)+1, after.Round(time.Second))
		if !addState(&in, draft.State{Name: called, Object: object}) {
			fmt.Fprintf(std.err, "after %s: as it was before\n", after.Round(time.Second))
			return nil
		}
		// Also after Ctrl-C, which is how it ends.
		writing, stop := context.WithTimeout(context.WithoutCancel(ctx), o.timeout)
		defer stop()
		// An operator makes a Service or a route on its way. Where they cannot be read now,
		// what was seen before is good enough.
		if beside, err := live.beside(writing, in.Kinds, ioStreams{err: io.Discard}); err == nil {
			in.Beside = beside
		}
		var err error
		made, err = o.writeStates(writing, in, std)
		return err
	}
	r := recorder{clock: clock.RealClock{}, settle: o.settle, duration: o.duration, states: o.states, save: save}
	ended := r.run(ctx, draft.Stripped(first), events.ResultChan())
	if len(in.States) == 0 || made.Name == "" {
		return ended
	}
	return errors.Join(ended, o.sayNext(made, std))
}

// writeStates writes the files for the states so far.
func (o *newOptions) writeStates(ctx context.Context, in draft.Input, std ioStreams) (draft.Draft, error) {
	made, k, err := compiledDraft(in)
	if err != nil {
		return made, err
	}
	content, err := draftCases(ctx, k, in, made)
	if err != nil {
		return made, err
	}
	files := map[string]string{folder.SpecFile: made.Spec, folder.CasesFile: content}
	if skeleton := draftSources(made.Spec, k); skeleton != "" {
		files[folder.SourcesFile] = skeleton
	}
	quiet := std
	quiet.out = std.err
	if len(in.States) > 1 {
		fmt.Fprintf(std.err, "%s: %s\n", filepath.Join(o.dir, made.Name, folder.CasesFile), printable(in.States[len(in.States)-1].Name))
		quiet.out = io.Discard
	}
	return made, writeFiles(o.dir, made.Name, files, quiet)
}

// follow watches one object from a state on, and begins again where the connection is lost.
func (l *liveBackends) follow(ctx context.Context, from *unstructured.Unstructured) (*watchtools.RetryWatcher, error) {
	config := rest.CopyConfig(l.config)
	config.Timeout = 0 // A watch is silent for as long as nothing happens.
	c, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("connecting to the cluster: %w", err)
	}
	objects := c.Resource(l.of.GroupVersion().WithResource(l.of.plural)).Namespace(l.namespace)
	watcher, err := watchtools.NewRetryWatcherWithContext(ctx, from.GetResourceVersion(), oneObject{objects, from.GetName()})
	if err != nil {
		return nil, fmt.Errorf("following the %s %s: %w", l.of.Kind, from.GetName(), err)
	}
	return watcher, nil
}

// oneObject watches an object by its name.
type oneObject struct {
	dynamic.ResourceInterface
	name string
}

// WatchWithContext is part of cache.WatcherWithContext.
func (o oneObject) WatchWithContext(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
	options.FieldSelector = fields.OneTermEqualSelector("metadata.name", o.name).String()
	return o.Watch(ctx, options)
}
