package identity

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// list reads all ConfigMaps as they are stored now.
func (s *Store) list(ctx context.Context) (map[string]*corev1.ConfigMap, error) {
	list, err := s.ConfigMaps.List(ctx, metav1.ListOptions{LabelSelector: selector})
	if err != nil {
		return nil, s.failed("listing", err)
	}
	s.version = list.ResourceVersion
	found := make(map[string]*corev1.ConfigMap, len(list.Items))
	for i := range list.Items {
		if namespace, ours := strings.CutPrefix(list.Items[i].Name, prefix); ours {
			found[namespace] = &list.Items[i]
		}
	}
	return found, nil
}

// refresh takes over everything that is stored.
func (s *Store) refresh(ctx context.Context) error {
	found, err := s.list(ctx)
	if err != nil {
		return err
	}
	for namespace := range s.seen {
		if found[namespace] == nil {
			// Gone, or without the label: that is looked at once more.
			s.old[namespace] = struct{}{}
		}
	}
	for namespace, now := range found {
		s.absorb(ctx, namespace, now)
	}
	return nil
}

// reread takes over what is stored for one namespace.
func (s *Store) reread(ctx context.Context, namespace string) error {
	now, err := s.ConfigMaps.Get(ctx, prefix+namespace, metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err):
		now = nil
	case err != nil:
		return s.failed("reading", err)
	}
	s.absorb(ctx, namespace, now)
	delete(s.old, namespace)
	return nil
}

// absorb takes over a ConfigMap as it is stored now; nil for none.
func (s *Store) absorb(ctx context.Context, namespace string, now *corev1.ConfigMap) {
	before := s.seen[namespace]
	if before != nil && now != nil && before.ResourceVersion == now.ResourceVersion {
		return
	}
	released := s.Book.Absorb(namespace, dataOf(before), dataOf(now), s.Clock.Now())
	s.keep(namespace, now)
	s.tellReleased(ctx, namespace, released)
}

func (s *Store) keep(namespace string, now *corev1.ConfigMap) {
	if now == nil {
		delete(s.seen, namespace)
	} else {
		s.seen[namespace] = now
	}
	s.Book.Stored(namespace, dataOf(now))
}

func dataOf(object *corev1.ConfigMap) Names {
	if object == nil {
		return nil
	}
	return object.Data
}

// round takes over what others have changed, and then stores what has changed
// here.
func (s *Store) round(ctx context.Context) error {
	for _, namespace := range slices.Sorted(maps.Keys(s.old)) {
		if err := s.reread(ctx, namespace); err != nil {
			return err
		}
	}
	s.tellDropped(ctx)
	var faults []error
	touched := s.Book.Touched()
	for i, namespace := range touched {
		err := s.write(ctx, namespace)
		if err == nil {
			continue
		}
		faults = append(faults, err)
		s.Book.Touch(namespace)
		if !apierrors.IsInvalid(err) { // It is not this object alone that cannot be written.
			for _, other := range touched[i:] {
				s.Book.Touch(other)
			}
			break
		}
	}
	return errors.Join(faults...)
}

// write stores the names of one namespace, where they are not stored already.
// A conflict is no error: the next round takes over what was written, and then
// writes.
func (s *Store) write(ctx context.Context, namespace string) error {
	names, over := s.Book.Names(namespace)
	s.tellFull(ctx, namespace, over)
	before := s.seen[namespace]
	now, err := s.put(ctx, namespace, before, names)
	switch {
	case apierrors.IsConflict(err), apierrors.IsAlreadyExists(err), before != nil && apierrors.IsNotFound(err):
		s.old[namespace] = struct{}{}
		s.Book.Touch(namespace)
		return nil
	case err != nil:
		return s.failed("writing", err)
	}
	s.keep(namespace, now)
	return nil
}

// put gives the ConfigMap as it is then, nil for none.
func (s *Store) put(ctx context.Context, namespace string, before *corev1.ConfigMap, names Names) (*corev1.ConfigMap, error) {
	switch {
	case before == nil && len(names) == 0:
		return nil, nil
	case before == nil:
		return s.ConfigMaps.Create(ctx, &corev1.ConfigMap{
			ObjectMeta: metav1.ObjectMeta{Name: prefix + namespace, Labels: map[string]string{Label: "true"}}, Data: names,
		}, metav1.CreateOptions{})
	case len(names) == 0:
		return nil, s.ConfigMaps.Delete(ctx, before.Name, metav1.DeleteOptions{
			Preconditions: &metav1.Preconditions{UID: &before.UID, ResourceVersion: &before.ResourceVersion}})
	case maps.Equal(Names(before.Data), names) && before.Labels[Label] == "true":
		return before, nil
	}
	next := before.DeepCopy()
	next.Data = names
	metav1.SetMetaDataLabel(&next.ObjectMeta, Label, "true")
	return s.ConfigMaps.Update(ctx, next, metav1.UpdateOptions{})
}

// failed says what could not be done, and what follows from that.
func (s *Store) failed(doing string, err error) error {
	return fmt.Errorf("%s the ConfigMaps labelled %s in namespace %s: %w", doing, selector, s.Namespace, err)
}
