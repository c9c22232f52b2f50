package catalog

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
	"slices"

	"github.com/maas-kinds/maas/api/access"
)

// neighbours are the endpoints of one namespace that may stand in for a model
// that is not there.
type neighbours struct {
	position uint64
	targets  []neighbour
}

type neighbour struct {
	position uint64
	target   *access.Target
}

// neighbourhoods are the probed endpoints of a snapshot by namespace.
func neighbourhoods(all []rendered) []neighbours {
	byNamespace := map[string]int{}
	var found []neighbours
	for _, one := range all {
		if !one.target.Probed() {
			continue
		}
		place, known := byNamespace[one.entry.Namespace]
		if !known {
			place = len(found)
			byNamespace[one.entry.Namespace] = place
			found = append(found, neighbours{position: positionOf(one.entry.Namespace)})
		}
		found[place].targets = append(found[place].targets, neighbour{positionOf(one.entry.Name), one.target})
	}
	return found
}

func positionOf(name string) uint64 {
	sum := sha256.Sum256([]byte(name))
	return binary.BigEndian.Uint64(sum[:8])
}

// rank is how well a decoy suits a name: its namespace decides, so that having
// many models in one namespace does not make more decoys of them.
type rank struct{ namespace, model uint64 }

func (r rank) compare(other rank) int {
	return cmp.Or(cmp.Compare(r.namespace, other.namespace), cmp.Compare(r.model, other.model))
}

type ranked struct {
	rank
	target *access.Target
}

// Decoys are the endpoints to ask in place of that of a model that is not there,
// the first one first, access.MaxDecoys at most. The same name has the same
// decoys while they exist, whatever else comes and goes, as a model has the same
// endpoint (rendezvous hashing: each takes part with a score of its own, and the
// highest ones win).
func (s *Snapshot) Decoys(name access.Name) []*access.Target {
	seed := binary.BigEndian.Uint64(name[:8])
	best := make([]ranked, 0, access.MaxDecoys+1)
	for _, namespace := range s.decoys {
		score := scoreOf(seed, namespace.position)
		if len(best) == access.MaxDecoys && score < best[len(best)-1].namespace {
			continue
		}
		for _, one := range namespace.targets {
			r := rank{score, scoreOf(seed, one.position)}
			if len(best) == access.MaxDecoys && r.compare(best[len(best)-1].rank) <= 0 {
				continue
			}
			best = append(best, ranked{r, one.target})
			slices.SortFunc(best, func(a, b ranked) int { return b.compare(a.rank) })
			best = best[:min(len(best), access.MaxDecoys)]
		}
	}
	targets := make([]*access.Target, len(best))
	for i, one := range best {
		targets[i] = one.target
	}
	return targets
}

// scoreOf mixes the two: nobody who does not know the seed can tell which
// positions score high.
func scoreOf(seed, position uint64) uint64 { return rand.NewPCG(seed, position).Uint64() }
