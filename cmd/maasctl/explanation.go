package main

import (
	"encoding/json"
	"io"
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/evaluation"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/phase"
)

// explanation is a settled decision with its reasons, as -o json shows it.
type explanation struct {
	// Kind is the canonical name.
	Kind       string         `json:"kind"`
	Event      phase.Event    `json:"event"`
	Phase      v1alpha1.Phase `json:"phase"`
	Ready      bool           `json:"ready"`
	Endpoint   *string        `json:"endpoint"`
	Probe      *probeRow      `json:"probe"`
	Conditions []conditionRow `json:"conditions"`
	Trace      []kind.Step    `json:"trace"`
	// Dwell is how long the model stays Ready first, for example "10s".
	Dwell string `json:"dwell,omitempty"`

	from            v1alpha1.Phase
	reason, message string
	kindFile        string
	// subject is what is explained, for people.
	subject string
	reads   []kind.Query
}

// probeRow is what the API asks to learn whether a caller is let in.
type probeRow struct {
	Method string           `json:"method"`
	URL    string           `json:"url"`
	Expect kind.Expectation `json:"expect"`
	// Asleep is set while that is not asked, since it would wake the backend.
	Asleep bool `json:"asleep,omitempty"`
}

// conditionRow is a condition without the time, which no decision here has.
type conditionRow struct {
	Type               string                 `json:"type"`
	Status             metav1.ConditionStatus `json:"status"`
	ObservedGeneration int64                  `json:"observedGeneration"`
	Reason             string                 `json:"reason"`
	Message            string                 `json:"message"`
}

func newExplanation(k *kind.Kind, subject string, s evaluation.Result) (explanation, error) {
	obs, first, settled := s.Observation, s.First, s.Settled
	e := explanation{
		Kind: k.Name(), Event: settled.Event, Phase: settled.Status.Phase,
		Ready: settled.Status.Phase == v1alpha1.PhaseReady,
		Trace: append([]kind.Step{}, obs.Trace...),
		from:  first.From, reason: settled.Reason, message: settled.Message,
		kindFile: k.File(), subject: subject, reads: obs.Reads,
	}
	if settled.Status.Endpoint != "" {
		e.Endpoint = &settled.Status.Endpoint
		model := s.Model.DeepCopy()
		model.Status = settled.Status
		if err := e.addProbe(k.Probe().For(model), settled.Status.Asleep()); err != nil {
			return explanation{}, err
		}
	}
	if first.Held {
		e.Dwell = obs.Dwell.Round(time.Millisecond).String()
	}
	for _, c := range settled.Status.Conditions {
		e.Conditions = append(e.Conditions, conditionRow{c.Type, c.Status, c.ObservedGeneration, c.Reason, c.Message})
	}
	return e, nil
}

// addProbe says what is asked at the endpoint, unless nothing is.
func (e *explanation) addProbe(probe kind.Probe, asleep bool) error {
	if probe.Policy == kind.ProbeNever {
		return nil
	}
	url, err := probe.URL(*e.Endpoint)
	if err != nil {
		return err
	}
	e.Probe = &probeRow{Method: probe.Method, URL: url, Expect: probe.Expect, Asleep: asleep && probe.Policy == kind.ProbeWhenAwake}
	return nil
}

// unread are the objects that no query asked for.
func (e explanation) unread(objects kind.Objects) kind.Objects {
	return slices.DeleteFunc(slices.Clone(objects), func(object *unstructured.Unstructured) bool {
		return slices.ContainsFunc(e.reads, func(q kind.Query) bool {
			return len(kind.Objects{object}.Read(q).Objects) > 0
		})
	})
}

func (e explanation) writeJSON(out io.Writer) error {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(e)
}
