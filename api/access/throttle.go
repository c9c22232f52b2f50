package access

import (
	"fmt"
	"math/bits"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"
	"golang.org/x/time/rate"
)

const maxBuckets = 1 << 16

// throttle gives each caller a token bucket of probes.
type throttle struct {
	rate, burst int
	// endpoints is the size of the catalog, rounded up to a power of two so that
	// it seldom changes: a bucket holds no less than two whole lists, or one
	// cold list could not be answered.
	endpoints atomic.Int64
	buckets   *otter.Cache[callerKey, *rate.Limiter]
}

func newThrottle(perSecond, burst int) (*throttle, error) {
	// A bucket that was left alone this long is full, so that forgetting it
	// gives nothing away.
	full := time.Duration(float64(burst)/float64(perSecond)*float64(time.Second)) + time.Minute
	buckets, err := otter.New(&otter.Options[callerKey, *rate.Limiter]{
		MaximumSize:      maxBuckets,
		ExpiryCalculator: otter.ExpiryAccessing[callerKey, *rate.Limiter](full),
	})
	if err != nil {
		return nil, fmt.Errorf("making the cache of token buckets: %w", err)
	}
	return &throttle{rate: perSecond, burst: burst, buckets: buckets}, nil
}

func (t *throttle) setEndpoints(n int) {
	t.endpoints.Store(int64(1) << bits.Len(uint(max(1, n)-1)))
}

// take takes one probe out of the caller's bucket. When there is none left it
// says how long until there is.
func (t *throttle) take(caller callerKey, now time.Time) (time.Duration, bool) {
	bucket := t.of(caller)
	if bucket.AllowN(now, 1) {
		return 0, true
	}
	return t.wait(bucket, now), false
}

// spent says whether the caller's bucket is empty, and how long it will be.
func (t *throttle) spent(caller callerKey, now time.Time) (time.Duration, bool) {
	bucket := t.of(caller)
	if bucket.TokensAt(now) >= 1 {
		return 0, false
	}
	return t.wait(bucket, now), true
}

// plenty says whether the caller's bucket is at least half full.
func (t *throttle) plenty(caller callerKey, now time.Time) bool {
	bucket := t.of(caller)
	return bucket.TokensAt(now) >= float64(bucket.Burst())/2
}

func (t *throttle) of(caller callerKey) *rate.Limiter {
	endpoints := int(t.endpoints.Load())
	limit, burst := rate.Limit(max(t.rate, endpoints)), max(t.burst, 2*endpoints)
	if bucket, ok := t.buckets.GetIfPresent(caller); ok && bucket.Burst() == burst {
		return bucket
	}
	bucket, _ := t.buckets.Compute(caller, func(old *rate.Limiter, found bool) (*rate.Limiter, otter.ComputeOp) {
		if found && old.Burst() == burst {
			return old, otter.CancelOp
		}
		return rate.NewLimiter(limit, burst), otter.WriteOp
	})
	return bucket
}

func (t *throttle) wait(bucket *rate.Limiter, now time.Time) time.Duration {
	missing := 1 - bucket.TokensAt(now)
	return max(time.Millisecond, time.Duration(missing/float64(bucket.Limit())*float64(time.Second)))
}
