package plan

import (
	"slices"
	"strings"

	"github.com/maas-kinds/maas/engine/kind"
)

// KindChange is what would become of a kind.
type KindChange struct {
	Name string `json:"name"`
	// Before is nil for a kind that would come into force, After for one that would
	// leave it.
	Before *Revision `json:"before,omitempty"`
	After  *Revision `json:"after,omitempty"`
	// Models is how many models are of the kind, before or after.
	Models int `json:"models"`
	// Missing is a kind that it would hand objects on to and that is not in force:
	// its models are refused. Empty where none is.
	Missing string `json:"missing,omitempty"`
}

// Revision is a kind as it is in force.
type Revision struct {
	Revision string   `json:"revision"`
	File     string   `json:"file"`
	Aliases  []string `json:"aliases,omitempty"`
}

// kinds are in the order of their names.
func (q Question) kinds() []KindChange {
	names := append(q.Before.Names(), q.After.Names()...)
	slices.Sort(names)
	changes := []KindChange{}
	for _, name := range slices.Compact(names) {
		was, is := inForce(q.Before, name), inForce(q.After, name)
		if was != nil && is != nil && was.Revision() == is.Revision() && slices.Equal(was.Aliases(), is.Aliases()) {
			continue
		}
		c := KindChange{Name: name, Before: revisionOf(was), After: revisionOf(is)}
		if is != nil {
			c.Missing = is.MissingKind()
		}
		for _, model := range q.Models {
			if named := model.Spec.ModelRef.Kind; isNamed(was, named) || isNamed(is, named) {
				c.Models++
			}
		}
		changes = append(changes, c)
	}
	return changes
}

// inForce is the kind of that name; an alias of another one is none.
func inForce(set *kind.Set, name string) *kind.Kind {
	if k, ok := set.Lookup(name); ok && k.Name() == name {
		return k
	}
	return nil
}

func revisionOf(k *kind.Kind) *Revision {
	if k == nil {
		return nil
	}
	return &Revision{Revision: k.Revision(), File: k.File(), Aliases: k.Aliases()}
}

func isNamed(k *kind.Kind, name string) bool {
	return k != nil && (k.Name() == name || slices.Contains(k.Aliases(), name))
}

// used are the kinds of a set that some model is of.
func (q Question) used(set *kind.Set) []*kind.Kind {
	names := map[string]bool{}
	for _, model := range q.Models {
		if k, ok := set.Lookup(model.Spec.ModelRef.Kind); ok {
			names[k.Name()] = true
		}
	}
	return q.beside(slices.DeleteFunc(set.Kinds(), func(k *kind.Kind) bool { return !names[k.Name()] }))
}

func (q Question) beside(kinds []*kind.Kind) []*kind.Kind {
	if q.Beside == nil {
		return kinds
	}
	return q.Beside(kinds)
}

// InUse are the kinds, of both sets, that some model is of, with what is read beside
// them.
func (q Question) InUse() []*kind.Kind { return append(q.used(q.Before), q.used(q.After)...) }

// TypesOf are what kinds read, each once and in order.
func TypesOf(kinds []*kind.Kind) []kind.Referent {
	var all []kind.Referent
	for _, k := range kinds {
		for _, t := range k.Types() {
			if !slices.ContainsFunc(all, func(o kind.Referent) bool { return keyOf(o) == keyOf(t) }) {
				all = append(all, t)
			}
		}
	}
	slices.SortFunc(all, func(a, b kind.Referent) int { return strings.Compare(keyOf(a), keyOf(b)) })
	return all
}

// keyOf is the same for what is read alike.
func keyOf(t kind.Referent) string {
	return t.Group + " " + t.Kind + " " + strings.Join(t.Versions, ",")
}
