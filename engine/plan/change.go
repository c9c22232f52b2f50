package plan

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/types"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// Effect is what a change means for those who use a model.
type Effect string

// The effects, the worst first. The first four are harm.
const (
	// EffectNotReady: the model is Ready, and would not be.
	EffectNotReady Effect = "NotReady"
	// EffectUnlisted: the model is in lists, and would be in none.
	EffectUnlisted Effect = "Unlisted"
	// EffectMoved: the endpoint would be at another host, or port, or of another
	// scheme: callers' tokens would go there.
	EffectMoved Effect = "Moved"
	// EffectFailed: the model is not Ready, and would be Failed.
	EffectFailed Effect = "Failed"
	// EffectUndecided: it cannot be said, since something is not known that is read.
	EffectUndecided Effect = "Undecided"
	// EffectChanged: something else would change, such as what the list says of it.
	EffectChanged Effect = "Changed"
	// EffectBetter: the model would come to be Ready, or to be listed.
	EffectBetter Effect = "Better"
)

// Effects are all effects, the worst first.
func Effects() []Effect {
	return []Effect{EffectNotReady, EffectUnlisted, EffectMoved, EffectFailed, EffectUndecided, EffectChanged, EffectBetter}
}

// Harms says whether somebody who uses the model would be worse off.
func (e Effect) Harms() bool {
	return slices.Contains([]Effect{EffectNotReady, EffectUnlisted, EffectMoved, EffectFailed}, e)
}

// Change is what would change of one model.
type Change struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	// Kind is what spec.modelRef.kind says.
	Kind   string `json:"kind"`
	Effect Effect `json:"effect"`
	// Why says what is not known of a model that is Undecided.
	Why    string   `json:"why,omitempty"`
	Before Standing `json:"before"`
	After  Standing `json:"after"`
	// Entry is what the list would say differently.
	Entry []Difference `json:"entry,omitempty"`
}

// Difference is a field of a model's entry in the list. Values are in JSON; what is
// not there is empty.
type Difference struct {
	Field  string `json:"field"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

// Summary counts models.
type Summary struct {
	// Models are all that there are, and Unchanged those of which nothing would change.
	Models    int `json:"models"`
	Unchanged int `json:"unchanged"`
	// Harmed are those with an effect that harms.
	Harmed int `json:"harmed"`
	// Effects counts the others by effect.
	Effects map[Effect]int `json:"effects"`
}

func summarize(models int, changes []Change) Summary {
	s := Summary{Models: models, Unchanged: models - len(changes), Effects: map[Effect]int{}}
	for _, c := range changes {
		s.Effects[c.Effect]++
		if c.Effect.Harms() {
			s.Harmed++
		}
	}
	return s
}

// changeOf has no effect where nothing would change.
func changeOf(model *v1alpha1.MaaSModel, before, after decided) Change {
	c := Change{Namespace: model.Namespace, Name: model.Name, Kind: model.Spec.ModelRef.Kind, Before: before.Standing, After: after.Standing}
	if c.Why = cmp.Or(before.unknown, after.unknown); c.Why != "" {
		c.Effect = EffectUndecided
		return c
	}
	c.Entry = differences(before, after)
	c.Effect = effectOf(c)
	return c
}

func effectOf(c Change) Effect {
	was, is := c.Before, c.After
	switch ready := v1alpha1.PhaseReady; {
	case was.Phase == ready && is.Phase != ready:
		return EffectNotReady
	case was.Listed && !is.Listed:
		return EffectUnlisted
	case was.Endpoint != "" && is.Endpoint != "" && originOf(was.Endpoint) != originOf(is.Endpoint):
		return EffectMoved
	case was.Phase != is.Phase && is.Phase == v1alpha1.PhaseFailed:
		return EffectFailed
	case was.Phase != ready && is.Phase == ready, !was.Listed && is.Listed:
		return EffectBetter
	case was.Phase != is.Phase, was.Endpoint != is.Endpoint, was.Reason != is.Reason, len(c.Entry) > 0:
		return EffectChanged
	}
	return "" // Other words, or a rule of another name, are no change for anybody.
}

// originOf is the part of a URL that says to whom credentials go.
func originOf(endpoint string) string {
	u, err := url.Parse(endpoint)
	if err != nil {
		return endpoint
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return u.Scheme + "://" + strings.ToLower(u.Hostname()) + ":" + port
}

// differences are in what the list says of a model that has been in it, or would be.
func differences(before, after decided) []Difference {
	if !before.Listed && !after.Listed {
		return nil
	}
	was, is := entryOf(before), entryOf(after)
	names := slices.AppendSeq(slices.Collect(maps.Keys(was)), maps.Keys(is))
	slices.Sort(names)
	var all []Difference
	for _, name := range slices.Compact(names) {
		if was[name] != is[name] {
			all = append(all, Difference{name, was[name], is[name]})
		}
	}
	return all
}

// entryOf are the fields of an entry that a kind decides about, but for those that a
// Standing has.
func entryOf(d decided) map[string]string {
	if !d.Listed {
		return nil
	}
	fields := map[string]json.RawMessage{}
	if content, err := json.Marshal(d.status.Model); err == nil {
		_ = json.Unmarshal(content, &fields) // it is an object, or null
	}
	entry := map[string]string{"kind": d.status.Kind, "probe": d.probe}
	for name, value := range fields {
		entry[name] = string(value)
	}
	return entry
}

// inOrder has the worst first, and of one effect the first by name.
func inOrder(found map[types.NamespacedName]Change) []Change {
	effects := Effects()
	return slices.SortedFunc(maps.Values(found), func(a, b Change) int {
		return cmp.Or(cmp.Compare(slices.Index(effects, a.Effect), slices.Index(effects, b.Effect)),
			strings.Compare(a.Namespace, b.Namespace), strings.Compare(a.Name, b.Name))
	})
}
