package load

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
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
	judge   *judge
	counter counter
}

// callOn has one caller list on so many connections, one list after another.
func (c *crowd) callOn(ctx context.Context, token string, clients int, lasts time.Duration) error {
	until := time.Now().Add(lasts)
	return c.each(ctx, clients, func(ctx context.Context, connection *connection) error {
		for time.Now().Before(until) && ctx.Err() == nil {
			c.once(ctx, connection, token, time.Now())
		}
		return ctx.Err()
	})
}

// waves has one caller list on all connections at a time, so many times within.
func (c *crowd) waves(ctx context.Context, token string, clients, waves int, within time.Duration) error {
	started := time.Now()
	return c.each(ctx, clients, func(ctx context.Context, connection *connection) error {
		for wave := range waves {
			if err := sleepUntil(ctx, started.Add(within*time.Duration(wave)/time.Duration(waves))); err != nil {
				return err
			}
			c.once(ctx, connection, token, time.Now())
		}
		return nil
	})
}

// strangers have callers list that nobody has seen before, so many at a time.
func (c *crowd) strangers(ctx context.Context, callers, atATime int) error {
	tokens := make(chan string, callers)
	for i := range callers {
		tokens <- fmt.Sprintf("%s-%d", c.name, i)
	}
	close(tokens)
	return c.each(ctx, min(atATime, callers), func(ctx context.Context, connection *connection) error {
		for token := range tokens {
			if err := c.until(ctx, connection, token); err != nil {
				return err
			}
		}
		return nil
	})
}

// beside has new callers list one after the other begins, every so often, while
// others do something.
func (c *crowd) beside(ctx context.Context, others func(context.Context), callers int, every time.Duration) error {
	othersCtx, stop := context.WithCancel(ctx)
	var group sync.WaitGroup
	group.Go(func() { others(othersCtx) })
	defer group.Wait()
	defer stop()
	started := time.Now().Add(begun)
	asking, ctx := errgroup.WithContext(ctx)
	for i := range callers {
		asking.Go(func() error {
			if err := sleepUntil(ctx, started.Add(every*time.Duration(i))); err != nil {
				return err
			}
			connection := &connection{address: c.address}
			defer connection.close()
			return c.until(ctx, connection, fmt.Sprintf("%s-%d", c.name, i))
		})
	}
	return asking.Wait()
}

// invent lists with a token that nobody gave out, another each time, on so many
// connections, until ctx ends. Nothing of it is counted.
func (c *crowd) invent(ctx context.Context, connections int) {
	var group sync.WaitGroup
	for i := range connections {
		group.Go(func() {
			connection := &connection{address: c.address}
			defer connection.close()
			for n := 0; ctx.Err() == nil; n++ {
				if r, err := connection.list(ctx, fmt.Sprintf("%s-invented-%d-%d", c.name, i, n)); err != nil || r.retryAfter > 0 {
					_ = sleepUntil(ctx, time.Now().Add(retryOfInvented))
				}
			}
		})
	}
	group.Wait()
}

// retryOfInvented is after what time those come again who do not wait as long as
// they are told. With none, they would take the cores from the API that is measured.
const retryOfInvented = 100 * time.Millisecond

// repeat lists with one token, so many times at once, every so often.
func (c *crowd) repeat(ctx context.Context, token string, atATime int, every time.Duration) {
	for ctx.Err() == nil {
		next := time.Now().Add(every)
		var group sync.WaitGroup
		for range atATime {
			group.Go(func() {
				connection := &connection{address: c.address}
				defer connection.close()
				_, _ = connection.list(ctx, token) // what it is told is its own trouble
			})
		}
		group.Wait()
		_ = sleepUntil(ctx, next)
	}
}

// each has so many clients at work.
func (c *crowd) each(ctx context.Context, clients int, work func(context.Context, *connection) error) error {
	group, ctx := errgroup.WithContext(ctx)
	for range clients {
		group.Go(func() error {
			connection := &connection{address: c.address}
			defer connection.close()
			return work(ctx, connection)
		})
	}
	return group.Wait()
}

// once lists, and counts what came of it.
func (c *crowd) once(ctx context.Context, connection *connection, token string, since time.Time) (outcome, reply) {
	r, err := connection.list(ctx, token)
	what := c.judge.of(r, err)
	if ctx.Err() == nil {
		c.counter.add(what, time.Since(since))
	}
	return what, r
}

// until lists, and comes again as long as it is told to.
func (c *crowd) until(ctx context.Context, connection *connection, token string) error {
	for since := time.Now(); ; {
		what, r := c.once(ctx, connection, token, since)
		if what != throttled && what != busy {
			return ctx.Err()
		}
		if err := sleepUntil(ctx, time.Now().Add(min(max(r.retryAfter, time.Second), maxWait))); err != nil {
			return err
		}
	}
}

func sleepUntil(ctx context.Context, moment time.Time) error {
	timer := time.NewTimer(time.Until(moment))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
