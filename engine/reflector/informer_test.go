package reflector_test

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	apiwatch "k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"
	"k8s.io/utils/clock"

	"github.com/maas-kinds/maas/engine/reflector"
)

// server is an API server that may be away.
type server struct {
	mu      sync.Mutex
	away    error
	expired bool
	held    map[string]string
	asked   int
	watch   *apiwatch.FakeWatcher
	// silent is closed when watches are answered; nil answers at once.
	silent chan struct{}
}

func (s *server) set(held map[string]string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held = held
}

// leave ends the watch, and refuses others for this reason; nil comes back.
func (s *server) leave(away error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.away = away
	if away != nil && s.watch != nil {
		s.watch.Stop()
		s.watch = nil
	}
}

func (s *server) attempts() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

func (s *server) list(context.Context, metav1.ListOptions) (runtime.Object, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	list := &corev1.ConfigMapList{ListMeta: metav1.ListMeta{ResourceVersion: "1"}}
	for _, name := range slices.Sorted(maps.Keys(s.held)) {
		list.Items = append(list.Items, *object(name, s.held[name]))
	}
	return list, s.away
}

func object(name, version string) *corev1.ConfigMap {
	return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "llm", Name: name, ResourceVersion: version}}
}

// begin streams nothing. A watch of a version that has expired is begun, and ended by an event.
func (s *server) begin(_ context.Context, options metav1.ListOptions) (apiwatch.Interface, error) {
	s.mu.Lock()
	silent := s.silent
	s.mu.Unlock()
	if silent != nil {
		<-silent
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case options.SendInitialEvents != nil:
		return nil, errors.New("no streams here")
	case s.away != nil:
		return nil, s.away
	}
	if s.expired {
		s.expired = false
		w := apiwatch.NewFakeWithChanSize(1, false)
		gone := apierrors.NewResourceExpired("too old").Status()
		w.Error(&gone)
		return w, nil
	}
	s.watch = apiwatch.NewFake()
	return s.watch, nil
}

// followed is an informer of a server, and what was told.
type followed struct {
	server    *server
	informers *reflector.Informers
	informer  cache.SharedIndexInformer
	mu        sync.Mutex
	told      []string
	deleted   []string
}

func (f *followed) note(to *[]string, what string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	*to = append(*to, what)
}

// heard is what was told and deleted so far.
func (f *followed) heard() (told, deleted []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.told), slices.Clone(f.deleted)
}

func follow(t *testing.T, s *server) *followed {
	t.Helper()
	f := &followed{server: s}
	f.informers = &reflector.Informers{Clock: clock.RealClock{}, Log: slog.New(slog.DiscardHandler),
		Failed:   func(_ context.Context, err error) { f.note(&f.told, string(apierrors.ReasonForError(err))) },
		Restored: func(context.Context) { f.note(&f.told, "restored") },
	}
	f.informer = f.informers.New(&cache.ListWatch{ListWithContextFunc: s.list, WatchFuncWithContext: s.begin}, &corev1.ConfigMap{}, 0, cache.Indexers{})
	_, err := f.informer.AddEventHandler(cache.ResourceEventHandlerFuncs{DeleteFunc: func(gone any) {
		key, _ := cache.DeletionHandlingMetaNamespaceKeyFunc(gone)
		f.note(&f.deleted, key)
	}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { f.informer.RunWithContext(ctx) })
	t.Cleanup(func() {
		cancel()
		running.Wait()
	})
	return f
}

// holds are the objects of the informer, with their versions.
func (f *followed) holds() map[string]string {
	held := map[string]string{}
	for _, stored := range f.informer.GetStore().List() {
		if object, ok := stored.(*corev1.ConfigMap); ok {
			held[object.Name] = object.ResourceVersion
		}
	}
	return held
}

func (f *followed) expect(t *testing.T, held map[string]string) {
	t.Helper()
	synctest.Wait()
	if diff := cmp.Diff(held, f.holds()); diff != "" {
		t.Errorf("held (-want +got):\n%s", diff)
	}
}

var refused = &apierrors.StatusError{ErrStatus: metav1.Status{Code: 503, Reason: metav1.StatusReasonServiceUnavailable}}

// However often and long the server was away, what it holds is known within a
// second of its return, and deletions meanwhile are told.
func TestInformerIsTrueSoon(t *testing.T) {
	t.Parallel()
	forbidden := apierrors.NewForbidden(schema.GroupResource{Resource: "configmaps"}, "", nil)
	for name, away := range map[string]error{"nobody answers": errors.New("connection lost"), "it starts": refused,
		"it may not be read for some seconds": forbidden} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &server{held: map[string]string{"a": "1", "b": "1"}}
				f := follow(t, s)
				f.expect(t, s.held)
				for _, lasts := range []time.Duration{3 * time.Second, 3 * time.Second, 3 * time.Second, 3 * time.Second} {
					s.set(map[string]string{"a": "1", "b": "1"})
					<-time.After(time.Minute)
					s.leave(away)
					s.set(map[string]string{"a": "2", "c": "1"})
					<-time.After(lasts)
					s.leave(nil)
					<-time.After(time.Second)
					f.expect(t, map[string]string{"a": "2", "c": "1"})
					if since := f.informers.DisconnectedSince(); !since.IsZero() {
						t.Errorf("disconnected since %v", since)
					}
				}
				if _, deleted := f.heard(); !slices.Contains(deleted, "llm/b") {
					t.Errorf("deleted are %v", deleted)
				}
			})
		})
	}
}

// While nobody answers it is tried every second or so: neither less nor much more.
func TestInformerPace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &server{}
		follow(t, s)
		synctest.Wait()
		s.leave(errors.New("connection lost"))
		<-time.After(time.Minute)
		before := s.attempts()
		<-time.After(10 * time.Minute)
		if got := s.attempts() - before; got < 600 || got > 750 {
			t.Errorf("%d attempts in ten minutes", got)
		}
	})
}

// What is told, and since when it is not connected.
func TestInformerTells(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &server{away: errors.New("connection lost")}
		began := time.Now()
		f := follow(t, s)
		<-time.After(5 * time.Second)
		if since := f.informers.DisconnectedSince(); !since.Equal(began) || f.informer.HasSynced() {
			t.Errorf("before the first list: disconnected since %v, synced %t", since, f.informer.HasSynced())
		}
		s.leave(nil)
		<-time.After(2 * time.Second)
		if since := f.informers.DisconnectedSince(); !since.IsZero() || !f.informer.HasSynced() {
			t.Errorf("after it: disconnected since %v, synced %t", since, f.informer.HasSynced())
		}
		lost := time.Now()
		s.leave(refused)
		<-time.After(5 * time.Second)
		s.leave(apierrors.NewForbidden(schema.GroupResource{}, "", nil))
		<-time.After(20 * time.Second)
		if since := f.informers.DisconnectedSince(); !since.Equal(lost) {
			t.Errorf("disconnected since %v, want %v", since, lost)
		}
		s.leave(nil)
		<-time.After(10 * time.Second)
		want := []string{"", "restored", string(metav1.StatusReasonServiceUnavailable), string(metav1.StatusReasonForbidden), "restored"}
		if told, _ := f.heard(); !slices.Equal(want, told) {
			t.Errorf("told %q, want %q", told, want)
		}
	})
}

// A watch that is not answered is told of, though nothing fails: client-go may be
// trying again for a minute.
func TestInformerUnanswered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &server{}
		f := follow(t, s)
		<-time.After(time.Minute)
		s.mu.Lock()
		s.silent = make(chan struct{})
		s.mu.Unlock()
		s.watch.Stop()
		<-time.After(10 * time.Second)
		if since := time.Since(f.informers.DisconnectedSince()); since != 10*time.Second {
			t.Errorf("disconnected for %v", since)
		}
		close(s.silent)
		<-time.After(10 * time.Second)
		if told, _ := f.heard(); !slices.Equal([]string{"", "restored"}, told) {
			t.Errorf("told %q", told)
		}
	})
}

// A watch that is opened and ended at once, because what it goes on from has
// expired, makes nothing true: the list that follows does.
func TestInformerExpired(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &server{held: map[string]string{"a": "1"}}
		f := follow(t, s)
		<-time.After(time.Minute)
		lost := time.Now()
		s.leave(syscall.ECONNREFUSED)
		<-time.After(10 * time.Second)
		s.mu.Lock()
		s.expired, s.away = true, nil
		s.held = map[string]string{"a": "2"}
		s.mu.Unlock()
		for f.holds()["a"] != "2" {
			if since := f.informers.DisconnectedSince(); !since.IsZero() && !since.Equal(lost) {
				t.Fatalf("disconnected since %v, want %v", since, lost)
			}
			<-time.After(10 * time.Millisecond)
			if time.Since(lost) > 12*time.Second {
				t.Fatal("the list does not come")
			}
		}
		synctest.Wait()
		if since := f.informers.DisconnectedSince(); !since.IsZero() {
			t.Errorf("disconnected since %v", since)
		}
	})
}
