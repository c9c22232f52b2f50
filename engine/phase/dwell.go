package phase

import (
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
)

// dwell says since when the backend of a Ready model has not been ready, and
// for how much longer the model stays Ready: whole seconds, 0 when it does not.
// Both follow from the stored status, so a restart in the middle changes
// nothing. now is in whole seconds, as stored times are.
//
// Only what may heal by itself dwells, only with an endpoint to serve from, and
// only for the backend that was ready: a model that is pointed elsewhere has
// nothing to stay Ready on.
func dwell(stored v1alpha1.MaaSModelStatus, event Event, obs kind.Observation, now time.Time) (since time.Time, left time.Duration) {
	if stored.Phase != v1alpha1.PhaseReady || event != BackendProgressing || obs.Dwell <= 0 ||
		obs.Endpoint.URL == "" || !sameBackend(stored.Referent, obs.Referent) {
		return time.Time{}, 0
	}
	since = lostSince(stored.Conditions, now)
	return since, max(0, ceilSecond(obs.Dwell-now.Sub(since)))
}

// lostSince is when BackendReady became False, and now if it was not False
// yet. So is a time that lies ahead, which a clock that was wrong has written:
// to count from there would keep the model Ready for longer than the dwell.
func lostSince(stored []metav1.Condition, now time.Time) time.Time {
	c := meta.FindStatusCondition(stored, v1alpha1.ConditionBackendReady)
	if c == nil || c.Status != metav1.ConditionFalse || c.LastTransitionTime.IsZero() || c.LastTransitionTime.After(now) {
		return now
	}
	return c.LastTransitionTime.Time
}

// sameBackend compares objects; the version one is read in makes no other object of it.
func sameBackend(a, b *v1alpha1.ReferentStatus) bool {
	if a == nil || b == nil {
		return false
	}
	x, y := *a, *b
	x.Version, y.Version = "", ""
	return x == y
}

// ceilSecond rounds up, so that nobody looks again before the dwell is over.
func ceilSecond(d time.Duration) time.Duration {
	return (d + time.Second - 1).Truncate(time.Second)
}
