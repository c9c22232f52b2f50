package kind

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// linked gives every kind those that it hands objects on to. A kind that hands
// nothing on is left as it is, so that whoever compares pointers sees no change.
func linked(kinds []*Kind) []*Kind {
	kinds = slices.Clone(kinds)
	for i, k := range kinds {
		if k.unlinked != nil {
			kinds[i] = k.unlinked // Else a revision would be made of one that was made before.
		}
	}
	l := linking{byName: byName(kinds), done: map[*Kind]*Kind{}}
	all := make([]*Kind, len(kinds))
	for i, k := range kinds {
		all[i] = l.link(k, nil)
	}
	return all
}

type linking struct {
	byName map[string]*Kind
	done   map[*Kind]*Kind
}

// link makes a copy of a kind with those that it hands on to, way being who hands
// on to it. One that hands on in a circle gets none that leads back.
func (l linking) link(k *Kind, way []*Kind) *Kind {
	names := k.handedTo
	if len(names) == 0 {
		return k
	}
	if done := l.done[k]; done != nil {
		return done
	}
	way = append(slices.Clone(way), k)
	copied := *k
	copied.unlinked = k
	copied.delegates = map[string]*Kind{}
	copied.projections = map[schema.GroupKind]*projection{}
	revisions := []string{k.revision}
	copied.reading(k)
	for _, name := range names {
		other := l.byName[name]
		if other == nil || slices.ContainsFunc(way, func(k *Kind) bool { return k == other || k.whole == other }) || k.unfitFor(other) != "" || len(way) == maxHandedOn {
			revisions = append(revisions, "")
			continue
		}
		if k.onlyHealthOf(name) {
			other = other.forHealth()
		}
		other = l.link(other, way)
		copied.delegates[name] = other
		copied.reading(other)
		revisions = append(revisions, other.revision)
	}
	sum := sha256.Sum256([]byte(strings.Join(revisions, " ")))
	copied.revision = hex.EncodeToString(sum[:8])
	if len(way) == 1 { // Inside of another one, what leads back to that is missing.
		l.done[k] = &copied
	}
	return &copied
}

// Alone is the kind without those that it hands objects on to.
func (k *Kind) Alone() *Kind {
	if k.unlinked != nil {
		return k.unlinked
	}
	return k
}

// LinkLike is a kind that was made of a changed kind-spec, with the kinds that
// the original hands on to.
func (k *Kind) LinkLike(original *Kind) *Kind {
	if len(original.delegates) == 0 {
		return k
	}
	copied := *k
	copied.delegates = original.delegates
	return &copied
}

// reading adds what another kind reads of each type.
func (k *Kind) reading(other *Kind) {
	for groupKind, p := range other.projections {
		if k.projections[groupKind] == nil {
			k.projections[groupKind] = &projection{}
		}
		k.projections[groupKind].merge(p)
	}
}

// unfitFor says why objects that the kind hands on are none for another kind;
// empty when they are.
func (k *Kind) unfitFor(other *Kind) string {
	for _, of := range k.handsOn(other) {
		switch t := k.TypeOf(of); {
		case other.noReferent != "":
			return fmt.Sprintf("the kind %s reads no object", other.name)
		case !other.Refers(t.GroupKind()):
			return fmt.Sprintf("%s is a %s, and the kind %s reads %s", of, t.GroupKind(), other.name, other.referent.GroupKind())
		}
	}
	return ""
}

// mayHandOn says whether the objects that are handed on to a kind of a name are
// some for another one.
func (k *Kind) mayHandOn(name string, other *Kind) bool {
	if other == k || other.noReferent != "" {
		return false
	}
	for _, of := range k.subjectsFor(func(written string) bool { return written == name }) {
		if !other.Refers(k.TypeOf(of).GroupKind()) {
			return false
		}
	}
	return true
}

// handsOn are the subjects that are handed on to another kind.
func (k *Kind) handsOn(other *Kind) []string {
	return k.subjectsFor(func(name string) bool { return name == other.name || slices.Contains(other.aliases, name) })
}

// subjectsFor are the subjects that are handed on to kinds of some names.
func (k *Kind) subjectsFor(is func(name string) bool) []string {
	var subjects []string
	for _, r := range k.health {
		if is(r.kind) {
			subjects = append(subjects, r.of)
		}
	}
	for _, c := range k.endpoint {
		if is(c.kind) {
			subjects = append(subjects, c.target.of)
		}
	}
	return subjects
}

// unlinked says which kinds that some hand on to are not there, cannot be, or lead
// back: each where it is written.
func unlinked(kinds []*Kind) syntax.Faults {
	byName := byName(kinds)
	names := slices.Sorted(maps.Keys(byName))
	var faults syntax.Faults
	for _, k := range kinds {
		for _, name := range k.handedTo {
			var message string
			other := byName[name]
			switch {
			case other == nil:
				message = fmt.Sprintf("no kind is called %q", name)
				fitting := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return !k.mayHandOn(name, byName[n]) })
				if near := syntax.Nearest(name, fitting); near != "" {
					message += fmt.Sprintf(", did you mean %s?", near)
				} else if len(fitting) > 0 {
					message += ", for such objects there are " + strings.Join(slices.Sorted(slices.Values(fitting)), ", ")
				} else {
					message += ", and there is none for such objects: write one, or the rules here"
				}
			case k.unfitFor(other) != "":
				message = k.unfitFor(other) + ": write the kind that does, or the rules here"
			default:
				message = circle(k, other, byName)
			}
			if message != "" {
				faults = append(faults, k.faultsOfKind(name, message)...)
			}
		}
	}
	return faults
}

// circle names the kinds on a way that leads from a kind back to it, or on one
// that is too long; empty where there is none.
func circle(k, other *Kind, byName map[string]*Kind) string {
	var visit func(at *Kind, way []string) string
	visit = func(at *Kind, way []string) string {
		way = append(slices.Clone(way), at.name)
		switch {
		case at == k:
			return "hands on in a circle: " + strings.Join(way, " to ") + "; write the rules out in one of them"
		case len(way) > maxHandedOn:
			return fmt.Sprintf("is the beginning of a chain of more than %d kinds that hand on: %s; hand on to a later one of them", maxHandedOn, strings.Join(way, " to "))
		}
		for _, name := range at.handedTo {
			if next := byName[name]; next != nil {
				if found := visit(next, way); found != "" {
					return found
				}
			}
		}
		return ""
	}
	return visit(other, []string{k.name})
}

// faultsOfKind are at every place where a kind is named that is handed on to.
func (k *Kind) faultsOfKind(name, message string) syntax.Faults {
	doc := k.positions.Report(syntax.RuleHandOn)
	for i, r := range k.spec.Health {
		if r.Kind == name {
			doc.FaultAt(fmt.Sprintf("/spec/health/%d/kind", i), "%s", message)
		}
	}
	for i, c := range k.spec.Endpoint {
		if c.Kind == name {
			doc.FaultAt(fmt.Sprintf("/spec/endpoint/%d/kind", i), "%s", message)
		}
	}
	return doc.Faults()
}
