package api

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/utils/clock"
)

// Who may watch when many want to. Callers are letters; one whose letter is a capital is
// let in by a backend once it is known.
func TestWatches(t *testing.T) {
	for name, test := range map[string]struct {
		most, connections int
		// steps are "enter NAME", where it gets a place, "know NAME", and "leave NAME";
		// NAME is a caller and a number.
		steps string
		// refused are those that got no place and why, displaced those that lost one.
		refused, displaced []string
		left               int
	}{
		"there is room":                              {2, 100, "enter a1, enter b1", nil, nil, 2},
		"there is none":                              {2, 100, "enter A1, know A1, enter B1, know B1, enter C1", []string{"C1 503 overloaded"}, nil, 2},
		"nor for strangers":                          {1, 100, "enter A1, know A1, enter c1", []string{"c1 503 overloaded"}, nil, 1},
		"one has left":                               {1, 100, "enter A1, know A1, leave A1, enter B1", nil, nil, 1},
		"a stranger makes room":                      {2, 100, "enter a1, know a1, enter B1, know B1, enter C1", nil, []string{"a1"}, 2},
		"the oldest of them":                         {3, 100, "enter A1, know A1, enter b1, know b1, enter c1, know c1, enter D1, enter E1", nil, []string{"b1", "c1"}, 3},
		"not one whose list is not known yet":        {1, 100, "enter a1, enter B1", []string{"B1 503 overloaded"}, nil, 1},
		"one that is let in later stays":             {1, 100, "enter a1, know a1, leave a1, enter A1, know A1, enter B1", []string{"B1 503 overloaded"}, nil, 1},
		"who was displaced leaves once":              {1, 100, "enter a1, know a1, enter B1, leave a1, enter C1", []string{"C1 503 overloaded"}, []string{"a1"}, 1},
		"eight of a caller":                          {100, 1000, "enter A1, enter A2, enter A3, enter A4, enter A5, enter A6, enter A7, enter A8, enter A9, enter B1", []string{"A9 429 rate_limit_exceeded"}, nil, 9},
		"and another when one has left":              {100, 1000, "enter A1, enter A2, enter A3, enter A4, enter A5, enter A6, enter A7, enter A8, leave A3, enter A9", nil, nil, 8},
		"a displaced one counts no more":             {8, 100, "enter a1, enter a2, enter a3, enter a4, enter a5, enter a6, enter a7, enter a8, know a1, enter B1, leave a2, enter a9", nil, []string{"a1"}, 8},
		"half of all connections at most":            {100, 2, "enter A1, enter B1", []string{"B1 503 overloaded"}, nil, 1},
		"none":                                       {0, 100, "enter A1", []string{"A1 503 overloaded"}, nil, 0},
		"not at shutdown":                            {2, 100, "enter A1, close, enter B1, close", []string{"B1 503 shutting_down"}, nil, 1},
		"a newcomer that sees nothing is known late": {1, 100, "enter a1, know a1, enter b1, enter C1", []string{"C1 503 overloaded"}, []string{"a1"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			book := newWatches(test.most, test.connections, clock.RealClock{})
			places := map[string]*watchPlace{}
			var entered, refused, displaced []string
			for step := range strings.SplitSeq(test.steps, ", ") {
				switch verb, name, _ := strings.Cut(step, " "); verb {
				case "enter":
					place, failed := book.enter([32]byte{name[0]})
					if failed != nil {
						if failed.retryAfter <= 0 {
							t.Errorf("%s is not told when to come again", name)
						}
						refused = append(refused, strings.Join([]string{name, map[int]string{429: "429", 503: "503"}[failed.status], failed.code}, " "))
						continue
					}
					places[name], entered = place, append(entered, name)
				case "know":
					book.know(places[name], name[0] < 'a')
				case "leave":
					book.leave(places[name])
				case "close":
					book.close()
				}
			}
			for _, name := range entered {
				select {
				case <-places[name].displaced:
					displaced = append(displaced, name)
				default:
				}
			}
			if diff := cmp.Diff([][]string{test.refused, test.displaced}, [][]string{refused, displaced}); diff != "" {
				t.Errorf("refused, displaced (-want +got):\n%s", diff)
			}
			if book.count() != test.left {
				t.Errorf("%d watches are left, want %d", book.count(), test.left)
			}
			callers := 0
			for _, n := range book.byCaller {
				callers += n
			}
			if callers != test.left {
				t.Errorf("%d are counted by caller, want %d", callers, test.left)
			}
		})
	}
}
