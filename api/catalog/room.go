package catalog

import (
	"cmp"
	"math"
)

// room is what the models of each namespace may still add to a list. Whoever may
// edit a namespace makes as many models as its quota allows, and everybody's list
// has to be read by clients, kept and sent.
type room struct {
	// most is in bytes of JSON.
	most  int
	taken map[string]int
	// leftOut counts the models of namespaces that are full. A full one takes no
	// more, or a younger and shorter model would be listed and an older one not.
	leftOut map[string]int
}

func newRoom(most int) *room {
	return &room{most: cmp.Or(most, math.MaxInt), taken: map[string]int{}, leftOut: map[string]int{}}
}

// left says whether another model may be rendered at all, and counts it if not.
func (r *room) left(namespace string) bool {
	if r.leftOut[namespace] == 0 {
		return true
	}
	r.leftOut[namespace]++
	return false
}

// take makes room for a model, and counts it if there is none.
func (r *room) take(namespace string, size int) bool {
	if size > r.most-r.taken[namespace] {
		r.leftOut[namespace]++
		return false
	}
	r.taken[namespace] += size
	return true
}

// tellOfFull logs which namespaces have become full, and which are not any more.
func (r *Renderer) tellOfFull(now *room) {
	before := r.full
	r.full = now.leftOut
	if r.Log == nil {
		return
	}
	for namespace, models := range now.leftOut {
		if before[namespace] == 0 {
			r.Log.Warn("the youngest models of a namespace are in no list, and not found: those before them fill what it may add to one",
				"namespace", namespace, "models", models, "most", now.most,
				"hint", "raise --max-namespace-bytes if they are all wanted, else set a ResourceQuota there: count/maasmodels.maas.opendatahub.io")
		}
	}
	for namespace := range before {
		if now.leftOut[namespace] == 0 {
			r.Log.Info("all models of a namespace are listed again", "namespace", namespace)
		}
	}
}
