package identity

import (
	"slices"
	"sync"
	"time"
)

// Limits bound what namespaces can make a Book hold of names that no object
// has. Names in use are as many as there are objects.
type Limits struct {
	// Namespace is how many a namespace may have.
	Namespace int
	// Total is how many all namespaces together may have.
	Total int
}

// DefaultLimits are those of the controller.
func DefaultLimits() Limits { return Limits{Namespace: 1000, Total: 10_000} }

// Book says which namespace each name is held for. It may be used by several
// goroutines at one time.
type Book struct {
	limits Limits

	mu sync.Mutex
	// held has every name; names and unused have the same by namespace, unused
	// only those that no object has.
	held          map[string]*holding
	names, unused map[string]map[string]*holding
	free          int // how many unused ones there are
	dropped       int
	// touched are the namespaces whose names have changed since they were taken.
	touched map[string]struct{}
	changed chan struct{}
}

// holding is one name that is held for a namespace.
type holding struct {
	name, namespace string
	// since is when the last object of the name went; zero while one has it.
	since time.Time
	// stored is whether it outlives this process as it is here.
	stored bool
}

// New makes a Book in which no name is held.
func New(limits Limits) *Book {
	return &Book{
		limits: limits, held: map[string]*holding{},
		names: map[string]map[string]*holding{}, unused: map[string]map[string]*holding{},
		touched: map[string]struct{}{}, changed: make(chan struct{}, 1),
	}
}

// ID is the id of an object. All are the objects of its name in all namespaces.
// A name that is held for nobody is given to one of them, whichever of them is
// asked for first.
func (b *Book) ID(object Object, all []Object) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	h := b.held[object.Name]
	if h == nil {
		others := slices.DeleteFunc(slices.Clone(all), func(o Object) bool { return o.Namespace == object.Namespace })
		namespace := first(append(others, object))
		if namespace == "" {
			return object.Qualified()
		}
		h = b.hold(object.Name, namespace)
	}
	if h.namespace != object.Namespace || !h.since.IsZero() && object.waiting() {
		return object.Qualified()
	}
	b.use(h)
	return object.Name
}

// Gone says that the object of a namespace is there no more. Its name stays
// held for the namespace.
func (b *Book) Gone(namespace, name string, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if h := b.held[name]; h != nil && h.namespace == namespace && h.since.IsZero() {
		b.lay(h, now)
		b.trim(namespace)
	}
}

// Counts are how many names are in use, how many are kept unused, how many of
// both are not stored, and how many were let go for a limit since the start.
type Counts struct{ Used, Unused, Unstored, Dropped int }

// Counts counts what is held.
func (b *Book) Counts() Counts {
	b.mu.Lock()
	defer b.mu.Unlock()
	c := Counts{Used: len(b.held) - b.free, Unused: b.free, Dropped: b.dropped}
	for _, h := range b.held {
		if !h.stored {
			c.Unstored++
		}
	}
	return c
}

// hold begins a holding, in use.
func (b *Book) hold(name, namespace string) *holding {
	h := &holding{name: name, namespace: namespace}
	b.held[name] = h
	put(b.names, h)
	b.touch(h)
	return h
}

// use notes that an object has the name.
func (b *Book) use(h *holding) {
	if h.since.IsZero() {
		return
	}
	h.since = time.Time{}
	remove(b.unused, h)
	b.free--
	b.touch(h)
}

// lay notes that no object has the name any more.
func (b *Book) lay(h *holding, since time.Time) {
	h.since = since.UTC().Truncate(time.Second)
	put(b.unused, h)
	b.free++
	b.touch(h)
}

// release ends the holding of an unused name.
func (b *Book) release(h *holding) {
	delete(b.held, h.name)
	remove(b.names, h)
	remove(b.unused, h)
	b.free--
	b.touch(h)
}

func (b *Book) touch(h *holding) {
	h.stored = false
	b.touchNamespace(h.namespace)
}

func (b *Book) touchNamespace(namespace string) {
	b.touched[namespace] = struct{}{}
	select {
	case b.changed <- struct{}{}:
	default: // somebody is told already
	}
}

func put(index map[string]map[string]*holding, h *holding) {
	if index[h.namespace] == nil {
		index[h.namespace] = map[string]*holding{}
	}
	index[h.namespace][h.name] = h
}

func remove(index map[string]map[string]*holding, h *holding) {
	if delete(index[h.namespace], h.name); len(index[h.namespace]) == 0 {
		delete(index, h.namespace)
	}
}
