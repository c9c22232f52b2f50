package api

import (
	"errors"
	"net/url"

	"github.com/maas-kinds/maas/api/access"
	"github.com/maas-kinds/maas/api/catalog"
	"github.com/maas-kinds/maas/api/question"
)

// parseQuery reads the query of a list; nil where there is none, as of most.
func parseQuery(raw string) (url.Values, *apiError) {
	if raw == "" {
		return nil, nil
	}
	query, err := question.Query(raw)
	if err != nil {
		return nil, refused(err)
	}
	return query, nil
}

// once is the value of a parameter that may be given once.
func once(query url.Values, name string) (value string, given bool, failed *apiError) {
	value, given, err := question.Once(query, name)
	if err != nil {
		return "", given, refused(err)
	}
	return value, given, nil
}

// parseQuestion reads what is asked of a list.
func (h *handler) parseQuestion(query url.Values) (question.Question, *apiError) {
	if len(query) == 0 {
		return question.Question{}, nil
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
