package main

import (
	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/evaluation"
	"github.com/maas-kinds/maas/engine/kind"
)

// explanation is a settled decision with its reasons. What it embeds is what -o json
// shows.
type explanation struct {
	evaluation.Explanation

	from            v1alpha1.Phase
	reason, message string
	kindFile        string
	// subject is what is explained, for people.
	subject string
	result  evaluation.Result
}

func newExplanation(k *kind.Kind, subject string, s evaluation.Result) (explanation, error) {
	shown, err := s.Explain(k)
	return explanation{
		Explanation: shown, from: s.First.From, reason: s.Settled.Reason, message: s.Settled.Message,
		kindFile: k.File(), subject: subject, result: s,
	}, err
}
