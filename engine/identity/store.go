package identity

import (
	"context"
	"log/slog"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/apimachinery/pkg/watch"
	corev1client "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/utils/clock"
)

const (
	// Label is on the ConfigMaps of a Store, with the value "true".
	Label    = "maas.opendatahub.io/ids"
	selector = Label + "=true"
	// prefix of their names; the namespace that the names are held for follows.
	prefix = "maas-ids."
	// gap is the least time between two rounds of writes.
	gap = time.Second
)

// Store keeps a Book in ConfigMaps, one for each namespace that has names: a
// key is a name, its value is empty while an object has it, else since when
// none has it. One process in a cluster runs it.
type Store struct {
	Book *Book
	// ConfigMaps are those of the namespace that the Store is in.
	ConfigMaps corev1client.ConfigMapInterface
	// Namespace is that namespace, for messages.
	Namespace string
	Clock     clock.Clock
	Log       *slog.Logger

	// seen is what is stored as far as is known, by the namespace that the
	// names are held for. For those in old something newer may be.
	seen map[string]*corev1.ConfigMap
	old  map[string]struct{}
	// version to watch from.
	version string
	told    told
}

// Load reads what is stored. It tries again until the API server answers; where
// the Store may not read there is nothing stored, and ids are given all the
// same. The error is the context's.
func (s *Store) Load(ctx context.Context) (map[string]Names, error) {
	s.seen, s.old = map[string]*corev1.ConfigMap{}, map[string]struct{}{}
	for pace := newBackoff(); ; {
		found, err := s.list(ctx)
		s.tell(ctx, err)
		if err == nil {
			s.seen = found
		}
		if err == nil || apierrors.IsForbidden(err) {
			break
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-s.Clock.After(pace.Step()):
		}
	}
	stored := make(map[string]Names, len(s.seen))
	for namespace, stands := range s.seen {
		stored[namespace] = stands.Data
	}
	return stored, nil
}

// Run stores what changes in the Book, and takes over what somebody else
// changes in the ConfigMaps, until the context ends. Load comes first.
func (s *Store) Run(ctx context.Context) error {
	for pace := newBackoff(); ctx.Err() == nil; {
		err := s.follow(ctx)
		if err == nil {
			pace = newBackoff()
		}
		s.tell(ctx, err)
		select {
		case <-ctx.Done():
		case <-s.Clock.After(pace.Step()):
		}
	}
	return nil
}

// newBackoff is how long to wait after a fault.
func newBackoff() *wait.Backoff {
	return &wait.Backoff{Duration: gap, Factor: 2, Jitter: 0.1, Cap: 30 * time.Second, Steps: 1000}
}

// follow lists, watches and writes until the watch ends, which is no error.
func (s *Store) follow(ctx context.Context) error {
	if err := s.refresh(ctx); err != nil {
		return err
	}
	stream, err := s.ConfigMaps.Watch(ctx, metav1.ListOptions{LabelSelector: selector, ResourceVersion: s.version})
	if err != nil {
		return s.failed("watching", err)
	}
	defer stream.Stop()
	due := s.Clock.After(0) // what is left of the last time
	for {
		select {
		case <-ctx.Done():
			return nil
		case event, ok := <-stream.ResultChan():
			if !ok || event.Type == watch.Error {
				return nil
			}
			s.update(event)
		case <-s.Book.Changed():
		case <-due:
			if err := s.round(ctx); err != nil {
				return err
			}
			s.tell(ctx, nil)
			due = nil
		}
		if due == nil && (len(s.old) > 0 || s.Book.Waiting()) {
			due = s.Clock.After(gap)
		}
	}
}

// update takes notice of a change, unless it is one of this process's own.
func (s *Store) update(event watch.Event) {
	changed, ok := event.Object.(*corev1.ConfigMap)
	if !ok {
		return
	}
	namespace, ours := strings.CutPrefix(changed.Name, prefix)
	if stands := s.seen[namespace]; ours && (stands == nil || stands.ResourceVersion != changed.ResourceVersion) {
		// What is in the event may be older than what was written since.
		s.old[namespace] = struct{}{}
	}
}
