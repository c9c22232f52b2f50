package soak

import (
	"context"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
)

const (
	// writeWithin is how long the API server has for one write.
	writeWithin = 5 * time.Second
	// writeAgain is how long a step is tried again while it has no answer, and
	// writePause between two tries.
	writeAgain = 2 * time.Minute
	writePause = 200 * time.Millisecond
)

// wanted is what is to be of a member.
type wanted struct {
	model   string
	state   string
	variant int
	// edits counts those of the referent's spec.
	edits int
}

// world writes what is to be into the API server. One goroutine uses it.
type world struct {
	client  dynamic.Interface
	cast    []member
	members map[string]*wanted
	crd     string
	kind    string
}

func newWorld(client dynamic.Interface, cast []member) *world {
	w := &world{client: client, cast: cast, members: map[string]*wanted{}}
	for _, m := range cast {
		w.members[m.name] = &wanted{}
	}
	return w
}

// mend brings everything to how it is at the start.
func (w *world) mend(ctx context.Context) error {
	for _, m := range w.cast {
		*w.members[m.name] = wanted{model: up, state: up, edits: w.members[m.name].edits}
	}
	w.crd, w.kind = up, first
	if err := w.writeCRD(ctx); err != nil {
		return err
	}
	if err := w.writeKind(ctx); err != nil {
		return err
	}
	for _, m := range w.cast {
		if err := w.writeReferent(ctx, m); err != nil {
			return err
		}
		if err := w.writeModel(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// do does a step that is about objects.
func (w *world) do(ctx context.Context, s Step) error {
	var m member
	for _, one := range w.cast {
		if one.name == s.Target {
			m = one
		}
	}
	switch s.Do {
	case setReferent:
		to := w.members[m.name]
		to.state, to.variant = s.State, s.Variant
		to.edits++
		if m.sort == hosts {
			return w.writeModel(ctx, m)
		}
		return w.writeReferent(ctx, m)
	case setModel:
		w.members[m.name].model = s.State
		return w.writeModel(ctx, m)
	case contend:
		return w.contend(ctx, m)
	case setCRD:
		w.crd = s.State
		return w.writeCRD(ctx)
	case setKind:
		w.kind = s.State
		return w.writeKind(ctx)
	case mend:
		return w.mend(ctx)
	default:
		return fmt.Errorf("no object knows the step %s", s)
	}
}

func (w *world) writeModel(ctx context.Context, m member) error {
	to := *w.members[m.name]
	if to.model == absent {
		return w.remove(ctx, modelType, namespace, m.name)
	}
	return w.apply(ctx, modelType, modelOf(m, to))
}

func (w *world) writeReferent(ctx context.Context, m member) error {
	if m.sort == gadgets && w.crd == absent {
		return nil
	}
	to := *w.members[m.name]
	for _, p := range partsOf(m, to) {
		var err error
		if to.state == absent {
			err = w.remove(ctx, p.resource, namespace, p.object.GetName())
		} else {
			err = w.write(ctx, p)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// write applies an object, and then its status, which may speak of the generation
// that the object has by then.
func (w *world) write(ctx context.Context, p part) error {
	status, hasStatus := p.object.Object["status"].(map[string]any)
	delete(p.object.Object, "status")
	if err := w.apply(ctx, p.resource, p.object); err != nil || !hasStatus {
		return err
	}
	return w.retry(ctx, func(ctx context.Context) error {
		current, err := w.client.Resource(p.resource).Namespace(namespace).Get(ctx, p.object.GetName(), metav1.GetOptions{})
		if err != nil {
			return err
		}
		if p.resource == gadgetType {
			status["observedGeneration"] = current.GetGeneration()
			if p.lags {
				status["observedGeneration"] = current.GetGeneration() - 1
			}
		}
		current.Object["status"] = status
		_, err = w.client.Resource(p.resource).Namespace(namespace).UpdateStatus(ctx, current, metav1.UpdateOptions{})
		return err
	})
}

// contend writes annotations that nothing reads, as fast as they are taken.
func (w *world) contend(ctx context.Context, m member) error {
	const times = 20
	if w.members[m.name].model == absent {
		return nil
	}
	for i := range times {
		patch := fmt.Appendf(nil, `{"metadata":{"annotations":{"soak.example.com/turn":"%d"}}}`, i)
		err := w.retry(ctx, func(ctx context.Context) error {
			_, err := w.client.Resource(modelType).Namespace(namespace).Patch(ctx, m.name, types.MergePatchType, patch, metav1.PatchOptions{})
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *world) writeKind(ctx context.Context) error {
	if w.kind == absent {
		return w.remove(ctx, kindType, "", "widget")
	}
	o, err := kindSpec(w.kind)
	if err != nil {
		return err
	}
	return w.apply(ctx, kindType, o)
}

func (w *world) apply(ctx context.Context, resource schema.GroupVersionResource, o *unstructured.Unstructured) error {
	return w.retry(ctx, func(ctx context.Context) error {
		_, err := w.of(resource, o.GetNamespace()).Apply(ctx, o.GetName(), o, metav1.ApplyOptions{FieldManager: namespace, Force: true})
		return err
	})
}

func (w *world) remove(ctx context.Context, resource schema.GroupVersionResource, in, name string) error {
	return w.retry(ctx, func(ctx context.Context) error {
		err := w.of(resource, in).Delete(ctx, name, metav1.DeleteOptions{})
		if apierrors.IsNotFound(err) {
			return nil
		}
		return err
	})
}

func (w *world) of(resource schema.GroupVersionResource, in string) dynamic.ResourceInterface {
	if in == "" {
		return w.client.Resource(resource)
	}
	return w.client.Resource(resource).Namespace(in)
}

// retry tries until it works: the API server may be away.
func (*world) retry(ctx context.Context, try func(context.Context) error) error {
	deadline := time.Now().Add(writeAgain)
	for {
		attempt, cancel := context.WithTimeout(ctx, writeWithin)
		err := try(attempt)
		cancel()
		if err == nil || ctx.Err() != nil || time.Now().After(deadline) {
			return err
		}
		if !wait(ctx, writePause) {
			return ctx.Err()
		}
	}
}
