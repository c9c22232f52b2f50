package engine

import (
	"fmt"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

// queued takes what is added later, as a controller's queue does.
type queued struct {
	workqueue.TypedRateLimitingInterface[reconcile.Request]
	after map[string]time.Duration
}

func (q *queued) AddAfter(request reconcile.Request, after time.Duration) {
	q.after[request.Name] = after
}

// Ten thousand models whose type cannot be read any longer are not written all
// at once: each has its own moment, a hundred a second. Whatever else wakes
// models wakes them now.
func TestWithdrawalsAreSpread(t *testing.T) {
	const models = 10_000
	names := make([]types.NamespacedName, models)
	for i := range names {
		names[i] = types.NamespacedName{Namespace: "llm", Name: fmt.Sprintf("model-%d", i)}
	}
	queue := &queued{after: map[string]time.Duration{}}
	w := &eventHandler{queue: queue}
	w.spread(names)
	perSecond := map[time.Duration]int{}
	for _, after := range queue.after {
		perSecond[after.Truncate(time.Second)]++
	}
	if len(queue.after) != models || len(perSecond) != models/100 {
		t.Fatalf("%d models are woken in %d seconds, want %d in %d", len(queue.after), len(perSecond), models, models/100)
	}
	for second, count := range perSecond {
		if count != 100 {
			t.Errorf("%d models are woken in second %s, want 100", count, second)
		}
	}
	w.add(names)
	for name, after := range queue.after {
		if after != 0 {
			t.Fatalf("%s is woken after %s, want now", name, after)
		}
	}
}
