package modelkind

import (
	"context"
	"fmt"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// Once reads the ModelKinds as they are now, with the last good revision of each
// where that is in force, and puts them in; it does not follow them. Where their CRD
// is not installed there are none. The notes say what could not be taken.
func (r *Resources) Once(ctx context.Context) (notes []string, err error) {
	list := &ResourceList{}
	if err := r.client.List(ctx, list); err != nil && !apierrors.IsNotFound(err) {
		return nil, fmt.Errorf("listing ModelKinds: %w", err)
	}
	objects := make([]any, len(list.Items))
	for i := range list.Items {
		objects[i] = &list.Items[i]
	}
	if err := r.store(ctx).Replace(objects, ""); err != nil {
		return nil, err
	}
	for name, h := range r.held {
		if h.misfit != "" {
			notes = append(notes, fmt.Sprintf("ModelKind %s: %s", name, h.misfit))
		}
	}
	slices.Sort(notes)
	return notes, nil
}
