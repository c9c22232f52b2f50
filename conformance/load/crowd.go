package load

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// settler is the token of the caller who waits until the models are listed, and
	// is let in by then.
	settler = "settler"
	// maxWait is how long a client waits at most where it is told to come again.
	maxWait = 10 * time.Second
	// begun is how long others are under way before callers are measured beside them.
	begun = time.Second
)

// crowd are the callers of one row.
type crowd struct {
	address string
	// name of the row: tokens begin with it, so that they are new.
	name    string
	query   string
	judge   *judge
	counter counter
}

// callOn has one caller list on so many connections, one list after another.
func (c *crowd) callOn(ctx context.Context, token string, clients int, lasts time.Duration) {
	until := time.Now().Add(lasts)
	c.each(clients, func(connection *connection) {
		for time.Now().Before(until) && ctx.Err() == nil {
			c.once(ctx, connection, token, time.Now())
		}
	})
}

// waves has one caller list on all connections at a time, so many times within.
func (c *crowd) waves(ctx context.Context, token string, clients, waves int, within time.Duration) {
	started := time.Now()
	c.each(clients, func(connection *connection) {
		for wave := range waves {
			sleepUntil(ctx, started.Add(within*time.Duration(wave)/time.Duration(waves)))
			c.once(ctx, connection, token, time.Now())
		}
	})
}

// strangers have callers list that nobody has seen before, so many at a time.
func (c *crowd) strangers(ctx context.Context, callers, atATime int) {
	tokens := make(chan string, callers)
	for i := range callers {
		tokens <- fmt.Sprintf("%s-%d", c.name, i)
	}
	close(tokens)
	c.each(min(atATime, callers), func(connection *connection) {
		for token := range tokens {
			c.until(ctx, connection, token)
		}
	})
}

// beside has new callers list one after the other begins, every so often, while
// others do something.
func (c *crowd) beside(ctx context.Context, others func(context.Context), callers int, every time.Duration) {
	othersCtx, stop := context.WithCancel(ctx)
	var group sync.WaitGroup
	group.Go(func() { others(othersCtx) })
	defer group.Wait()
	defer stop()
	started := time.Now().Add(begun)
	var next atomic.Int64
	c.each(callers, func(connection *connection) {
		i := next.Add(1) - 1
		sleepUntil(ctx, started.Add(every*time.Duration(i)))
		c.until(ctx, connection, fmt.Sprintf("%s-%d", c.name, i))
	})
}

// invent lists with a token that nobody gave out, another each time, on so many
// connections, until ctx ends. Nothing of it is counted.
func (c *crowd) invent(ctx context.Context, connections int) {
	var next atomic.Int64
	c.each(connections, func(connection *connection) {
		for ctx.Err() == nil {
			r, err := connection.list(ctx, fmt.Sprintf("%s-invented-%d", c.name, next.Add(1)))
			if err != nil || r.retryAfter > 0 {
				sleepUntil(ctx, time.Now().Add(retryOfInvented))
			}
		}
	})
}

// retryOfInvented is after what time those come again who do not wait as long as
// they are told. With none, they would take the cores from the API that is measured.
const retryOfInvented = 100 * time.Millisecond

// repeat lists with one token, so many times at once, every so often.
func (c *crowd) repeat(ctx context.Context, token string, atATime int, every time.Duration) {
	for ctx.Err() == nil {
		next := time.Now().Add(every)
		c.each(atATime, func(connection *connection) {
			_, _ = connection.list(ctx, token) // what it is told is its own trouble
		})
		sleepUntil(ctx, next)
	}
}

// each has so many connections at work.
func (c *crowd) each(connections int, work func(*connection)) {
	var group sync.WaitGroup
	for range connections {
		group.Go(func() {
			connection := &connection{address: c.address, query: c.query}
			defer connection.close()
			work(connection)
		})
	}
	group.Wait()
}

// once lists, and counts what came of it. What had not come when ctx ended has
// failed.
func (c *crowd) once(ctx context.Context, connection *connection, token string, since time.Time) (outcome, reply) {
	r, err := connection.list(ctx, token)
	what := c.judge.of(r, err)
	c.counter.add(what, time.Since(since))
	return what, r
}

// until lists, and comes again as long as it is told to.
func (c *crowd) until(ctx context.Context, connection *connection, token string) {
	for since := time.Now(); ; {
		what, r := c.once(ctx, connection, token, since)
		if what != throttled && what != busy {
			return
		}
		sleepUntil(ctx, time.Now().Add(min(max(r.retryAfter, time.Second), maxWait)))
	}
}

// sleepUntil returns at a moment, or when ctx ends.
func sleepUntil(ctx context.Context, moment time.Time) {
	timer := time.NewTimer(time.Until(moment))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
