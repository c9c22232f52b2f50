package contract

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// Baseline is a pin, with what the kind-spec does with everything in it.
type Baseline struct {
	k     *kind.Kind
	pin   *Pin
	check *typeCheck
}

// NewBaseline has faults where the pin is not that of the kind-spec; see CheckPin.
func NewBaseline(k *kind.Kind, p *Pin) (*Baseline, syntax.Faults) {
	if faults := CheckPin(k, p); len(faults) > 0 {
		return nil, faults
	}
	t := newTypeCheck(k, p.Contracts)
	t.kind()
	return &Baseline{k: k, pin: p, check: t}, nil
}

// Types are those that the kind reads, in the order of the pin.
func (b *Baseline) Types() []schema.GroupKind {
	types := make([]schema.GroupKind, len(b.pin.Contracts))
	for i, c := range b.pin.Contracts {
		types[i] = c.GroupKind()
	}
	return types
}

// Pinned is what the pin has of a type.
func (b *Baseline) Pinned(of schema.GroupKind) Contract { return *b.check.pinned[of] }

// drifts are those of one type, with what they do to the kind-spec.
func (b *Baseline) drifts(now Contract) []Drift {
	pinned := b.Pinned(now.GroupKind())
	d := drifting{of: Drift{Kind: b.pin.Name, Type: now.GroupKind().String()}}
	d.contract(pinned, now)
	d.news(pinned, now)
	read, lost := b.versions(now)
	misfits := b.misfits(now, read)
	said := map[mistake]bool{}
	for i := range d.found {
		drift := &d.found[i]
		isRead := drift.Version == "" || slices.Contains(read, drift.Version)
		drift.Breaks = isRead && drift.Change.Breaks()
		if drift.Change == ChangeVersionGone {
			drift.Breaks = slices.Contains(lost, drift.Version)
		}
		for _, pointer := range b.pointers(*drift, now.GroupKind()) {
			reader := newReader(b.k, pointer)
			if isRead {
				reader = b.misled(drift, reader, pointer, misfits, said)
			}
			drift.Readers = append(drift.Readers, reader)
		}
	}
	for _, m := range misfits {
		if !said[m] {
			d.of.Version = ""
			d.note(ChangeMisfit, nil, "", "%s", m.message)
			last := &d.found[len(d.found)-1]
			last.Breaks, last.Readers = true, []Reader{newReader(b.k, m.at)}
		}
	}
	for i := range d.found {
		d.found[i].Advice = advise(d.found[i], pinned, now)
	}
	return d.found
}

// misled is a reader of something that has changed, with what is wrong with it now
// where the drift does not say so itself: a word that is gone breaks only what
// compares with it. What is wrong is then said.
func (b *Baseline) misled(drift *Drift, reader Reader, pointer string, misfits []mistake, said map[mistake]bool) Reader {
	for _, m := range misfits {
		if !about(m.at, pointer) {
			continue
		}
		said[m] = true
		if drift.Change == ChangeValuesGone {
			drift.Breaks, reader = true, newReader(b.k, m.at)
			reader.Message = m.message
		}
	}
	return reader
}

// pointers are where the kind-spec reads what a drift is of, one for each
// predicate and source, or where it names the type or the version.
func (b *Baseline) pointers(drift Drift, of schema.GroupKind) []string {
	all := b.readersOf(drift.at)
	for _, r := range b.roles(of) {
		switch i := slices.Index(r.Versions, drift.Version); {
		case drift.at != nil || drift.Change == ChangeStorage:
		case drift.Version == "":
			all = append(all, r.at)
		case i >= 0:
			all = append(all, fmt.Sprintf("%s/versions/%d", r.at, i))
		}
	}
	slices.Sort(all)
	return slices.CompactFunc(all, func(a, b string) bool { return statement(a) == statement(b) })
}

// readersOf read what is there, or what is below it.
func (b *Baseline) readersOf(at *FieldSchema) []string {
	if at == nil {
		return nil
	}
	all := slices.Clone(b.check.readers[at])
	for _, below := range append(slices.Collect(maps.Values(at.Properties)), at.Items, at.AdditionalProperties) {
		all = append(all, b.readersOf(below)...)
	}
	return all
}

// role is a type as the kind-spec names it: the referent's, an alternative's, or
// that of an object read beside it.
type role struct {
	at string
	kind.Referent
}

func (b *Baseline) roles(of schema.GroupKind) []role {
	var all []role
	for i, r := range b.k.Referents() {
		at := "/spec/referent"
		if i > 0 {
			at += fmt.Sprintf("/alternatives/%d", i-1)
		}
		all = append(all, role{at, r})
	}
	for _, r := range b.k.Related() {
		i := slices.IndexFunc(b.k.Spec().Subjects, func(s v1alpha1.Subject) bool { return s.As == r.As })
		all = append(all, role{fmt.Sprintf("/spec/subjects/%d/object", i), r.Referent})
	}
	return slices.DeleteFunc(all, func(r role) bool { return r.GroupKind() != of })
}

// versions are those that would be read, of each role the first that is served, and
// those of roles of which none is.
func (b *Baseline) versions(now Contract) (read, lost []string) {
	for _, r := range b.roles(now.GroupKind()) {
		i := slices.IndexFunc(r.Versions, func(v string) bool { return now.Versions[v] != nil })
		if i < 0 {
			lost = append(lost, r.Versions...)
		} else {
			read = append(read, r.Versions[i])
		}
	}
	return read, lost
}

// ofVersions are faults that drifts of versions and scopes say better.
var ofVersions = regexp.MustCompile(`/(versions/[0-9]+|scope)$`)

// misfits are what is wrong with the kind-spec where it is held against what is
// there of one type in the place of what is pinned. Versions that are served and
// not read do not count.
func (b *Baseline) misfits(now Contract, read []string) []mistake {
	contracts := slices.Clone(b.pin.Contracts)
	i := slices.IndexFunc(contracts, func(c Contract) bool { return c.GroupKind() == now.GroupKind() })
	contracts[i] = now
	t := newTypeCheck(b.k, contracts)
	t.origin = "what is there"
	t.kind()
	return slices.DeleteFunc(t.said, func(m mistake) bool {
		in := t.found[m]
		isRead := len(in) == 0 || slices.ContainsFunc(in, func(v string) bool { return slices.Contains(read, v) })
		return !isRead || ofVersions.MatchString(m.at)
	})
}

// advise says what to do about a drift; "" where nothing has to be done.
func advise(d Drift, pinned, now Contract) string {
	switch d.Change {
	case ChangeFieldGone, ChangeMapGone, ChangeTypeOfValue, ChangeMisfit:
		switch {
		case !d.Breaks:
			return "nothing now, another version is read before it; remove " + d.Version + " from versions before the next maasctl pin"
		case d.Change == ChangeTypeOfValue || d.Change == ChangeMisfit:
			return "change what reads it to what is there now"
		}
		return "read in its place what says the same now; where nothing does, remove what reads it"
	case ChangeScope:
		return "write scope: " + string(now.Scope)
	case ChangeResource:
		return "make the pin again, and then the role with maasctl rbac"
	case ChangeVersionGone:
		if d.Breaks {
			return adviseVersions(pinned, now)
		}
		return "nothing while clusters may serve it; remove it from versions before the next maasctl pin"
	case ChangeValuesGone:
		if d.Breaks {
			return "compare with a word that there is"
		}
	case ChangeValuesAdded:
		return "find out what it stands for, and write a rule where one has to know it"
	case ChangeVersionDeprecated:
		if len(d.Readers) > 0 {
			return "add a version that stays to versions while both are served, there is " + strings.Join(byPriority(now.VersionNames()), ", ")
		}
	case ChangeVersionAdded, ChangeStorage, ChangeNullable, ChangeTypeGone:
	}
	return ""
}

// adviseVersions names the versions to read where none of the pinned ones is served.
func adviseVersions(pinned, now Contract) string {
	fitting := slices.DeleteFunc(byPriority(now.VersionNames()), func(v string) bool { return len(lacking(pinned, now, v)) > 0 })
	if len(fitting) == 0 {
		newest := byPriority(now.VersionNames())[0]
		return fmt.Sprintf("write the kind-spec for %s, in which %s", newest, strings.Join(lacking(pinned, now, newest), "; "))
	}
	return "write versions: [" + strings.Join(append(fitting, byPriority(pinned.VersionNames())...), ", ") + "]"
}
