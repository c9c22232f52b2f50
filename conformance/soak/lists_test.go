package soak

import (
	"strings"
	"testing"
	"time"
)

// A list has the models that must be Ready and whose backends let the caller in, as
// ready. One that is not Ready may be in it, as such.
func TestListing(t *testing.T) {
	t.Parallel()
	cast := []member{{name: "gadget-1", sort: gadgets}, {name: "gadget-2", sort: gadgets}}
	ready := func(name string) sighting {
		return sighting{name: name, serves: true, host: name + "-v0.gadget.soak.test"}
	}
	for name, test := range map[string]struct {
		caller int
		listed map[string]bool
		models []sighting
		// wrong is what is found of each model, in the order of the cast.
		wrong string
		ready bool
	}{
		"all that must be Ready":            {0, map[string]bool{"gadget-1": true, "gadget-2": true}, []sighting{ready("gadget-1"), ready("gadget-2")}, ",", false},
		"one is missing":                    {0, map[string]bool{"gadget-1": true}, []sighting{ready("gadget-1"), ready("gadget-2")}, ",listed: false, as ready: false", false},
		"one is listed as not ready":        {0, map[string]bool{"gadget-1": true, "gadget-2": false}, []sighting{ready("gadget-1"), ready("gadget-2")}, ",listed: true, as ready: false", false},
		"one that is not Ready, as such":    {0, map[string]bool{"gadget-1": false}, []sighting{{name: "gadget-1"}}, ",", false},
		"one that is not Ready, as ready":   {0, map[string]bool{"gadget-1": true}, []sighting{{name: "gadget-1"}}, "listed as ready,", true},
		"one that is there no more":         {0, map[string]bool{"gadget-2": true}, nil, ",listed as ready", true},
		"only what lets the caller in":      {1, map[string]bool{"gadget-2": true}, []sighting{ready("gadget-1"), ready("gadget-2")}, ",", false},
		"one that does not let them in":     {2, map[string]bool{"gadget-2": true}, []sighting{ready("gadget-1"), ready("gadget-2")}, ",listed as ready", true},
		"nothing, for whom nothing lets in": {2, nil, []sighting{ready("gadget-1"), ready("gadget-2")}, ",", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var wrong []string
			isReady := false
			for _, s := range (listing{caller: callers()[test.caller], models: test.listed}).compare(cast, test.models) {
				wrong = append(wrong, s.wrong)
				isReady = isReady || s.ready
			}
			if got := strings.Join(wrong, ","); got != test.wrong || isReady != test.ready {
				t.Errorf("wrong %q, ready %t; want %q, %t", got, isReady, test.wrong, test.ready)
			}
		})
	}
}

// A result is sound when nothing was wrong and nothing grows, and says its seed and
// each fault.
func TestResult(t *testing.T) {
	t.Parallel()
	fault := Fault{What: wrongStatus, Who: "gadget-1", At: time.Minute, Lasted: time.Second, Expected: "Ready", Found: "Failed", Before: []string{"kill maas-api"}}
	for name, test := range map[string]struct {
		result Result
		sound  bool
		says   []string
	}{
		"nothing was wrong": {Result{Seed: 7, Growth: []Growth{{Process: theAPI, Figure: heap, Flat: true}}}, true, []string{"seed 7", "| transitions that were lost | 0 | 0 |", "flat"}},
		"something was":     {Result{Faults: []Fault{fault}}, false, []string{"| transitions that were lost | 1 | 0 |", "wrong status: gadget-1 at 1m0s", "expected Ready", "after    kill maas-api"}},
		"something grows":   {Result{Growth: []Growth{{Process: theAPI, Figure: heap}}}, false, []string{"**grows**"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var table strings.Builder
			if err := test.result.Write(&table); err != nil {
				t.Fatal(err)
			}
			if test.result.Sound() != test.sound {
				t.Errorf("sound is %t", !test.sound)
			}
			for _, text := range test.says {
				if !strings.Contains(table.String(), text) {
					t.Errorf("it does not say %q:\n%s", text, &table)
				}
			}
		})
	}
}
