package api

import (
	"github.com/maas-kinds/maas/api/access"
	"github.com/maas-kinds/maas/api/catalog"
	"github.com/maas-kinds/maas/api/places"
	"github.com/maas-kinds/maas/api/question"
)

// told gives what a caller is told beside the chosen models, by the entries' places;
// nil where nothing is. It is gathered once for an answer, since it may change while
// that is written.
func (h *handler) told(caller *access.Caller, snapshot *catalog.Snapshot, asked question.Question, verdicts *access.Verdicts) func(places.Set) []question.Told {
	if !asked.Fields.OfCaller() {
		return nil
	}
	return func(chosen places.Set) []question.Told {
		all := make([]question.Told, len(snapshot.Entries()))
		for place, target := range snapshot.Targets() {
			if !chosen.Has(place) {
				continue
			}
			if verdicts.Asked != nil {
				all[place].Checked, all[place].Took = verdicts.Asked[place].Checked, verdicts.Asked[place].Took
			}
			if !asked.Fields.Reported {
				continue
			}
			if reported := h.checker.Reported(caller, target); !reported.IsZero() {
				all[place].Reported = &question.Reported{ContextLength: reported.ContextLength, Names: reported.Names}
			}
		}
		return all
	}
}
