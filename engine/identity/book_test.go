package identity_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/engine/identity"
)

// at is some second of the past.
func at(second int) time.Time { return time.Unix(1_600_000_000+int64(second), 0).UTC() }

// object is one named granite.
func object(namespace string, created int, id ...string) identity.Object {
	o := identity.Object{Namespace: namespace, Name: "granite", Created: at(created)}
	if len(id) > 0 {
		o.ID = id[0]
	}
	return o
}

// stored is what an object's status says once its id is written.
func stored(o identity.Object, id string) identity.Object {
	o.ID = id
	return o
}

// story is what happens to a name: objects are asked for their ids, go, and
// names are released.
type story struct {
	book *identity.Book
	now  int
}

func tell() *story { return &story{book: identity.New(identity.DefaultLimits())} }

// ids asks for each object's id among them all, in the order given.
func (s *story) ids(objects ...identity.Object) []string {
	ids := make([]string, len(objects))
	for i, o := range objects {
		ids[i] = s.book.ID(o, objects)
	}
	return ids
}

func (s *story) gone(namespace string) {
	s.now++
	s.book.Gone(namespace, "granite", at(s.now))
}

// release is an administrator who takes our name out of what is stored.
func (s *story) release() []string {
	before, _ := s.book.Names("ours")
	return s.book.Absorb("ours", before, nil, at(s.now))
}

func TestWhoHasAName(t *testing.T) {
	ours, stranger := object("ours", 1), object("strange", 2)
	for name, test := range map[string]struct {
		happens func(*story) []string
		want    []string
	}{
		"one alone has its name": {
			func(s *story) []string { return s.ids(ours) },
			[]string{"granite"},
		},
		"of two at once the older has it": {
			func(s *story) []string { return s.ids(ours, stranger) },
			[]string{"granite", "strange/granite"},
		},
		"whichever is asked for first: the order of reconciles decides nothing": {
			func(s *story) []string { return s.ids(stranger, ours) },
			[]string{"strange/granite", "granite"},
		},
		"of two in one second the first namespace has it": {
			func(s *story) []string { return s.ids(object("b", 1), object("a", 1)) },
			[]string{"b/granite", "granite"},
		},
		"the cache has not seen the object that asks": {
			func(s *story) []string { return []string{s.book.ID(ours, nil)} },
			[]string{"granite"},
		},
		"an older stranger does not take it from one whose status has it": {
			func(s *story) []string { return s.ids(object("strange", 0), object("ours", 1, "granite")) },
			[]string{"strange/granite", "granite"},
		},
		"of two whose statuses have it, the older keeps it": {
			func(s *story) []string { return s.ids(object("strange", 2, "granite"), object("ours", 1, "granite")) },
			[]string{"strange/granite", "granite"},
		},
		"GitOps replace: made again, and younger than a stranger that waits": {
			func(s *story) []string {
				s.ids(ours, stranger)
				s.gone("ours")
				return s.ids(object("ours", 3), stored(stranger, "strange/granite"))
			},
			[]string{"granite", "strange/granite"},
		},
		"replaced so fast that nobody has seen it gone": {
			func(s *story) []string {
				s.ids(ours, stranger)
				return s.ids(object("ours", 3), stored(stranger, "strange/granite"))
			},
			[]string{"granite", "strange/granite"},
		},
		"a stranger comes while there is none": {
			func(s *story) []string {
				s.ids(ours)
				s.gone("ours")
				return s.ids(stranger, object("ours", 3))
			},
			[]string{"strange/granite", "granite"},
		},
		"who waits is not promoted": {
			func(s *story) []string {
				s.ids(ours, stranger)
				s.gone("ours")
				s.release()
				return s.ids(stored(stranger, "strange/granite"))
			},
			[]string{"strange/granite"},
		},
		"released by an administrator: the next that asks has it": {
			func(s *story) []string {
				s.ids(ours, stranger)
				s.gone("ours")
				s.release()
				return s.ids(stored(stranger, "strange/granite"), object("third", 4), object("ours", 5))
			},
			[]string{"strange/granite", "granite", "ours/granite"},
		},
		"released: who waited has it when it is made again": {
			func(s *story) []string {
				s.ids(ours, stranger)
				s.gone("ours")
				s.release()
				s.gone("strange")
				return s.ids(object("strange", 4))
			},
			[]string{"granite"},
		},
		"nothing is released that an object has": {
			func(s *story) []string {
				s.ids(ours, stranger)
				s.release()
				return s.ids(stranger, ours)
			},
			[]string{"strange/granite", "granite"},
		},
		"what somebody else wrote into the statuses is undone": {
			func(s *story) []string {
				s.ids(ours, stranger)
				return s.ids(stored(stranger, "granite"), stored(ours, "ours/granite"))
			},
			[]string{"strange/granite", "granite"},
		},
		"an id of another object is none": {
			func(s *story) []string { return s.ids(stored(ours, "strange/granite"), stranger) },
			[]string{"granite", "strange/granite"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, test.happens(tell())); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	book := identity.New(identity.Limits{Namespace: 3, Total: 5})
	leave := func(namespace, name string, second int) {
		o := identity.Object{Namespace: namespace, Name: name}
		if id := book.ID(o, nil); id != name {
			t.Fatalf("%s/%s has the id %s", namespace, name, id)
		}
		book.Gone(namespace, name, at(second))
	}
	kept := func(namespace string) identity.Names {
		names, _ := book.Names(namespace)
		return names
	}
	want := func(reason, namespace string, names ...string) {
		t.Helper()
		got := kept(namespace)
		for _, name := range names {
			if _, ok := got[name]; !ok {
				t.Errorf("%s: %s has %v, want %v", reason, namespace, got, names)
				return
			}
		}
		if len(got) != len(names) {
			t.Errorf("%s: %s has %v, want %v", reason, namespace, got, names)
		}
	}
	book.ID(identity.Object{Namespace: "churn", Name: "used"}, nil)
	leave("quiet", "victim", 0)
	for i := range 5 {
		leave("churn", fmt.Sprint("c", i), i+1)
	}
	want("a namespace loses its own, those unused longest, and none in use", "churn", "used", "c2", "c3", "c4")
	leave("more", "m0", 7)
	leave("more", "m1", 8)
	want("too many together: who has most loses", "churn", "used", "c3", "c4")
	want("though another's is unused longer", "quiet", "victim")
	leave("other", "o0", 9)
	want("of those with equally many, what is unused longest", "churn", "used", "c4")
	if diff := cmp.Diff(identity.Counts{Used: 1, Unused: 5, Unstored: 6, Dropped: 4}, book.Counts()); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
	if id := book.ID(identity.Object{Namespace: "other", Name: "c0"}, nil); id != "c0" {
		t.Errorf("a name that was let go is held still: %s", id)
	}
}

func TestRestore(t *testing.T) {
	now := at(100)
	for name, test := range map[string]struct {
		stored  map[string]identity.Names
		objects []identity.Object
		// want is who has the name then, and how it is kept for them.
		want map[string]identity.Names
	}{
		"nothing": {want: map[string]identity.Names{}},
		"upgrade: no statuses have ids, nobody has the name yet": {
			objects: []identity.Object{object("ours", 1)},
			want:    map[string]identity.Names{},
		},
		"the status was published, and the process ended before the name was stored": {
			objects: []identity.Object{object("strange", 0), object("ours", 1, "granite"), object("waits", 2, "waits/granite")},
			want:    map[string]identity.Names{"ours": {"granite": ""}},
		},
		"stored, and there": {
			map[string]identity.Names{"ours": {"granite": ""}},
			[]identity.Object{object("ours", 1, "granite")},
			map[string]identity.Names{"ours": {"granite": ""}},
		},
		"deleted while no controller ran": {
			map[string]identity.Names{"ours": {"granite": ""}}, nil,
			map[string]identity.Names{"ours": {"granite": at(100).Format(time.RFC3339)}},
		},
		"a namespace that was deleted, and is not restored yet": {
			map[string]identity.Names{"ours": {"granite": at(5).Format(time.RFC3339)}}, nil,
			map[string]identity.Names{"ours": {"granite": at(5).Format(time.RFC3339)}},
		},
		"a time that nobody can read, or to come, is now": {
			map[string]identity.Names{"ours": {"granite": "yesterday"}, "b": {"zeta": at(1000).Format(time.RFC3339)}}, nil,
			map[string]identity.Names{"ours": {"granite": now.Format(time.RFC3339)}, "b": {"zeta": now.Format(time.RFC3339)}},
		},
		"what is stored decides, not a status": {
			map[string]identity.Names{"ours": {"granite": at(5).Format(time.RFC3339)}},
			[]identity.Object{object("strange", 1, "granite")},
			map[string]identity.Names{"ours": {"granite": at(5).Format(time.RFC3339)}},
		},
		"stored for two: whose object has it": {
			map[string]identity.Names{"ours": {"granite": at(5).Format(time.RFC3339)}, "strange": {"granite": ""}},
			[]identity.Object{object("ours", 1, "granite"), object("strange", 2, "strange/granite")},
			map[string]identity.Names{"ours": {"granite": ""}},
		},
		"stored for two without objects: who had it last": {
			map[string]identity.Names{"b": {"granite": at(5).Format(time.RFC3339)}, "a": {"granite": at(4).Format(time.RFC3339)}}, nil,
			map[string]identity.Names{"b": {"granite": at(5).Format(time.RFC3339)}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			book := identity.New(identity.DefaultLimits())
			book.Restore(test.stored, test.objects, now)
			got := map[string]identity.Names{}
			for _, namespace := range []string{"ours", "strange", "waits", "a", "b"} {
				if names, _ := book.Names(namespace); len(names) > 0 {
					got[namespace] = names
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// What others write into the ConfigMaps while the process runs.
func TestAbsorb(t *testing.T) {
	s := tell()
	s.ids(object("ours", 1))
	if released := s.release(); len(released) > 0 {
		t.Errorf("a name in use was released: %v", released)
	}
	s.gone("ours")
	if diff := cmp.Diff([]string{"granite"}, s.release()); diff != "" {
		t.Errorf("released (-want +got):\n%s", diff)
	}
	s.book.Absorb("reserved", nil, identity.Names{"granite": ""}, at(9))
	if diff := cmp.Diff([]string{"strange/granite", "granite"}, s.ids(object("strange", 1), object("reserved", 9))); diff != "" {
		t.Errorf("added by hand for a namespace (-want +got):\n%s", diff)
	}
	s.book.Absorb("late", nil, identity.Names{"granite": ""}, at(9))
	if names, _ := s.book.Names("late"); len(names) > 0 {
		t.Errorf("added by hand for another one, it changed hands: %v", names)
	}
}

// However long the names are, what is stored stays under a ConfigMap's limit.
func TestNamesFit(t *testing.T) {
	book := identity.New(identity.DefaultLimits())
	const objects = 5000
	for i := range objects {
		book.ID(identity.Object{Namespace: "ours", Name: fmt.Sprintf("%0253d", i)}, nil)
	}
	names, over := book.Names("ours")
	if over == 0 || len(names)+over != objects {
		t.Errorf("%d names are stored and %d are not, of %d", len(names), over, objects)
	}
	bytes := 0
	for name, value := range names {
		bytes += 2*len(name) + len(value) // once more in metadata.managedFields
	}
	if bytes < 800_000 || bytes > 1<<20 {
		t.Errorf("they take %d bytes, want nearly 1 MiB", bytes)
	}
	book.Stored("ours", names)
	if got := book.Counts().Unstored; got != over {
		t.Errorf("%d names are counted as not stored, want %d", got, over)
	}
}
