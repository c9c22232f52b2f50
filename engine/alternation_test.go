package engine

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/types"

	"github.com/maas-kinds/maas/engine/kind"
)

// What a model keeps is told from what its backend says and when. A wait is in
// seconds; the model has what is not waited for.
func TestAlternations(t *testing.T) {
	t.Parallel()
	type seen struct {
		at   int
		url  string
		spec float64
	}
	for name, test := range map[string]struct {
		seen []seen
		// want are the waits, and news who is told.
		want []int
		news []bool
	}{
		"what is new is followed at once":                     {[]seen{{0, "a", 1}, {1, "b", 1}, {2, "c", 1}}, []int{0, 0, 0}, []bool{false, false, false}},
		"what comes again is waited for":                      {[]seen{{0, "a", 1}, {1, "b", 1}, {2, "a", 1}}, []int{0, 0, 10}, []bool{false, false, true}},
		"it is followed when it stays":                        {[]seen{{0, "a", 1}, {1, "b", 1}, {2, "a", 1}, {7, "a", 1}, {12, "a", 1}, {13, "a", 1}}, []int{0, 0, 10, 5, 0, 0}, []bool{false, false, true, false, false, false}},
		"a break begins the wait anew, and is told of once":   {[]seen{{0, "a", 1}, {1, "b", 1}, {2, "a", 1}, {3, "b", 1}, {4, "a", 1}, {13, "a", 1}}, []int{0, 0, 10, 0, 10, 1}, []bool{false, false, true, false, false, false}},
		"however long they alternate":                         {[]seen{{0, "a", 1}, {1, "b", 1}, {9, "a", 1}, {10, "b", 1}, {18, "a", 1}, {19, "b", 1}, {27, "a", 1}}, []int{0, 0, 10, 0, 10, 0, 10}, []bool{false, false, true, false, false, false, false}},
		"three in turn":                                       {[]seen{{0, "a", 1}, {1, "b", 1}, {2, "c", 1}, {3, "a", 1}, {4, "b", 1}, {5, "c", 1}}, []int{0, 0, 0, 10, 10, 0}, []bool{false, false, false, true, true, false}},
		"somebody has changed the spec":                       {[]seen{{0, "a", 1}, {1, "b", 2}, {2, "a", 3}}, []int{0, 0, 0}, []bool{false, false, false}},
		"the one before was left long ago":                    {[]seen{{0, "a", 1}, {1, "b", 1}, {11, "a", 1}}, []int{0, 0, 0}, []bool{false, false, false}},
		"one that a model has had for long was left just now": {[]seen{{0, "a", 1}, {100, "b", 1}, {101, "a", 1}}, []int{0, 0, 10}, []bool{false, false, true}},
		"the clock goes back":                                 {[]seen{{100, "a", 1}, {101, "b", 1}, {50, "a", 1}}, []int{0, 0, 0}, []bool{false, false, false}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, model := newAlternations(), types.NamespacedName{Namespace: "llm", Name: "granite"}
			var waits []int
			var news []bool
			has := test.seen[0].url
			for _, s := range test.seen {
				at, of := time.Unix(int64(s.at), 0), []kind.ObjectGeneration{{UID: "1", Generation: s.spec}}
				wait, isNews := a.see(model, has, s.url, of, at)
				waits, news = append(waits, int(wait.Seconds())), append(news, isNews)
				if wait == 0 && has != s.url {
					has = s.url
					a.see(model, has, s.url, of, at) // once it is stored
				}
			}
			if diff := cmp.Diff(test.want, waits); diff != "" {
				t.Errorf("waits (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.news, news); diff != "" {
				t.Errorf("news (-want +got):\n%s", diff)
			}
			a.forget(model)
			if len(a.byModel) > 0 {
				t.Errorf("left behind: %v", a.byModel)
			}
		})
	}
}
