package catalog

import (
	"cmp"
	"strings"
	"sync/atomic"
	"time"

	"github.com/maas-kinds/maas/api/access"
)

// Entry is one model as it is listed. It is immutable.
type Entry struct {
	// ID is the model's name, or namespace/name where the name is held for
	// another namespace.
	ID string
	// Namespace and Name of the MaaSModel.
	Namespace, Name string
	// Kind is the canonical name of the model's kind, or what the MaaSModel
	// says where no such kind is known.
	Kind string
	// Ready means phase Ready.
	Ready bool
	// Model is what clients are told of it, and JSON the same as they get it.
	Model Model
	JSON  []byte
	// Locked is what callers may be told whom its backend turns away, in JSON: the id and
	// how to get access. Nil where they may not learn of it.
	Locked []byte

	resourceVersion string
	// text is that of Text, once it was asked for.
	text atomic.Pointer[string]
}

// Compare orders entries as they are listed: by id, and then by namespace.
func (e *Entry) Compare(other *Entry) int {
	return cmp.Or(strings.Compare(e.ID, other.ID), strings.Compare(e.Namespace, other.Namespace))
}

// Snapshot is the catalog at one moment: the models with an endpoint, sorted
// by id and then namespace. It is immutable; its slices must not be changed.
type Snapshot struct {
	// Generation counts snapshots of this process, starting from 1.
	Generation uint64
	// RenderedAt is when the snapshot was made.
	RenderedAt time.Time
	// LeftOut counts models that there was no room for: see Renderer.Most.
	LeftOut int
	// Unreadable counts models whose specs are not made as a MaaSModel's is.
	Unreadable int

	entries []*Entry
	targets []*access.Target
	// index finds entries by id, by namespace/name and by alias.
	index   map[string]int
	decoys  []neighbours
	retired retirees
	// until is when a model is deprecated or retires next; zero for never.
	until time.Time
}

// Entries are the models in the order in which they are listed.
func (s *Snapshot) Entries() []*Entry { return s.entries }

// Targets are the entries' endpoints, in the same order.
func (s *Snapshot) Targets() []*access.Target { return s.targets }

// Find looks a model up by its id, by namespace/name or by an alias that is no
// other model's, and gives its place in Entries.
func (s *Snapshot) Find(id string) (int, bool) {
	i, ok := s.index[id]
	return i, ok
}
