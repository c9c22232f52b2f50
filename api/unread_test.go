package api

import (
	"container/list"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// reader is where a reply is written, and cut off.
type reader struct {
	http.ResponseWriter
	name string
	cut  *[]string
}

// SetWriteDeadline is what an http.ResponseController looks for.
func (r reader) SetWriteDeadline(deadline time.Time) error {
	if deadline.Before(time.Now()) {
		*r.cut = append(*r.cut, r.name)
	}
	return nil
}

// TestUnread cuts off replies that wait for their clients. conformance/attacks
// has real ones, "HTTP/2: replies that nobody reads".
func TestUnread(t *testing.T) {
	for name, test := range map[string]struct {
		// steps are "write NAME", "read NAME", and "wait" for readPatience.
		steps string
		want  []string
	}{
		"there is room":                            {"write a, wait, write b", nil},
		"the longest one makes room":               {"write a, write b, wait, write c", []string{"a"}},
		"one for each":                             {"write a, write b, wait, write c, write d, write e", []string{"a", "b"}},
		"nobody before the time is over":           {"write a, write b, write c", nil},
		"a new one is not cut for an old one":      {"write a, wait, write b, write c, write d", []string{"a"}},
		"what was read makes room":                 {"write a, write b, wait, read a, write c", nil},
		"what was cut off may still leave":         {"write a, write b, wait, write c, read a, read b, write d", []string{"a"}},
		"too many young ones go when they are old": {"write a, write b, write c, wait, write d", []string{"a"}},
	} {
		t.Run(name, func(t *testing.T) {
			book, now := newUnread(2), time.Unix(1000, 0)
			replies := map[string]*list.Element{}
			var cut []string
			for step := range strings.SplitSeq(test.steps, ", ") {
				switch verb, name, _ := strings.Cut(step, " "); verb {
				case "write":
					replies[name] = book.enter(reader{name: name, cut: &cut}, now)
				case "read":
					book.leave(replies[name])
				case "wait":
					now = now.Add(readPatience)
				}
			}
			if diff := cmp.Diff(test.want, cut); diff != "" {
				t.Errorf("cut off (-want +got):\n%s", diff)
			}
		})
	}
}
