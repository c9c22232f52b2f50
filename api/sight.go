package api

import (
	"slices"

	"github.com/maas-kinds/maas/api/access"
	"github.com/maas-kinds/maas/api/catalog"
)

// sight is what is known of a caller's access to the models of a snapshot.
type sight struct {
	snapshot *catalog.Snapshot
	// verdicts are in the order of the models; asked says of which somebody was
	// asked.
	verdicts []access.Decision
	asked    []bool
}

func newSight(snapshot *catalog.Snapshot) sight {
	models := len(snapshot.Entries())
	return sight{snapshot: snapshot, verdicts: make([]access.Decision, models), asked: make([]bool, models)}
}

// learn takes over the verdict on the model in a place.
func (s sight) learn(place int, verdict access.Decision) {
	s.verdicts[place] = verdict
	s.asked[place] = true
}

// over is what of it holds for the next snapshot: the verdicts on endpoints that are
// asked as before. A backend that sleeps now, or is not asked any more, is judged anew.
func (s sight) over(next *catalog.Snapshot) sight {
	now, place := newSight(next), 0
	for i, entry := range next.Entries() {
		for place < len(s.verdicts) && s.snapshot.Entries()[place].Compare(entry) < 0 {
			place++
		}
		if place == len(s.verdicts) {
			break
		}
		if s.snapshot.Entries()[place].Compare(entry) == 0 && s.asked[place] &&
			s.snapshot.Targets()[place].AsksLike(next.Targets()[i]) {
			now.learn(i, s.verdicts[place])
		}
	}
	return now
}

// shown are the models that the caller is shown, of those wanted, after those that it
// was shown before. A model of which nobody could say is shown as it was: nothing of it
// that is new, and it is not gone either.
func (s sight) shown(wanted func(*catalog.Entry) bool, before []*catalog.Entry) []*catalog.Entry {
	shown := make([]*catalog.Entry, 0, len(before))
	for i, entry := range s.snapshot.Entries() {
		if !wanted(entry) || len(shown) > 0 && shown[len(shown)-1].ID == entry.ID {
			continue
		}
		switch s.verdicts[i] {
		case access.Allowed:
			shown = append(shown, entry)
		case access.Denied, access.Refused:
		default:
			if known := among(before, entry); known != nil {
				shown = append(shown, known)
			}
		}
	}
	return shown
}

// outdated are the places of the models that the caller may see, as was said once, and
// of which it would be shown something new.
func (s sight) outdated(wanted func(*catalog.Entry) bool, before []*catalog.Entry) []int {
	var places []int
	for i, entry := range s.snapshot.Entries() {
		if s.verdicts[i] != access.Allowed || !wanted(entry) {
			continue
		}
		if known := among(before, entry); known == nil || !isSame(known, entry) {
			places = append(places, i)
		}
	}
	return places
}

// among finds the entry of the same model in a list; nil where there is none.
func among(entries []*catalog.Entry, model *catalog.Entry) *catalog.Entry {
	place, found := slices.BinarySearchFunc(entries, model, (*catalog.Entry).Compare)
	if !found {
		return nil
	}
	return entries[place]
}

// hasGaps says whether there is a model that was asked and did not decide.
func (s sight) hasGaps() bool {
	for i, verdict := range s.verdicts {
		if s.asked[i] && verdict != access.Allowed && verdict != access.Denied && verdict != access.Refused {
			return true
		}
	}
	return false
}

// isLetIn says whether a backend itself has let the caller in.
func (s sight) isLetIn() bool {
	for i, verdict := range s.verdicts {
		if verdict == access.Allowed && s.snapshot.Targets()[i].Probed() {
			return true
		}
	}
	return false
}
