package evaluation

import (
	"fmt"
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/phase"
)

// Explanation is a settled decision with its reasons, as programs and pages show it.
type Explanation struct {
	// Kind is the canonical name.
	Kind       string         `json:"kind"`
	Event      phase.Event    `json:"event"`
	Phase      v1alpha1.Phase `json:"phase"`
	Ready      bool           `json:"ready"`
	Endpoint   *string        `json:"endpoint"`
	Probe      *Probe         `json:"probe"`
	Conditions []ConditionRow `json:"conditions"`
	Trace      []kind.Step    `json:"trace"`
	// Dwell is how long the model stays Ready first, for example "10s".
	Dwell string `json:"dwell,omitempty"`
}

// Probe is what the API asks to learn whether a caller is let in.
type Probe struct {
	Method string           `json:"method"`
	URL    string           `json:"url"`
	Expect kind.Expectation `json:"expect"`
	// Asleep is set while that is not asked, since it would wake the backend.
	Asleep bool `json:"asleep,omitempty"`
}

// ConditionRow is a condition without the time, which no decision here has.
type ConditionRow struct {
	Type               string                 `json:"type"`
	Status             metav1.ConditionStatus `json:"status"`
	ObservedGeneration int64                  `json:"observedGeneration"`
	Reason             string                 `json:"reason"`
	Message            string                 `json:"message"`
}

// Explain says what a kind has decided, and why.
func (s Result) Explain(k *kind.Kind) (Explanation, error) {
	obs, first, settled := s.Observation, s.First, s.Settled
	e := Explanation{
		Kind: k.Name(), Event: settled.Event, Phase: settled.Status.Phase,
		Ready: settled.Status.Phase == v1alpha1.PhaseReady,
		Trace: append([]kind.Step{}, obs.Trace...),
	}
	if settled.Status.Endpoint != "" {
		e.Endpoint = &settled.Status.Endpoint
		model := s.Model.DeepCopy()
		model.Status = settled.Status
		if err := e.addProbe(k.Probe().For(model), settled.Status.Asleep()); err != nil {
			return Explanation{}, err
		}
	}
	if first.Held {
		e.Dwell = obs.Dwell.Round(time.Millisecond).String()
	}
	for _, c := range settled.Status.Conditions {
		e.Conditions = append(e.Conditions, ConditionRow{c.Type, c.Status, c.ObservedGeneration, c.Reason, c.Message})
	}
	return e, nil
}

// addProbe says what is asked at the endpoint, unless nothing is.
func (e *Explanation) addProbe(probe kind.Probe, asleep bool) error {
	if probe.Policy == kind.ProbeNever {
		return nil
	}
	url, err := probe.URL(*e.Endpoint)
	if err != nil {
		return err
	}
	e.Probe = &Probe{Method: probe.Method, URL: url, Expect: probe.Expect, Asleep: asleep && probe.Policy == kind.ProbeWhenAwake}
	return nil
}

// InWords is what is asked for each caller.
func (p *Probe) InWords() string {
	if p == nil {
		return "none, every caller sees the model while it is Ready"
	}
	words := fmt.Sprintf("%s %s, expects %s", p.Method, p.URL, p.Expect)
	if p.Asleep {
		words += "; not while the backend sleeps, as it does now"
	}
	return words
}

// Unread are the objects that no query of the observation asked for.
func (s Result) Unread(objects kind.Objects) kind.Objects {
	return slices.DeleteFunc(slices.Clone(objects), func(object *unstructured.Unstructured) bool {
		return slices.ContainsFunc(s.Observation.Reads, func(q kind.Query) bool {
			return len(kind.Objects{object}.Read(q).Objects) > 0
		})
	})
}
