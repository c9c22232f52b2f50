package load

import (
	"context"
	"fmt"
	"time"
)

// row is one line of the table.
type row struct {
	name, work string
	models     []models
	run        func(ctx context.Context, c *crowd)
	// cold is set where CPU a probe means something: most of what the API does is
	// probing.
	cold bool
	// part is how many models of the list are asked for, from its middle on; 0 for all.
	part int
}

const (
	fast = "0s"
	slow = "20ms"
	// warmClients is how many connections call on with remembered verdicts.
	warmClients = 16
	// crossingTime is longer than two lifetimes of a verdict by default.
	crossingTime = 12 * time.Second
	crossings    = 600
	// patient is how long a row may take altogether.
	patient = 3 * time.Minute
)

// Names are those of the rows, in their order.
func Names() []string {
	var names []string
	for _, r := range rows(1, DefaultLasts) {
		names = append(names, r.name)
	}
	return names
}

// rows are all there are. Those that ask the same models stand together: the models
// are made once for them.
func rows(divide int, lasts time.Duration) []row {
	part := func(n int) int { return max(n/divide, 4) }
	var all []row
	for _, n := range []int{15, 100, 1000} {
		all = append(all, warm(part(n), fmt.Sprint("warm-", n), lasts))
	}
	all = append(all, warm(part(10_000), "warm-10000", lasts), page(part(10_000), min(100, part(1000)), lasts))
	for _, clients := range []int{16, 64} {
		all = append(all, crossing(part(10_000), clients, max(crossings/divide, 2*clients), max(crossingTime/time.Duration(divide), time.Second)))
	}
	all = append(all, cold(part(1000), "cold-1000", part(10)), cold(part(100), "cold-100", part(20)))
	for _, atATime := range []int{16, 64, 256} {
		all = append(all, newCallers(part(100), part(1000), atATime))
	}
	all = append(all, hung(part(15)-1, 2*lasts), madeUp(part(100), part(150), part(20)))
	for _, how := range []string{"429", "500", "silence"} {
		all = append(all, troubled(how, part(80)))
	}
	return all
}

func warm(n int, name string, lasts time.Duration) row {
	return row{
		name: name, work: fmt.Sprintf("warm list of %d models, %d clients", n, warmClients),
		models: []models{{manner: fast, count: n}},
		run: func(ctx context.Context, c *crowd) {
			c.callOn(ctx, settler, warmClients, lasts)
		},
	}
}

// page is a part of a long list, as a client that pages asks for it.
func page(n, limit int, lasts time.Duration) row {
	r := warm(n, "page-10000", lasts)
	r.work = fmt.Sprintf("a part of %d of a warm list of %d models, %d clients", limit, n, warmClients)
	r.part = limit
	return r
}

func crossing(n, clients, lists int, within time.Duration) row {
	waves := (lists + clients - 1) / clients
	return row{
		name: fmt.Sprint("crossing-", clients), work: fmt.Sprintf("%d lists of %d models by one caller across the verdicts' lifetime, %d at a time", waves*clients, n, clients),
		models: []models{{manner: fast, count: n}},
		run: func(ctx context.Context, c *crowd) {
			c.waves(ctx, settler, clients, waves, within)
		},
	}
}

func cold(n int, name string, callers int) row {
	return row{
		name: name, work: fmt.Sprintf("cold list of %d models of 20 ms, one caller at a time", n),
		models: []models{{manner: slow, count: n}}, cold: true,
		run: func(ctx context.Context, c *crowd) { c.strangers(ctx, callers, 1) },
	}
}

func newCallers(n, callers, atATime int) row {
	return row{
		name: fmt.Sprint("new-", atATime), work: fmt.Sprintf("%d new callers × %d models of 20 ms, %d at a time", callers, n, atATime),
		models: []models{{manner: slow, count: n}}, cold: true,
		run: func(ctx context.Context, c *crowd) { c.strangers(ctx, callers, atATime) },
	}
}

func hung(healthy int, lasts time.Duration) row {
	return row{
		name: "hung", work: fmt.Sprintf("one hung backend beside %d, one caller calling on, %d clients", healthy, warmClients),
		models: []models{{manner: fast, count: healthy}, {manner: hangs, count: 1, apart: true, unlisted: true}},
		run: func(ctx context.Context, c *crowd) {
			c.strangers(ctx, 1, 1) // a call of another's
			c.callOn(ctx, settler, warmClients, lasts)
		},
	}
}

func madeUp(n, connections, callers int) row {
	return row{
		name: "made-up", work: fmt.Sprintf("%d new callers of a fast model, while %d connections list %d models with made-up tokens, 401 after 0.6 s", callers, connections, n),
		models: []models{{manner: denies, count: n, unlisted: true}, {manner: fast, count: 1, apart: true}},
		run: func(ctx context.Context, c *crowd) {
			c.beside(ctx, func(ctx context.Context) { c.invent(ctx, connections) }, callers, 200*time.Millisecond)
		},
	}
}

func troubled(how string, callers int) row {
	return row{
		name: trouble + how, work: fmt.Sprintf("%d new callers of a healthy model that answers one other token with %s, which lists three times every 2 s", callers, how),
		models: []models{{manner: troubles, count: 1}},
		run: func(ctx context.Context, c *crowd) {
			c.beside(ctx, func(ctx context.Context) { c.repeat(ctx, trouble+how, 3, 2*time.Second) }, callers, 100*time.Millisecond)
		},
	}
}
