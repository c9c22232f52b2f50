package referent

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	clocktesting "k8s.io/utils/clock/testing"
)

// What a reflector does to a store, what that makes known, and to whom.
func TestStore(t *testing.T) {
	object := func(name, read, version string) *unstructured.Unstructured {
		o := &unstructured.Unstructured{Object: map[string]any{"read": read, "ignored": version}}
		o.SetName(name)
		o.SetResourceVersion(version)
		return o
	}
	list := func(objects ...*unstructured.Unstructured) func(*store) error {
		items := make([]any, len(objects))
		for i, o := range objects {
			items[i] = o
		}
		return func(s *store) error { return s.Replace(items, "1") }
	}
	note := func(change func(*syncState)) func(*store) error {
		return func(s *store) error { s.update(change); return nil }
	}
	connect := note(func(t *syncState) { t.streaming = true })
	interrupt := note(func(t *syncState) { t.streaming = false })
	refuse := note(func(t *syncState) { *t = syncState{refused: true} })
	fail := note(func(t *syncState) { *t = syncState{failing: true} })

	for name, test := range map[string]struct {
		given, when []func(*store) error
		wantState   State
		// wantTold lists changed objects, and "*" for a moved type.
		wantTold []string
	}{
		"a list without a stream is not trusted": {
			nil, []func(*store) error{list(object("a", "1", "1"))}, Starting, nil},
		"a list and a stream": {
			nil, []func(*store) error{list(object("a", "1", "1")), connect}, Synced, []string{"*"}},
		"a streamed list": {
			nil, []func(*store) error{connect, list(object("a", "1", "1"))}, Synced, []string{"*"}},
		"objects that come and change before there is trust wake nobody one by one": {
			nil, []func(*store) error{list(object("a", "1", "1")), refuse, list(object("a", "2", "2"))}, Forbidden, []string{"*"}},
		"who may list and not watch is refused all along": {
			[]func(*store) error{refuse}, []func(*store) error{list(object("a", "1", "1")), refuse}, Forbidden, nil},
		"refused, then granted": {
			[]func(*store) error{refuse}, []func(*store) error{connect, list(object("a", "1", "1"))}, Synced, []string{"*"}},
		"granted, then refused": {
			[]func(*store) error{connect, list()}, []func(*store) error{refuse}, Forbidden, []string{"*"}},
		"what fails for long is not relied on": {
			[]func(*store) error{connect, list(object("a", "1", "1"))}, []func(*store) error{fail}, Failing, []string{"*"}},
		"nor is it when a stream begins, before its list has come": {
			[]func(*store) error{connect, list(object("a", "1", "1")), fail}, []func(*store) error{connect}, Failing, nil},
		"it is when the list has come": {
			[]func(*store) error{connect, list(object("a", "1", "1")), fail}, []func(*store) error{connect, list(object("a", "1", "1"))}, Synced, []string{"*"}},
		"an interruption changes no answer": {
			[]func(*store) error{connect, list(object("a", "1", "1"))}, []func(*store) error{interrupt}, Stale, nil},
		"after an interruption the differences count": {
			[]func(*store) error{connect, list(object("a", "1", "1"), object("b", "1", "1"), object("c", "1", "1")), interrupt},
			[]func(*store) error{connect, list(object("a", "1", "2"), object("b", "2", "2"), object("d", "1", "2"))},
			Synced, []string{"b", "c", "d"}},
		"a change of what is read": {
			[]func(*store) error{connect, list(object("a", "1", "1"))},
			[]func(*store) error{func(s *store) error { return s.Update(object("a", "2", "2")) }}, Synced, []string{"a"}},
		"a change of what is not read": {
			[]func(*store) error{connect, list(object("a", "1", "1"))},
			[]func(*store) error{func(s *store) error { return s.Update(object("a", "1", "2")) }}, Synced, nil},
		"an object comes and goes": {
			[]func(*store) error{connect, list()},
			[]func(*store) error{func(s *store) error { return s.Add(object("a", "1", "1")) }, func(s *store) error { return s.Delete(object("a", "1", "2")) },
				func(s *store) error { return s.Delete(object("a", "1", "2")) }}, Synced, []string{"a", "a"}},
	} {
		t.Run(name, func(t *testing.T) {
			var told []string
			s := &store{clock: clocktesting.NewFakePassiveClock(time.Time{}), objects: newIndexed(),
				project: func(o *unstructured.Unstructured) *unstructured.Unstructured {
					read, _, _ := unstructured.NestedString(o.Object, "read")
					kept := object(o.GetName(), read, o.GetResourceVersion())
					delete(kept.Object, "ignored")
					return kept
				},
				changed: func(c Change) { told = append(told, c.Key.Name) },
				moved:   func(State) { told = append(told, "*") },
			}
			do := func(steps []func(*store) error) {
				for _, step := range steps {
					if err := step(s); err != nil {
						t.Fatal(err)
					}
				}
			}
			do(test.given)
			told = nil
			do(test.when)
			slices.Sort(told)
			if diff := cmp.Diff(test.wantTold, told); diff != "" {
				t.Errorf("told (-want +got):\n%s", diff)
			}
			if _, state := s.get(types.NamespacedName{Name: "a"}); state != test.wantState {
				t.Errorf("state %s, want %s", state, test.wantState)
			}
		})
	}
}
