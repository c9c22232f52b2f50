package load

import (
	"fmt"
	"slices"
	"sync"
	"time"
)

// Counts are the replies of a row, by what they were worth.
type Counts struct {
	// Complete lists have exactly the models that they have to have. Gaps miss some
	// and say so; Silent miss some and do not.
	Complete, Gaps, Silent int
	// Throttled and Busy are replies of 429 and of 503, Failed all others and none.
	Throttled, Busy, Failed int
	// Took are the times from a caller's question to its list, waits that a 429 or a
	// 503 asked for included, in order.
	Took []time.Duration
	// Elapsed is how long the row was measured.
	Elapsed time.Duration
}

// Lists are all that were answered with a list.
func (c Counts) Lists() int { return c.Complete + c.Gaps + c.Silent }

// String has the counts in the order of the table.
func (c Counts) String() string {
	return fmt.Sprintf("%d complete, %d with gaps, %d with silent gaps, %d × 429, %d × 503, %d failed", c.Complete, c.Gaps, c.Silent, c.Throttled, c.Busy, c.Failed)
}

// Percentile of the times; 0 where there are none.
func (c Counts) Percentile(p float64) time.Duration {
	if len(c.Took) == 0 {
		return 0
	}
	return c.Took[min(len(c.Took)-1, int(float64(len(c.Took))*p))]
}

// counter counts replies; it is safe for concurrent use.
type counter struct {
	mu   sync.Mutex
	by   [outcomes]int
	took []time.Duration
}

// add counts a reply; took is not counted where the caller comes again.
func (c *counter) add(what outcome, took time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.by[what]++
	if what == complete || what == gaps || what == silent {
		c.took = append(c.took, took)
	}
}

func (c *counter) counts(elapsed time.Duration) Counts {
	c.mu.Lock()
	defer c.mu.Unlock()
	slices.Sort(c.took)
	return Counts{
		Complete: c.by[complete], Gaps: c.by[gaps], Silent: c.by[silent],
		Throttled: c.by[throttled], Busy: c.by[busy], Failed: c.by[failed],
		Took: c.took, Elapsed: elapsed,
	}
}
