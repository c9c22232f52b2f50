package api

import (
	"errors"

	"github.com/maas-kinds/maas/api/access"
	"github.com/maas-kinds/maas/api/catalog"
	"github.com/maas-kinds/maas/api/question"
)

// parseQuestion reads the parameters of a list.
func (h *handler) parseQuestion(raw string) (question.Question, *apiError) {
	if raw == "" {
		return question.Question{}, nil
	}
	query, err := question.Query(raw)
	if err != nil {
		return question.Question{}, refused(err)
	}
	asked, err := question.Parse(query, h.vocabulary())
	if err != nil {
		return question.Question{}, refused(err)
	}
	return asked, nil
}

func (h *handler) vocabulary() question.Vocabulary {
	return question.Vocabulary{Namespaces: h.namespaces, Kind: func(word string) (string, bool) {
		known, ok := h.kinds(word)
		if !ok {
			return "", false
		}
		return known.Name(), true
	}}
}

// refused says what is wrong with a question.
func refused(err error) *apiError {
	var refusal *question.Refusal
	if !errors.As(err, &refusal) {
		return internalError()
	}
	return invalidParameter(refusal.Param, refusal.Message)
}

// wanted gives the places of the models that a question concerns; nil is the whole
// list. Whether there are any must show only to a caller whom one of them has let in.
// Everybody else's question is that of the whole list, these models first: it takes as
// long and has the same gaps, whatever the filter says.
func (h *handler) wanted(snapshot *catalog.Snapshot, caller *access.Caller, asked question.Question) func() []int {
	if !asked.Narrows() {
		return nil
	}
	return func() []int {
		concerns, targets := asked.Concerns(), snapshot.Targets()
		places, others, wanted := []int{}, []int{}, []*access.Target{}
		for i, entry := range snapshot.Entries() {
			if concerns(entry) {
				places, wanted = append(places, i), append(wanted, targets[i])
			} else {
				others = append(others, i)
			}
		}
		if h.checker.Admitted(caller, wanted) {
			return places
		}
		return append(places, others...)
	}
}
