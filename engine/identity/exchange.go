package identity

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// maxBytes bounds what is stored for one namespace, well under the 1 MiB of a
// ConfigMap and the 1.5 MiB of a request to etcd.
const maxBytes = 1_000_000

// size is what one name takes: it is a key of the data, and once more in
// metadata.managedFields, with what is written around it.
func size(name, value string) int { return 2*len(name) + len(value) + 40 }

// Changed has a value when names have changed since Touched.
func (b *Book) Changed() <-chan struct{} { return b.changed }

// Waiting says whether there is anything for Touched to take.
func (b *Book) Waiting() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.touched) > 0
}

// Touched takes the namespaces whose names have changed.
func (b *Book) Touched() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	taken := slices.Sorted(maps.Keys(b.touched))
	clear(b.touched)
	return taken
}

// Touch puts a namespace back, whose names could not be stored.
func (b *Book) Touch(namespace string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.touchNamespace(namespace)
}

// Names are what to store for a namespace, and how many names did not fit:
// those that are in use come first, then the ones unused for the shortest time.
func (b *Book) Names(namespace string) (Names, int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := slices.SortedFunc(maps.Values(b.names[namespace]), func(x, y *holding) int {
		return cmp.Or(truth(y.since.IsZero())-truth(x.since.IsZero()), longer(y, x))
	})
	names, bytes := make(Names, len(all)), 0
	for _, h := range all {
		value := h.value()
		if bytes += size(h.name, value); bytes > maxBytes {
			return names, len(all) - len(names)
		}
		names[h.name] = value
	}
	return names, 0
}

func (h *holding) value() string {
	if h.since.IsZero() {
		return ""
	}
	return h.since.Format(time.RFC3339)
}

// Stored says what is stored for a namespace now.
func (b *Book) Stored(namespace string, now Names) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for name, h := range b.names[namespace] {
		value, ok := now[name]
		h.stored = ok && value == h.value()
	}
}

// Absorb takes over what somebody else has changed in what is stored for a
// namespace. A name that was removed there is held no more, unless an object
// has it. One that was added is held, unless it is held already. It gives the
// names that were released.
func (b *Book) Absorb(namespace string, before, after Names, now time.Time) (released []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for name := range before {
		_, stays := after[name]
		if h := b.held[name]; !stays && h != nil && h.namespace == namespace && !h.since.IsZero() {
			b.release(h)
			released = append(released, name)
		}
	}
	for name, since := range after {
		if _, known := before[name]; !known && b.held[name] == nil {
			b.lay(b.hold(name, namespace), claim{namespace, since}.time(now))
		}
	}
	b.trim(namespace)
	b.touchNamespace(namespace)
	slices.Sort(released)
	return released
}
