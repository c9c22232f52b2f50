package soak

import (
	"context"
	"errors"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

var errStillThere = errors.New("the CRD of the gadgets is not gone yet")

// installAll installs both CRDs and waits until they can be read.
func (w *world) installAll(ctx context.Context) error {
	all, err := definitions()
	if err != nil {
		return err
	}
	for _, o := range all {
		o.SetNamespace("")
		if err := w.apply(ctx, crdType, o); err != nil {
			return err
		}
	}
	return w.retry(ctx, func(ctx context.Context) error {
		_, gadgetsErr := w.client.Resource(gadgetType).Namespace(namespace).List(ctx, metav1.ListOptions{})
		_, widgetsErr := w.client.Resource(widgetType).Namespace(namespace).List(ctx, metav1.ListOptions{})
		return errors.Join(gadgetsErr, widgetsErr)
	})
}

// writeCRD installs the CRD of the gadgets and brings back those that are to be, or
// deletes it and waits until it is gone.
func (w *world) writeCRD(ctx context.Context) error {
	if w.crd == absent {
		return w.retry(ctx, func(ctx context.Context) error {
			err := w.client.Resource(crdType).Delete(ctx, gadgetCRD, metav1.DeleteOptions{})
			switch {
			case apierrors.IsNotFound(err):
				return nil
			case err != nil:
				return err
			}
			return errStillThere
		})
	}
	if err := w.installAll(ctx); err != nil {
		return err
	}
	for _, m := range w.cast {
		if m.sort == gadgets {
			if err := w.writeReferent(ctx, m); err != nil {
				return err
			}
		}
	}
	return nil
}
