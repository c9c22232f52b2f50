package phase

import (
	"context"
	"time"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
)

// Evaluate decides as Decide does and, where a dwell keeps the model Ready at
// first, once more at its end: settled is what follows when the observation
// stays as it is. Without a dwell both are the same.
func (m *Machine) Evaluate(ctx context.Context, model *v1alpha1.MaaSModel, obs kind.Observation, now time.Time) (first, settled Decision, err error) {
	first, err = m.Decide(ctx, model, obs, now)
	if err != nil || !first.Held {
		return first, first, err
	}
	later := model.DeepCopy()
	later.Status = first.Status
	settled, err = m.Decide(ctx, later, obs, now.Add(first.Recheck))
	return first, settled, err
}
