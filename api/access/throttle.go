package access

import (
	"fmt"
	"math/bits"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"
	"golang.org/x/time/rate"
)

const (
	maxBuckets = 1 << 16
	// callerLists are as many whole lists as a caller may always ask at once.
	callerLists = 2
)

// throttle gives each caller, or each address, a token bucket of probes.
type throttle[K comparable] struct {
	rate, burst int
	// A bucket holds no less than so many whole lists, or one cold list could not
	// be answered.
	lists int
	// endpoints is the size of the catalog, rounded up to a power of two so that
	// it seldom changes.
	endpoints atomic.Int64
	buckets   *otter.Cache[K, *rate.Limiter]
}

func newThrottle[K comparable](perSecond, burst, lists int) (*throttle[K], error) {
	// A bucket that was left alone this long is full, so that forgetting it
	// gives nothing away.
	full := time.Duration(float64(burst)/float64(perSecond)*float64(time.Second)) + time.Minute
	buckets, err := otter.New(&otter.Options[K, *rate.Limiter]{
		MaximumSize:      maxBuckets,
		ExpiryCalculator: otter.ExpiryAccessing[K, *rate.Limiter](full),
	})
	if err != nil {
		return nil, fmt.Errorf("making the cache of token buckets: %w", err)
	}
	return &throttle[K]{rate: perSecond, burst: burst, lists: lists, buckets: buckets}, nil
}

// SetEndpoints says how many endpoints there are, for the size of all
// buckets.
func (c *Checker) SetEndpoints(n int) {
	c.throttle.setEndpoints(n)
	c.peers.setEndpoints(n)
}

func (t *throttle[K]) setEndpoints(n int) {
	t.endpoints.Store(int64(1) << bits.Len(uint(max(1, n)-1)))
}

// take takes one probe out of the caller's bucket. When there is none left it
// says how long until there is.
func (t *throttle[K]) take(of K, now time.Time) (time.Duration, bool) {
	return t.takeAll(of, 1, now)
}

// takeAll takes as many, or none.
func (t *throttle[K]) takeAll(of K, probes int, now time.Time) (time.Duration, bool) {
	bucket := t.of(of)
	probes = min(probes, bucket.Burst())
	if bucket.AllowN(now, probes) {
		return 0, true
	}
	return t.wait(bucket, probes, now), false
}

// spent says whether the caller's bucket is empty, and how long it will be.
func (t *throttle[K]) spent(of K, now time.Time) (time.Duration, bool) {
	bucket := t.of(of)
	if bucket.TokensAt(now) >= 1 {
		return 0, false
	}
	return t.wait(bucket, 1, now), true
}

// plenty says whether the caller's bucket is at least half full.
func (t *throttle[K]) plenty(of K, now time.Time) bool {
	bucket := t.of(of)
	return bucket.TokensAt(now) >= float64(bucket.Burst())/2
}

func (t *throttle[K]) of(key K) *rate.Limiter {
	endpoints := int(t.endpoints.Load())
	limit, burst := rate.Limit(max(t.rate, endpoints)), max(t.burst, t.lists*endpoints)
	if bucket, ok := t.buckets.GetIfPresent(key); ok && bucket.Burst() == burst {
		return bucket
	}
	bucket, _ := t.buckets.Compute(key, func(old *rate.Limiter, found bool) (*rate.Limiter, otter.ComputeOp) {
		if found && old.Burst() == burst {
			return old, otter.CancelOp
		}
		return rate.NewLimiter(limit, burst), otter.WriteOp
	})
	return bucket
}

func (t *throttle[K]) wait(bucket *rate.Limiter, probes int, now time.Time) time.Duration {
	missing := float64(probes) - bucket.TokensAt(now)
	return max(time.Millisecond, time.Duration(missing/float64(bucket.Limit())*float64(time.Second)))
}
