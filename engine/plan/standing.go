package plan

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/phase"
)

// Standing is where a model stands, and why.
type Standing struct {
	Phase v1alpha1.Phase `json:"phase"`
	// Reason and Message are those of the condition Ready.
	Reason  string `json:"reason"`
	Message string `json:"message"`
	// Rule is the health rule that decided; empty where none did.
	Rule string `json:"rule,omitempty"`
	// Endpoint is empty where there is none, and Candidate what gave it.
	Endpoint  string `json:"endpoint,omitempty"`
	Candidate string `json:"candidate,omitempty"`
	// Listed says whether the API has the model in a list, for callers whom its
	// backend lets in.
	Listed bool `json:"listed"`
}

func standing(d phase.Decision, o kind.Observation, model *v1alpha1.MaaSModel, now time.Time) Standing {
	s := Standing{Phase: d.To, Reason: d.Reason, Message: d.Message, Endpoint: d.Status.Endpoint, Candidate: o.Endpoint.Rule}
	if o.Generation.Fresh {
		s.Rule = o.Health.Rule
	}
	info := d.Status.Model
	retired := info != nil && info.Retires != nil && !now.Before(info.Retires.Time)
	s.Listed = s.Endpoint != "" && o.Untrusted == nil && !retired && model.DeletionTimestamp.IsZero()
	return s
}

// inWords says how the API asks an endpoint whether it lets a caller in.
func inWords(p kind.Probe) string {
	if p.Policy == kind.ProbeNever {
		return "not asked: every caller sees the model while it is Ready"
	}
	words := fmt.Sprintf("%s %s, expects %s", p.Method, p.Path, p.Expect)
	for _, name := range slices.Sorted(maps.Keys(p.Headers)) {
		words += fmt.Sprintf(", with %s: %s", name, p.Headers[name])
	}
	var accepted []string
	for status := 100; status < 600; status++ {
		first := status
		for status < 600 && p.Accepts(status) {
			status++
		}
		if status > first {
			accepted = append(accepted, strings.TrimSuffix(fmt.Sprintf("%d-%d", first, status-1), fmt.Sprintf("-%d", first)))
		}
	}
	words += ", accepts " + cmp.Or(strings.Join(accepted, " "), "nothing")
	if p.Policy == kind.ProbeWhenAwake {
		words += ", not while the backend sleeps"
	}
	return words
}
