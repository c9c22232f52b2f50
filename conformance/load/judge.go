package load

import (
	"bytes"
	"encoding/json"
	"net/http"
	"sync/atomic"
)

// outcome is what a reply was worth.
type outcome uint8

const (
	// complete is a list of exactly the models that it has to have.
	complete outcome = iota
	// gaps is a list that misses models and says so.
	gaps
	// silent is a list that misses models and does not say so.
	silent
	throttled
	busy
	// failed is everything else: no reply, another status, no list, or a model that
	// the caller was never let in by.
	failed
	outcomes
)

// judge knows what lists have to have.
type judge struct {
	want map[string]bool
	// seen is the body of a list that was complete: most others are equal to it, and
	// need not be read.
	seen atomic.Pointer[[]byte]
}

func newJudge(ids []string) *judge {
	j := &judge{want: make(map[string]bool, len(ids))}
	for _, id := range ids {
		j.want[id] = true
	}
	return j
}

func (j *judge) of(r reply, err error) outcome {
	switch {
	case err != nil:
		return failed
	case r.status == http.StatusTooManyRequests:
		return throttled
	case r.status == http.StatusServiceUnavailable:
		return busy
	case r.status != http.StatusOK:
		return failed
	}
	if seen := j.seen.Load(); seen != nil && bytes.Equal(*seen, r.body) {
		return complete
	}
	found, ok := j.count(r.body)
	switch {
	case !ok:
		return failed
	case found < len(j.want) && r.marked:
		return gaps
	case found < len(j.want):
		return silent
	}
	body := bytes.Clone(r.body)
	j.seen.Store(&body)
	return complete
}

// count gives how many of the wanted models a list has; it is false for one that
// has others, or one twice, or is no list.
func (j *judge) count(body []byte) (int, bool) {
	var list struct{ Data []struct{ ID string } }
	if json.Unmarshal(body, &list) != nil || list.Data == nil {
		return 0, false
	}
	found := make(map[string]bool, len(list.Data))
	for _, model := range list.Data {
		if !j.want[model.ID] || found[model.ID] {
			return 0, false
		}
		found[model.ID] = true
	}
	return len(found), true
}
