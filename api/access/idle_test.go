package access

import (
	"strings"
	"testing"
	"time"
	"unique"

	"github.com/google/go-cmp/cmp"
)

func TestIdleConnections(t *testing.T) {
	for name, test := range map[string]struct {
		most, mostOfTarget int
		// steps are "put NAME", where the name's first letter is the target,
		// "take TARGET", "expire" of what was put more than a second ago, "wait"
		// of a second, and "close".
		steps string
		// want is what came out: taken, displaced, expired, or "-" for nothing.
		want string
	}{
		"the last one used comes first":              {9, 9, "put a1, put a2, take a, take a, take a", "a2 a1 -"},
		"a target gets none of another's":            {9, 9, "put a1, take b, take a", "- a1"},
		"one too many of a target displaces its own": {9, 2, "put b1, put a1, put a2, put a3, take a, take a, take a, take b", "a1 a3 a2 - b1"},
		"one too many displaces the longest idle":    {3, 3, "put b1, put a1, put a2, put c1, take b, take c, take a", "b1 - c1 a2"},
		"also where that is the target's own":        {2, 2, "put a1, put b1, put a2, take a, take b", "a1 a2 b1"},
		"the old ones expire":                        {9, 9, "put a1, put b1, wait, wait, put a2, expire, take a, take a, take b", "a1 b1 a2 - -"},
		"one that is taken does not":                 {9, 9, "put a1, take a, wait, wait, expire, put a1, expire, take a", "a1 a1"},
		"nothing is kept after the end":              {9, 9, "put a1, put b1, close, put a2, take a", "a1 b1 a2 -"},
	} {
		t.Run(name, func(t *testing.T) {
			idle := newIdleConnections(test.most, test.mostOfTarget)
			now := time.Unix(1000, 0)
			names := map[*connection]string{}
			var got []string
			out := func(connections ...*connection) {
				for _, c := range connections {
					if c == nil {
						got = append(got, "-")
					} else {
						got = append(got, names[c])
					}
				}
			}
			key := func(target string) targetKey { return unique.Make(targetID{url: target}) }
			for step := range strings.SplitSeq(test.steps, ", ") {
				verb, name, _ := strings.Cut(step, " ")
				switch verb {
				case "put":
					c := &connection{target: key(name[:1])}
					names[c] = name
					out(idle.put(c, now)...)
				case "take":
					out(idle.take(key(name)))
				case "wait":
					now = now.Add(time.Second)
				case "expire":
					out(idle.expire(now.Add(-time.Second))...)
				case "close":
					out(idle.close()...)
				}
			}
			if diff := cmp.Diff(test.want, strings.Join(got, " ")); diff != "" {
				t.Errorf("came out (-want +got):\n%s", diff)
			}
			if idle.order.Len() == 0 && len(idle.byTarget) != 0 {
				t.Errorf("%d targets are left of none", len(idle.byTarget))
			}
		})
	}
}
