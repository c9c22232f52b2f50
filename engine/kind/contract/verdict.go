package contract

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// Verdict says what became of a type that a kind reads.
type Verdict string

// The verdicts, the worst last.
const (
	// VerdictAbsent: the type is not there, and nothing says that it ever was.
	VerdictAbsent Verdict = "absent"
	VerdictSame   Verdict = "same"
	// VerdictCompatible: something changed, and the kind-spec reads it all the same.
	VerdictCompatible Verdict = "compatible"
	// VerdictBroken: the kind-spec has to change.
	VerdictBroken Verdict = "broken"
	// VerdictGone: the type is no more, or is of another group.
	VerdictGone Verdict = "gone"
)

// Verdicts are all of them, the worst first.
func Verdicts() []Verdict {
	return []Verdict{VerdictGone, VerdictBroken, VerdictCompatible, VerdictSame, VerdictAbsent}
}

// Comparison is one type that a kind reads, held against what is there.
type Comparison struct {
	Type    schema.GroupKind
	Verdict Verdict
	// There is what it was held against; nil when there is none.
	There *Contract
	// Why is said of types that are absent or gone.
	Why string
	// Optional says that the kind reads another type in the place of an absent one.
	Optional bool
	Drifts   []Drift
	Moves    []Move
	// NamedAt is where the kind-spec names the type.
	NamedAt []Reader
}

// Move is the same kind in another group.
type Move struct {
	Contract
	// Lacks is what does not fit what the kind-spec reads.
	Lacks []string
	// Write is what to put into the kind-spec.
	Write string
}

// Compare holds a type against what is there, once for each that is there of the
// type: several files may have it. What other kinds read is no type that has moved.
func (b *Baseline) Compare(of schema.GroupKind, there []Contract, isRead func(schema.GroupKind) bool) []Comparison {
	moves := b.moves(of, there, isRead)
	var all []Comparison
	for i := range there {
		if there[i].GroupKind() == of {
			c := b.compare(&there[i])
			if c.Verdict == VerdictGone {
				c.Moves = moves
			}
			all = append(all, c)
		}
	}
	if len(all) > 0 {
		return all
	}
	if other, ok := b.alternative(of, there); ok {
		return []Comparison{{Type: of, Verdict: VerdictAbsent, Optional: true, Why: other.String() + " is there, which the kind reads as well"}}
	}
	c := Comparison{Type: of, Verdict: VerdictAbsent, Moves: moves, NamedAt: b.namedAt(of)}
	file := slices.IndexFunc(there, func(other Contract) bool {
		return other.Group == of.Group && other.Path != "" && other.Source.File == b.Pinned(of).Source.File
	})
	switch {
	case slices.ContainsFunc(c.Moves, func(m Move) bool { return len(m.Lacks) == 0 }):
		c.Verdict, c.Why = VerdictGone, "no such type is there, and one of another group has all that is read: it has moved"
	case file >= 0:
		c.Verdict, c.Why = VerdictGone, fmt.Sprintf("%s is there and does not have it any more", there[file].Path)
	}
	return []Comparison{c}
}

// alternative is a type that is there and that the kind reads in the place of one
// that is not.
func (b *Baseline) alternative(of schema.GroupKind, there []Contract) (schema.GroupKind, bool) {
	if !b.k.Refers(of) {
		return schema.GroupKind{}, false
	}
	for _, other := range there {
		if b.k.Refers(other.GroupKind()) && len(other.Versions) > 0 {
			return other.GroupKind(), true
		}
	}
	return schema.GroupKind{}, false
}

func (b *Baseline) compare(there *Contract) Comparison {
	c := Comparison{Type: there.GroupKind(), Verdict: VerdictSame, There: there}
	if len(there.Versions) == 0 {
		c.Verdict, c.Why, c.NamedAt = VerdictGone, "its CRD serves no version any more", b.namedAt(c.Type)
		return c
	}
	c.Drifts = b.drifts(*there)
	switch {
	case slices.ContainsFunc(c.Drifts, func(d Drift) bool { return d.Breaks }):
		c.Verdict = VerdictBroken
	case len(c.Drifts) > 0:
		c.Verdict = VerdictCompatible
	}
	return c
}

func (b *Baseline) namedAt(of schema.GroupKind) []Reader {
	var all []Reader
	for _, r := range b.roles(of) {
		all = append(all, newReader(b.k, r.at))
	}
	return all
}

// moves are the types of the same kind in other groups.
func (b *Baseline) moves(of schema.GroupKind, there []Contract, isRead func(schema.GroupKind) bool) []Move {
	var all []Move
	for _, other := range there {
		if other.Kind != of.Kind || len(other.Versions) == 0 || isRead(other.GroupKind()) {
			continue
		}
		m := Move{Contract: other}
		var fitting []string
		for _, v := range byPriority(other.VersionNames()) {
			lacks := lacking(b.Pinned(of), other, v)
			if len(lacks) == 0 {
				fitting = append(fitting, v)
			} else if len(m.Lacks) == 0 {
				m.Lacks = lacks
			}
		}
		if len(fitting) > 0 {
			m.Lacks = nil
			m.Write = b.write(of, other, fitting)
		}
		all = append(all, m)
	}
	return all
}

// write is how the kind-spec reads a type of another group as well.
func (b *Baseline) write(of schema.GroupKind, other Contract, versions []string) string {
	group, list := syntax.Flow(other.Group), strings.Join(versions, ", ")
	if strings.HasPrefix(b.roles(of)[0].at, "/spec/referent") {
		return fmt.Sprintf("alternatives: [{group: %s, kind: %s, versions: [%s]}]", group, other.Kind, list)
	}
	return fmt.Sprintf("group: %s, versions: [%s]", group, list)
}
