package phase

import (
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// retiresSoon is how long before its end a model's offerer and callers are warned.
const retiresSoon = 30 * 24 * time.Hour

// maxStage bounds how far ahead a stage is waited for.
const maxStage = 24 * time.Hour

// retiring says where a model is in its lifecycle, once there is something to say,
// and for how long at least that stays so; 0 for good.
func retiring(info *v1alpha1.ModelInfo, now time.Time) (said []metav1.Condition, lasts time.Duration) {
	if info == nil {
		return nil, 0
	}
	instead := ""
	if info.ReplacedBy != "" {
		instead = fmt.Sprintf(" Use %s instead.", info.ReplacedBy)
	}
	reason, message := "", ""
	// Each stage takes the place of those before it.
	for _, stage := range []struct {
		begins          *metav1.Time
		before          time.Duration
		reason, message string
	}{
		{info.Deprecated, 0, v1alpha1.ReasonDeprecated, "The model is deprecated since %s.%s"},
		{info.Retires, retiresSoon, v1alpha1.ReasonRetiresSoon, "The model retires at %s: it is in no list from then on, and its id is not found.%s"},
		{info.Retires, 0, v1alpha1.ReasonRetired, "The model has retired at %s: it is in no list any more, and its id is not found.%s Delete the MaaSModel when nobody asks for it."},
	} {
		if stage.begins == nil {
			continue
		}
		if wait := stage.begins.Sub(now) - stage.before; wait > 0 {
			if lasts == 0 || wait < lasts {
				lasts = wait
			}
			continue
		}
		reason, message = stage.reason, fmt.Sprintf(stage.message, stage.begins.UTC().Format(time.RFC3339), instead)
	}
	if reason != "" {
		said = append(said, condition(v1alpha1.ConditionRetiring, metav1.ConditionTrue, reason, message))
	}
	return said, min(lasts, maxStage)
}
