package referent

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/cache"
	"k8s.io/utils/clock"

	"github.com/maas-kinds/maas/engine/kind"
)

// store holds the projections of one type's objects, and how far they can be
// trusted. It is what a reflector writes to.
type store struct {
	project func(*unstructured.Unstructured) *unstructured.Unstructured
	// changed is told of an object whose projection is another one now, moved
	// of a state in which look-ups answer differently. Neither is called under
	// the lock, and both after the store has changed.
	changed func(Change)
	moved   func(State)

	clock clock.PassiveClock

	mu      sync.RWMutex
	objects indexed
	syncState
	// since is when the state became what it is.
	since time.Time
	fault fault
}

func newStore(project func(*unstructured.Unstructured) *unstructured.Unstructured, clock clock.PassiveClock) *store {
	return &store{project: project, clock: clock, since: clock.Now(), objects: newIndexed()}
}

func (s *store) get(key types.NamespacedName) (*unstructured.Unstructured, State) {
	s.mu.RLock()
	found, state := s.objects.objects.get(key), s.state()
	s.mu.RUnlock()
	if !state.readable() {
		return nil, state
	}
	return found.object(), state
}

// matching are the objects that answer a query, which is of one namespace. What
// others have costs nothing, and what is not in the answer next to nothing.
func (s *store) matching(query kind.Query) ([]*unstructured.Unstructured, State) {
	if query.Name != "" {
		object, state := s.get(types.NamespacedName{Namespace: query.Namespace, Name: query.Name})
		if object == nil {
			return nil, state
		}
		return []*unstructured.Unstructured{object}, state
	}
	terms := query.Terms()
	s.index(terms)
	s.mu.RLock()
	among, state := s.objects.among(query.Namespace, terms), s.state()
	s.mu.RUnlock()
	if !state.readable() {
		return nil, state
	}
	var found []*unstructured.Unstructured
	for _, kept := range among {
		if object := kept.object(); query.Matches(object) {
			found = append(found, object)
		}
	}
	return found, state
}

// index makes the indexes that the terms need. They stay.
func (s *store) index(terms []kind.Term) {
	s.mu.RLock()
	has := s.objects.has(terms)
	s.mu.RUnlock()
	if has {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.objects.make(terms)
}

// current is the state, and since when.
func (s *store) current() (State, time.Time) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.state(), s.since
}

func (s *store) all() ([]*unstructured.Unstructured, State) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if state := s.state(); !state.readable() {
		return nil, state
	}
	return slices.Collect(s.objects.objects.all()), s.state()
}

// Add is part of cache.ReflectorStore.
func (s *store) Add(object any) error { return s.upsert(object) }

// Update is part of cache.ReflectorStore.
func (s *store) Update(object any) error { return s.upsert(object) }

// upsert wakes nobody, and does nothing, where what is read of the object is as it was.
func (s *store) upsert(object any) error {
	after, err := s.projected(object)
	if err != nil {
		return err
	}
	s.mu.RLock()
	was := s.objects.objects.get(after.key)
	s.mu.RUnlock()
	if was == after.encoded {
		return nil
	}
	before, projection := was.object(), after.object()
	s.mu.Lock() // the reflector alone writes
	s.objects.put(before, projection, after.encoded)
	s.mu.Unlock()
	s.changed(Change{after.key, before, projection})
	return nil
}

// Delete is part of cache.ReflectorStore.
func (s *store) Delete(object any) error {
	referent, ok := object.(*unstructured.Unstructured)
	if !ok {
		return fmt.Errorf("deleting a referent: got a %T", object)
	}
	key := keyOf(referent)
	s.mu.Lock()
	before := s.objects.objects.get(key).object()
	s.objects.remove(before)
	s.mu.Unlock()
	if before != nil {
		s.changed(Change{Key: key, Before: before})
	}
	return nil
}

// Replace is part of cache.ReflectorStore. Objects that stay as they were wake
// nobody.
func (s *store) Replace(list []any, _ string) error {
	after := objects{}
	for _, object := range list {
		kept, err := s.projected(object)
		if err != nil {
			return err
		}
		after.set(kept.key, kept.encoded)
	}
	s.mu.Lock()
	before := s.objects.replace(after)
	from, to := s.updateLocked(func(t *syncState) { t.listed = true })
	s.mu.Unlock()

	switch {
	case answersDiffer(from, to):
		s.moved(to)
	case to.readable():
		for _, change := range differences(before, after) {
			s.changed(change)
		}
	}
	return nil
}

// Resync is part of cache.ReflectorStore: nothing is told twice.
func (s *store) Resync() error { return nil }

// Transformer is part of cache.TransformingStore: objects that are streamed in
// a list are projected one by one, not kept whole until the last has come.
func (s *store) Transformer() cache.TransformFunc {
	return func(object any) (any, error) { return s.projected(object) }
}

// kept is what is left of an object.
type kept struct {
	key types.NamespacedName
	encoded
}

// projected has to accept its own results: see cache.TransformFunc.
func (s *store) projected(object any) (kept, error) {
	if done, ok := object.(kept); ok {
		return done, nil
	}
	referent, ok := object.(*unstructured.Unstructured)
	if !ok {
		return kept{}, fmt.Errorf("storing a referent: got a %T", object)
	}
	projection := s.project(referent)
	// It changes with every change, also of what nobody reads.
	projection.SetResourceVersion("")
	text, err := encode(projection)
	return kept{keyOf(projection), text}, err
}

func keyOf(object *unstructured.Unstructured) types.NamespacedName {
	return types.NamespacedName{Namespace: object.GetNamespace(), Name: object.GetName()}
}
