package soak

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// glance is one look of a judge: when, whether all is calm since when, and what is
// wrong with the only model.
type glance struct {
	at, calm time.Duration
	must     string
	wrong    string
	ready    bool
}

// A difference counts when it lasts longer than a status may lag: from when it
// began, from when what must be changed, and from the end of a disturbance.
func TestJudge(t *testing.T) {
	t.Parallel()
	const s = time.Second
	for name, test := range map[string]struct {
		glances    []glance
		grace      time.Duration
		faults     []Fault
		wrongReady time.Duration
	}{
		"right all the time":    {glances: []glance{{at: 0, must: "a"}, {at: 60 * s, must: "a"}}},
		"late, but in time":     {glances: []glance{{at: 0, must: "a", wrong: "x"}, {at: 10 * s, must: "a", wrong: "x"}, {at: 11 * s, must: "a"}}},
		"wrong for two seconds": {glances: []glance{{at: 0, must: "a", wrong: "x"}, {at: 12 * s, must: "a", wrong: "x"}}, faults: []Fault{{Expected: "a", Found: "x", Lasted: 2 * s}}},
		"Ready for as long": {glances: []glance{{at: 0, must: "a", wrong: "x", ready: true}, {at: 11 * s, must: "a", wrong: "x", ready: true}, {at: 13 * s, must: "a", wrong: "x", ready: true}},
			faults: []Fault{{Expected: "a", Found: "x", Lasted: 3 * s}}, wrongReady: 3 * s},
		"what must be has changed": {glances: []glance{{at: 0, must: "a", wrong: "x"}, {at: 9 * s, must: "b", wrong: "x"}, {at: 18 * s, must: "b", wrong: "x"}}},
		"while it is disturbed":    {glances: []glance{{at: 0, must: "a", wrong: "x"}, {at: 30 * s, calm: 30 * s, must: "a", wrong: "x"}, {at: 39 * s, calm: 30 * s, must: "a", wrong: "x"}}},
		"long after that": {glances: []glance{{at: 0, must: "a", wrong: "x"}, {at: 45 * s, calm: 30 * s, must: "a", wrong: "x"}},
			faults: []Fault{{At: 30 * s, Expected: "a", Found: "x", Lasted: 5 * s}}},
		"a kind whose models stay Ready for a while": {grace: 5 * s, glances: []glance{{at: 0, must: "a", wrong: "x"}, {at: 14 * s, must: "a", wrong: "x"}}},
		"twice": {glances: []glance{{at: 0, must: "a", wrong: "x"}, {at: 11 * s, must: "a", wrong: "x"}, {at: 12 * s, must: "a"}, {at: 20 * s, must: "a", wrong: "y"}, {at: 31 * s, must: "a", wrong: "y"}},
			faults: []Fault{{Expected: "a", Found: "x", Lasted: s}, {At: 20 * s, Expected: "a", Found: "y", Lasted: s}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start := time.Unix(1_000_000, 0)
			j := judge{what: wrongStatus, within: 10 * s, start: start, before: func(time.Time) []string { return nil }}
			for _, g := range test.glances {
				j.look(start.Add(g.at), start.Add(g.calm), []sighting{{name: "model", must: g.must, wrong: g.wrong, ready: g.ready, grace: test.grace}})
			}
			var got []Fault
			for _, f := range j.faults {
				got = append(got, *f)
			}
			for i := range test.faults {
				test.faults[i].What, test.faults[i].Who = wrongStatus, "model"
			}
			if diff := cmp.Diff(test.faults, got); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
			if j.wrongReady != test.wrongReady {
				t.Errorf("Ready for %s that must not be, want %s", j.wrongReady, test.wrongReady)
			}
		})
	}
}

// A token may come to an endpoint that is there, or was a moment ago, as it was sent.
func TestTokens(t *testing.T) {
	t.Parallel()
	const here = "gadget-1-v0.gadget.soak.test"
	alice := []string{callers()[0].authorization()}
	for name, test := range map[string]struct {
		arrival arrival
		// at is when it came, from when the endpoint was last there.
		at    time.Duration
		calm  time.Duration
		found string
	}{
		"while it is there":               {arrival{backend: gadgets, host: here, authorization: alice}, 0, -time.Hour, ""},
		"a moment later":                  {arrival{backend: gadgets, host: here, authorization: alice}, 9 * time.Second, -time.Hour, ""},
		"too late":                        {arrival{backend: gadgets, host: here, authorization: alice}, 12 * time.Second, -time.Hour, "a host that was an endpoint 12s before"},
		"late, the API was frozen":        {arrival{backend: gadgets, host: here, authorization: alice}, 12 * time.Second, 5 * time.Second, ""},
		"never an endpoint":               {arrival{backend: decoys, host: "gadget-1-v0.decoy.soak.test", authorization: alice}, 0, -time.Hour, "a host that never was an endpoint"},
		"another backend than the name's": {arrival{backend: widgets, host: here, authorization: alice}, 0, -time.Hour, "a backend of another sort: widget"},
		"another token":                   {arrival{backend: gadgets, host: here, authorization: []string{"Bearer x"}}, 0, -time.Hour, "an Authorization that is no caller's as it was sent, 1 times"},
		"none":                            {arrival{backend: gadgets, host: here}, 0, -time.Hour, "an Authorization that is no caller's as it was sent, 0 times"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start := time.Unix(1_000_000, 0)
			k := tokens{within: callOn, start: start, before: func(time.Time) []string { return nil }}
			k.publish(start, []string{here})
			test.arrival.at = start.Add(test.at)
			k.look(start.Add(test.at+judgeAfter+time.Minute), start.Add(test.calm), []arrival{test.arrival})
			found := ""
			for _, f := range k.faults {
				found += f.Found
			}
			if found != test.found {
				t.Errorf("found %q, want %q", found, test.found)
			}
		})
	}
}

// Figures are those of one life of a process, the one that was seen most.
func TestGrown(t *testing.T) {
	t.Parallel()
	one, two := time.Unix(1, 0), time.Unix(2, 0)
	of := func(life time.Time, at time.Duration, n float64) sample {
		return sample{process: "p", life: life, at: at, values: map[string]float64{goroutines: n}}
	}
	for name, test := range map[string]struct {
		samples []sample
		want    []Growth
	}{
		"flat": {[]sample{of(one, 0, 100), of(one, time.Minute, 500), of(one, 2*time.Minute, 139)},
			[]Growth{{Process: "p", Figure: goroutines, First: 100, Last: 139, Apart: 2 * time.Minute, Rests: 3, Flat: true}}},
		"grows": {[]sample{of(one, 0, 100), of(one, time.Minute, 141)},
			[]Growth{{Process: "p", Figure: goroutines, First: 100, Last: 141, Apart: time.Minute, Rests: 2}}},
		"killed in between": {[]sample{of(one, 0, 10), of(two, time.Minute, 100), of(two, 2*time.Minute, 100)},
			[]Growth{{Process: "p", Figure: goroutines, First: 100, Last: 100, Apart: time.Minute, Rests: 2, Flat: true}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, grown(test.samples)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
