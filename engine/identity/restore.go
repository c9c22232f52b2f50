package identity

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
)

// Names are the names that are held for one namespace, as they are stored: the
// value is empty while an object has the name, else since when none has it, in
// RFC 3339.
type Names map[string]string

// Restore fills an empty Book at a start, from what is stored for each
// namespace and from all objects that there are. What is stored decides: a
// status alone gives a name only where nobody's is stored.
func (b *Book) Restore(stored map[string]Names, objects []Object, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	exist := make(map[string]Object, len(objects))
	claimed := map[string]Object{}
	for _, o := range objects {
		exist[o.Qualified()] = o
		if other, taken := claimed[o.Name]; o.bare() && (!taken || older(o, other) < 0) {
			claimed[o.Name] = o
		}
	}
	for name, claims := range byName(stored) {
		best := slices.MaxFunc(claims, func(a, b claim) int { return a.compare(b, claimed[name].Namespace) })
		h := b.hold(name, best.namespace)
		object, exists := exist[best.namespace+"/"+name]
		if !exists || best.since != "" && !object.bare() {
			b.lay(h, best.time(now))
		}
		for _, other := range claims {
			b.touchNamespace(other.namespace) // What others claim of it is not to stay.
		}
	}
	for name, o := range claimed {
		if b.held[name] == nil {
			b.hold(name, o.Namespace)
		}
	}
	for _, namespace := range slices.Collect(maps.Keys(b.unused)) {
		b.trim(namespace)
	}
}

// claim is what is stored of one name for one namespace.
type claim struct{ namespace, since string }

// byName turns what is stored around. A name that is stored for two namespaces
// is left over from a write that was cut short, or from somebody's edit.
func byName(stored map[string]Names) map[string][]claim {
	claims := map[string][]claim{}
	for namespace, names := range stored {
		for name, since := range names {
			claims[name] = append(claims[name], claim{namespace, since})
		}
	}
	return claims
}

// compare ranks claims to one name: first that of the object which has the
// name, then one in use, then the one that was in use last.
func (c claim) compare(other claim, user string) int {
	return cmp.Or(
		truth(c.namespace == user)-truth(other.namespace == user),
		truth(c.since == "")-truth(other.since == ""),
		c.time(time.Time{}).Compare(other.time(time.Time{})),
		strings.Compare(other.namespace, c.namespace),
	)
}

// time is since when the name is unused; now where that is not said.
func (c claim) time(now time.Time) time.Time {
	since, err := time.Parse(time.RFC3339, c.since)
	if err != nil || !now.IsZero() && since.After(now) {
		return now
	}
	return since
}

func truth(holds bool) int {
	if holds {
		return 1
	}
	return 0
}
