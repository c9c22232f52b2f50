package catalog

import (
	"cmp"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/maas-kinds/maas/api/access"
	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
)

// Renderer turns MaaSModels into snapshots. It is used by one goroutine.
type Renderer struct {
	// Kinds in force; what is not among them is probed in the default way.
	Kinds *kind.Live
	// Policy decides which endpoints may be probed.
	Policy *access.Policy
	// Most is how many bytes of JSON the models of one namespace may add to a list;
	// 0 means any number.
	Most int
	// Log is told of models that are cut or left out; nil is told nothing.
	Log *slog.Logger

	generation uint64
	known      map[types.NamespacedName]rendered
	holders    holders
	full       map[string]int
	unreadable unreadable
}

// rendered is what is kept of one model from one snapshot to the next.
type rendered struct {
	entry  *Entry
	target *access.Target
	// revision of the kind that it was rendered by; empty for an unknown one.
	revision string
	// until is when its lifecycle says something else; zero for never.
	until time.Time
}

// holds says whether it is what would be rendered now.
func (r rendered) holds(model *v1alpha1.MaaSModel, id, revision string, now time.Time) bool {
	return r.entry != nil && r.entry.ID == id && r.entry.resourceVersion == model.ResourceVersion && r.revision == revision &&
		(r.until.IsZero() || now.Before(r.until))
}

// Render makes the next snapshot. It keeps nothing of the models, and uses
// again what it rendered before where that still holds.
func (r *Renderer) Render(models []*v1alpha1.MaaSModel, now time.Time) (*Snapshot, error) {
	kinds := r.Kinds.Set()
	models = slices.Clone(models)
	slices.SortFunc(models, older)
	r.generation++
	r.holders = r.holders.next(models, r.generation)
	next := make(map[types.NamespacedName]rendered, len(models))
	all := make([]rendered, 0, len(models))
	room, misfits, retired := newRoom(r.Most), unreadable{}, retirees{}
	for _, model := range models {
		key := types.NamespacedName{Namespace: model.Namespace, Name: model.Name}
		if model.Unreadable != "" {
			misfits[key] = model.Unreadable
			continue
		}
		// A finalizer may keep for long what was deleted, as it was then.
		if model.Status.Endpoint == "" || !model.DeletionTimestamp.IsZero() {
			continue
		}
		if !room.left(model.Namespace) {
			continue
		}
		id := r.holders.idOf(model)
		one, k := r.known[key], kindOf(model, kinds)
		if !one.holds(model, id, revisionOf(k), now) {
			var err error
			if one, err = r.renderOne(model, k, id, now); err != nil {
				return nil, err
			}
		}
		if isRetired(model, now) {
			next[key] = one
			retired.add(model, id, one.target)
			continue
		}
		if !room.take(model.Namespace, len(one.entry.JSON)) {
			continue
		}
		next[key] = one
		all = append(all, one)
	}
	r.known = next
	r.tellOfFull(room)
	r.tellOfUnreadable(misfits)
	s := assemble(all, r.generation, now)
	s.findByAlias(models, r.holders)
	s.Unreadable, s.retired = len(misfits), retired
	for _, models := range room.leftOut {
		s.LeftOut += models
	}
	return s, nil
}

// older orders models by who has the first claim to a name.
func older(a, b *v1alpha1.MaaSModel) int {
	return cmp.Or(
		a.CreationTimestamp.Compare(b.CreationTimestamp.Time),
		strings.Compare(a.Namespace, b.Namespace),
		strings.Compare(a.Name, b.Name),
	)
}

func assemble(all []rendered, generation uint64, now time.Time) *Snapshot {
	slices.SortFunc(all, func(a, b rendered) int {
		return a.entry.Compare(b.entry)
	})
	s := &Snapshot{
		Generation: generation,
		RenderedAt: now,
		entries:    make([]*Entry, len(all)),
		targets:    make([]*access.Target, len(all)),
		index:      make(map[string]int, 2*len(all)),
		decoys:     neighbourhoods(all),
	}
	for i, one := range all {
		s.entries[i], s.targets[i] = one.entry, one.target
		s.until = sooner(s.until, one.until)
		s.index[one.entry.ID] = i
		s.index[one.entry.Namespace+"/"+one.entry.Name] = i
	}
	return s
}

// maxEntry bounds what one model adds to everybody's list, in bytes of JSON. What
// the controller takes of a backend's own words fits, unless most of it is
// characters that JSON escapes.
const maxEntry = 24 << 10

// kindOf is the kind of a model, nil where it is not among these.
func kindOf(model *v1alpha1.MaaSModel, kinds *kind.Set) *kind.Kind {
	known, _ := kinds.Lookup(kindName(model))
	return known
}

func kindName(model *v1alpha1.MaaSModel) string {
	return cmp.Or(model.Status.Kind, model.Spec.ModelRef.Kind)
}

func revisionOf(k *kind.Kind) string {
	if k == nil {
		return ""
	}
	return k.Revision()
}

func (r *Renderer) renderOne(model *v1alpha1.MaaSModel, known *kind.Kind, id string, now time.Time) (rendered, error) {
	name, label, probe := kindName(model), access.UnknownKind, kind.DefaultProbe()
	if known != nil {
		name, label, probe = known.Name(), known.Name(), known.Probe().For(model)
	}
	entry := &Entry{
		ID: id, Namespace: model.Namespace, Name: model.Name, Kind: name,
		Ready:           model.Status.Phase == v1alpha1.PhaseReady,
		resourceVersion: model.ResourceVersion,
	}
	entry.Model = modelOf(model, entry)
	var until time.Time
	entry.Model.Lifecycle, until = lifecycleOf(model.Status.Model, now)
	var err error
	if entry.JSON, err = json.Marshal(entry.Model); err == nil && len(entry.JSON) > maxEntry {
		r.cut(entry)
		entry.Model = entry.Model.bare()
		entry.JSON, err = json.Marshal(entry.Model)
	}
	if err == nil {
		entry.Locked, err = lockedOf(model, id)
	}
	if err != nil {
		return rendered{}, fmt.Errorf("rendering model %s/%s: %w", model.Namespace, model.Name, err)
	}
	return rendered{entry: entry, target: r.target(model, entry, label, probe), revision: revisionOf(known), until: until}, nil
}

// cut says that a model is listed without its backend's words.
func (r *Renderer) cut(entry *Entry) {
	if r.Log != nil {
		r.Log.Warn("a model is listed without its name, description, capabilities and aliases: they are too long",
			"namespace", entry.Namespace, "name", entry.Name, "bytes", len(entry.JSON), "most", maxEntry)
	}
}

// target is what is asked whether a caller may see the model. Where the kind
// says that nothing is, everybody sees it while it is ready, if its endpoint is
// one that could be asked. A backend that sleeps may be left asleep.
func (r *Renderer) target(model *v1alpha1.MaaSModel, entry *Entry, label string, probe kind.Probe) *access.Target {
	name := model.Namespace + "/" + model.Name
	switch {
	case probe.Policy == kind.ProbeWhenAwake && model.Status.Asleep():
		return r.Policy.Asleep(name, model.Status.Endpoint, label, probe)
	case probe.Policy != kind.ProbeNever:
		return r.Policy.Target(name, model.Status.Endpoint, label, probe)
	case entry.Ready:
		return r.Policy.Unasked(name, model.Status.Endpoint, label, access.Allowed)
	default:
		return r.Policy.Unasked(name, model.Status.Endpoint, label, access.Denied)
	}
}
