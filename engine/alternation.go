package engine

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/engine/phase"
)

// steadyFor is for how long an endpoint that was left lately has to be seen without a
// break before it is published again.
const steadyFor = 10 * time.Second

// alternations keep the endpoint of a model steady whose backend names several in turn.
// Of two controllers that write one status, each takes away what the other has
// said, for instance where an HTTPRoute has parents of two classes
// (envoyproxy/gateway#4264). Each endpoint is right, and to follow them would make
// every client's connection move many times a second.
//
// Only what no change of a spec explains is held: who corrects an object has its
// new endpoint published at once. It is remembered in this process alone: after a
// restart the endpoint may move once more.
type alternations struct {
	mu      sync.Mutex
	byModel map[types.NamespacedName][]*sighting
}

// sighting is an endpoint that a model has, or had lately.
type sighting struct {
	url string
	// of is a digest of the specs that it was made of.
	of [sha256.Size]byte
	// at is when it was seen last; since is from when on it is seen again without a
	// break, zero while it is not.
	at, since time.Time
	// told is set when an Event has said that it comes again.
	told bool
}

func newAlternations() *alternations {
	return &alternations{byModel: map[types.NamespacedName][]*sighting{}}
}

// see notes that an endpoint is seen of a model that has one, and says how long the
// model keeps that. News says that it does so for the first time.
func (a *alternations) see(model types.NamespacedName, has, seen string, specs []kind.ObjectGeneration, now time.Time) (wait time.Duration, news bool) {
	of := digest(specs)
	a.mu.Lock()
	defer a.mu.Unlock()
	lately := slices.DeleteFunc(a.byModel[model], func(s *sighting) bool { return s.url == seen && seen == has || s.url != has && s.over(now) })
	for _, s := range lately {
		switch {
		case s.url == has:
			s.at = now
		case s.url == seen && s.of == of:
			if s.at = now; s.since.IsZero() {
				s.since, news, s.told = now, !s.told, true
			}
			wait = max(0, s.since.Add(steadyFor).Sub(now))
			continue
		}
		s.since = time.Time{}
	}
	if seen == has {
		lately = append(lately, &sighting{url: seen, of: of, at: now})
	}
	a.byModel[model] = lately[max(0, len(lately)-maxSightings):]
	return wait, news
}

// digest is the same for the same specs. Every model has some, and they are long.
func digest(specs []kind.ObjectGeneration) [sha256.Size]byte {
	var text []byte
	for _, s := range specs {
		text = fmt.Appendf(text, "%q %v ", s.UID, s.Generation)
	}
	return sha256.Sum256(text)
}

// maxSightings bounds how many endpoints are remembered of a model: the last ones.
const maxSightings = 8

// over says whether an endpoint was seen long ago. A clock that has gone back says
// nothing.
func (s *sighting) over(now time.Time) bool {
	return s.since.IsZero() && (now.Sub(s.at) >= steadyFor || now.Before(s.at))
}

func (a *alternations) forget(model types.NamespacedName) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.byModel, model)
}

// steady is how long a model keeps its endpoint although its backend names another
// one, as it did shortly before.
func (r *reconciler) steady(model *v1alpha1.MaaSModel, observation kind.Observation, decision phase.Decision) time.Duration {
	has, seen, key := model.Status.Endpoint, decision.Status.Endpoint, client.ObjectKeyFromObject(model)
	if has == "" || seen == "" || model.Status.Phase != decision.To || len(observation.Generation.Of) == 0 {
		r.alternations.forget(key)
		return 0
	}
	of := append(slices.Clone(observation.Generation.Of),
		kind.ObjectGeneration{UID: string(model.UID), Generation: float64(model.Generation)}, kind.ObjectGeneration{UID: observation.Revision})
	wait, news := r.alternations.see(key, has, seen, of, r.clock.Now())
	if news {
		note := fmt.Sprintf("the backend's status names %s and %s in turn, and nobody has changed a spec: two controllers may write it. "+
			"%s is kept until the other has stood for %s", has, seen, has, steadyFor)
		r.events.Eventf(model, nil, corev1.EventTypeWarning, v1alpha1.ReasonEndpointAlternates, "Resolve", "%s", syntax.Message(note, maxNote))
	}
	return wait
}
