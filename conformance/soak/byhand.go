package soak

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// outcome is what must be of a model, in few words.
type outcome string

const (
	serves   outcome = "Ready"
	waits    outcome = "Pending or Unhealthy"
	isFailed outcome = "Failed"
)

func (o outcome) allows(phase v1alpha1.Phase) bool {
	switch o {
	case serves:
		return phase == v1alpha1.PhaseReady
	case isFailed:
		return phase == v1alpha1.PhaseFailed
	default:
		return phase == v1alpha1.PhasePending || phase == v1alpha1.PhaseUnhealthy
	}
}

// hand is what must be of a model by this file alone: it knows the few states that
// the play has, and nothing of the engine, so that a mistake there is noticed.
type hand struct {
	outcome outcome
	// host is where a Ready model has to be.
	host string
}

// byHand says what must be of a member whose MaaSModel is there. widgetField is the
// field of a widget that its kind in force reads; empty while there is no such kind.
func byHand(m member, s *snapshot, widgetField string) hand {
	model := s.models[m.name]
	if model.Spec.ModelRef.Kind != kindOf(m.sort) {
		return hand{outcome: isFailed}
	}
	switch m.sort {
	case services:
		return handOfService(s, m.of)
	case gadgets:
		return handOfGadget(s.find("soak.example.com", "Gadget", m.of))
	case widgets:
		return handOfWidget(s.find("soak.example.com", "Widget", m.of), widgetField)
	case hosts:
		return hand{serves, strings.TrimPrefix(model.Spec.EndpointOverride, "http://")}
	default:
		return handOfAlias(m, s, widgetField)
	}
}

func handOfService(s *snapshot, name string) hand {
	service, slice := s.find("", "Service", name), s.find("discovery.k8s.io", "EndpointSlice", name+"-1")
	if service == nil {
		return hand{outcome: waits}
	}
	ingress, _, _ := unstructured.NestedSlice(service.Object, "status", "loadBalancer", "ingress")
	if len(ingress) == 0 {
		return hand{outcome: waits}
	}
	one, _ := ingress[0].(map[string]any)
	host, _ := one["hostname"].(string)
	if slice == nil {
		return hand{serves, host} // nothing says that nobody is there
	}
	endpoints, _, _ := unstructured.NestedSlice(slice.Object, "endpoints")
	isReady := func(e any) bool {
		fields, _ := e.(map[string]any)
		ready, _, _ := unstructured.NestedBool(fields, "conditions", "ready")
		return ready
	}
	if !slices.ContainsFunc(endpoints, isReady) {
		return hand{outcome: waits}
	}
	return hand{serves, host}
}

func handOfGadget(gadget *unstructured.Unstructured) hand {
	if gadget == nil {
		return hand{outcome: waits}
	}
	spoken, _, _ := unstructured.NestedInt64(gadget.Object, "status", "observedGeneration")
	switch {
	case spoken != gadget.GetGeneration():
		return hand{outcome: waits}
	case text(gadget, "status", "state") == failed:
		return hand{outcome: isFailed}
	case text(gadget, "status", "state") == up:
		return hand{serves, strings.TrimPrefix(text(gadget, "status", "url"), "http://")}
	}
	return hand{outcome: waits}
}

func handOfWidget(widget *unstructured.Unstructured, field string) hand {
	switch {
	case field == "":
		return hand{outcome: isFailed}
	case text(widget, "status", "state") == failed:
		return hand{outcome: isFailed}
	case text(widget, "status", "state") == up:
		return hand{serves, strings.TrimPrefix(text(widget, "status", field), "http://")}
	}
	return hand{outcome: waits}
}

func handOfAlias(m member, s *snapshot, widgetField string) hand {
	if s.models[m.of] == nil {
		return hand{outcome: waits}
	}
	of := member{name: m.of, of: m.of, sort: sort(strings.Split(m.of, "-")[0])}
	return byHand(of, s, widgetField)
}
