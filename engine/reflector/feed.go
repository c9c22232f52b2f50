package reflector

import (
	"context"
	"errors"
	"fmt"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"
)

var errNoContext = errors.New("listing and watching take a context")

// feed is what an informer lists and watches: once, whatever the API server does.
type feed struct {
	informers *Informers
	link      *link
	from      cache.ListerWatcherWithContext
	example   runtime.Object
	// wanted has the stream of each list of the informer. There is one; another
	// would be one that the informer has lost track of.
	wanted  chan *stream
	current *stream
}

// run fills the newest stream until the context ends.
func (f *feed) run(ctx context.Context) {
	stop := func() {}
	defer func() { stop() }()
	for {
		select {
		case <-ctx.Done():
			return
		case next := <-f.wanted:
			stop()
			filling, cancel := context.WithCancel(ctx)
			ended := make(chan struct{})
			next.done = filling.Done()
			go func() {
				defer close(ended)
				f.fill(filling, next)
			}()
			stop = func() {
				cancel()
				<-ended
			}
		}
	}
}

// fill keeps a stream true.
func (f *feed) fill(ctx context.Context, to *stream) {
	told := &trouble{Informers: f.informers}
	streaming := false
	to.replaced = func() {
		f.link.connected()
		if streaming {
			told.ended(ctx)
		}
	}
	Source{
		Name: fmt.Sprintf("%T", f.example), Example: f.example, Store: to, Clock: f.informers.Clock, Log: f.informers.Log,
		List: f.from.ListWithContext,
		Watch: func(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
			f.link.lost() // The watch before this one has ended.
			defer told.unlessAnswered(ctx)()
			return f.from.WatchWithContext(ctx, options)
		},
		Permit: func(context.Context) error { return nil },
		Connected: func(ctx context.Context, listed bool) {
			if streaming = !listed; listed {
				f.link.connected()
				told.ended(ctx)
			}
		},
		Failed: func(ctx context.Context, err error) bool {
			f.link.lost()
			told.failed(ctx, err)
			return false
		},
	}.Run(ctx)
}

// ListWithContext is part of cache.ListerWatcherWithContext. It waits until the
// objects could be read.
func (f *feed) ListWithContext(ctx context.Context, _ metav1.ListOptions) (runtime.Object, error) {
	next := &stream{example: f.example, first: make(chan *metav1.List), events: make(chan watch.Event)}
	select {
	case f.wanted <- next:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	select {
	case list := <-next.first:
		f.current = next
		return list, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// WatchWithContext is part of cache.ListerWatcherWithContext.
func (f *feed) WatchWithContext(context.Context, metav1.ListOptions) (watch.Interface, error) {
	return f.current, nil
}

// List is part of cache.ListerWatcher. Nothing calls it where there is one with a context.
func (f *feed) List(metav1.ListOptions) (runtime.Object, error) { return nil, errNoContext }

// Watch is part of cache.ListerWatcher, as List is.
func (f *feed) Watch(metav1.ListOptions) (watch.Interface, error) { return nil, errNoContext }

// IsWatchListSemanticsUnSupported has the informer list: what is streamed is
// streamed from the API server.
func (f *feed) IsWatchListSemanticsUnSupported() bool { return true }

// stream passes on what a Source stores: a list first, and then what changes.
type stream struct {
	example  runtime.Object
	first    chan *metav1.List
	events   chan watch.Event
	done     <-chan struct{}
	replaced func()
	// known are the keys of the objects; nil before the list.
	known sets.Set[string]
}

// ResultChan is part of watch.Interface.
func (s *stream) ResultChan() <-chan watch.Event { return s.events }

// Stop is part of watch.Interface. The stream ends with the informer.
func (s *stream) Stop() {}

// Add is part of cache.ReflectorStore.
func (s *stream) Add(object any) error { return s.put(watch.Added, object) }

// Update is part of cache.ReflectorStore.
func (s *stream) Update(object any) error { return s.put(watch.Modified, object) }

// Delete is part of cache.ReflectorStore.
func (s *stream) Delete(object any) error { return s.put(watch.Deleted, object) }

// Resync is part of cache.ReflectorStore. The informer has its own.
func (s *stream) Resync() error { return nil }

// Replace is part of cache.ReflectorStore.
func (s *stream) Replace(objects []any, version string) error {
	list := &metav1.List{ListMeta: metav1.ListMeta{ResourceVersion: version}}
	keys := sets.New[string]()
	for _, object := range objects {
		key, err := cache.MetaNamespaceKeyFunc(object)
		if err != nil {
			return fmt.Errorf("reading the key of an object: %w", err)
		}
		keys.Insert(key)
		if item, ok := object.(runtime.Object); ok {
			list.Items = append(list.Items, runtime.RawExtension{Object: item})
		}
	}
	if s.known == nil {
		select {
		case s.first <- list:
		case <-s.done:
		}
		s.known = keys
		s.replaced()
		return nil
	}
	for key := range s.known.Difference(keys) {
		if err := s.gone(key); err != nil {
			return err
		}
	}
	for _, item := range list.Items {
		s.send(watch.Modified, item.Object)
	}
	s.known = keys
	s.replaced()
	return nil
}

// gone tells of an object that the API server has no more. How it was last is not
// known here: of what is deleted an informer reads the key.
func (s *stream) gone(key string) error {
	namespace, name, err := cache.SplitMetaNamespaceKey(key)
	if err != nil {
		return fmt.Errorf("deleting an object: %w", err)
	}
	object := s.example.DeepCopyObject()
	named, err := meta.Accessor(object)
	if err != nil {
		return fmt.Errorf("deleting an object: %w", err)
	}
	named.SetNamespace(namespace)
	named.SetName(name)
	s.send(watch.Deleted, object)
	return nil
}

func (s *stream) put(change watch.EventType, object any) error {
	key, err := cache.MetaNamespaceKeyFunc(object)
	if err != nil {
		return fmt.Errorf("reading the key of an object: %w", err)
	}
	if change == watch.Deleted {
		s.known.Delete(key)
	} else {
		s.known.Insert(key)
	}
	if item, ok := object.(runtime.Object); ok {
		s.send(change, item)
	}
	return nil
}

func (s *stream) send(change watch.EventType, object runtime.Object) {
	select {
	case s.events <- watch.Event{Type: change, Object: object}:
	case <-s.done:
	}
}
