package catalog

import (
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/maas-kinds/maas/api/access"
	"github.com/maas-kinds/maas/api/v1alpha1"
)

// Retired is a model that is in no list any more, and has not been deleted yet.
type Retired struct {
	// Target is asked whether a caller may know of it.
	Target *access.Target
	// At is since when it is retired.
	At time.Time
	// ReplacedBy is the id of the model to use instead; empty where nobody says.
	ReplacedBy string
}

// retirees are found by id and by namespace/name.
type retirees map[string]Retired

func (r retirees) add(model *v1alpha1.MaaSModel, id string, target *access.Target) {
	info := model.Status.Model
	r[id] = Retired{Target: target, At: info.Retires.UTC(), ReplacedBy: info.ReplacedBy}
	r[qualified(model)] = r[id]
}

// Retired finds a model that has retired by its id or by namespace/name.
func (s *Snapshot) Retired(id string) (Retired, bool) {
	retired, ok := s.retired[id]
	return retired, ok
}

func isRetired(model *v1alpha1.MaaSModel, now time.Time) bool {
	info := model.Status.Model
	return info != nil && info.Retires != nil && !now.Before(info.Retires.Time)
}

// lifecycleOf is what is told of a model's lifecycle, and until when that is so;
// the zero time for good.
func lifecycleOf(info *v1alpha1.ModelInfo, now time.Time) (told *Lifecycle, until time.Time) {
	if info == nil || info.Deprecated == nil && info.Retires == nil && info.ReplacedBy == "" {
		return nil, time.Time{}
	}
	told = &Lifecycle{Status: StatusActive, Deprecated: info.Deprecated, Retires: info.Retires, ReplacedBy: info.ReplacedBy}
	if info.Deprecated != nil && !now.Before(info.Deprecated.Time) {
		told.Status = StatusDeprecated
	}
	for _, at := range []*metav1.Time{info.Deprecated, info.Retires} {
		if at != nil && now.Before(at.Time) {
			until = sooner(until, at.Time)
		}
	}
	return told, until
}

// sooner is the earlier of two times, of which the zero time is never.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
