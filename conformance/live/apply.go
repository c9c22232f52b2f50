package live

import (
	"context"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/wait"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/conformance/object"
)

func (s *stage) moved(o *unstructured.Unstructured) *unstructured.Unstructured {
	return Move(o, s.namespaces)
}

// Move gives an object in other namespaces, by what they were called, and without
// the ties to a cluster that it was taken from.
func Move(o *unstructured.Unstructured, namespaces map[string]string) *unstructured.Unstructured {
	o = o.DeepCopy()
	rename(o.Object, namespaces)
	o.SetFinalizers(nil)
	o.SetOwnerReferences(nil)
	releaseAddress(o)
	return o
}

// releaseAddress lets the API server choose a Service's address: the one that
// was written down may be taken here.
func releaseAddress(o *unstructured.Unstructured) {
	if address, _, _ := unstructured.NestedString(o.Object, "spec", "clusterIP"); o.GetKind() != "Service" || address == corev1.ClusterIPNone {
		return
	}
	unstructured.RemoveNestedField(o.Object, "spec", "clusterIP")
	unstructured.RemoveNestedField(o.Object, "spec", "clusterIPs")
}

// rename follows references to a namespace wherever they are: in a field of that
// name, in NAMESPACE/NAME, and in the name of a Service.
func rename(value any, namespaces map[string]string) {
	switch v := value.(type) {
	case map[string]any:
		for key, child := range v {
			text, ok := child.(string)
			switch {
			case !ok:
				rename(child, namespaces)
			case key == "namespace" && namespaces[text] != "":
				v[key] = namespaces[text]
			default:
				v[key] = follow(text, namespaces)
			}
		}
	case []any:
		for i, child := range v {
			if text, ok := child.(string); ok {
				v[i] = follow(text, namespaces)
			} else {
				rename(child, namespaces)
			}
		}
	}
}

func follow(text string, namespaces map[string]string) string {
	if namespace, name, ok := strings.Cut(text, "/"); ok && namespaces[namespace] != "" {
		return namespaces[namespace] + "/" + name
	}
	for from, to := range namespaces {
		text = strings.ReplaceAll(text, "."+from+".svc", "."+to+".svc")
	}
	return text
}

// apply puts one object into the cluster and reads it as the controller does.
func (s *stage) apply(ctx context.Context, o *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	again := o.DeepCopy()
	err := Store(ctx, s.client, o)
	if apierrors.IsInvalid(err) && client.IgnoreNotFound(s.client.Delete(ctx, o.DeepCopy())) == nil {
		// Fields such as the address of a Service never change: who wants another makes the object anew.
		o, err = again, Store(ctx, s.client, again)
	}
	if err != nil {
		return nil, err
	}
	return s.read(ctx, o)
}

// Store puts one object into a cluster, its status included. Generations are
// counted by the server: the ones that the status speaks of keep their distance
// to the object's.
func Store(ctx context.Context, c client.Client, o *unstructured.Unstructured) error {
	bare := o.DeepCopy()
	delete(bare.Object, "status")
	if err := object.Apply(ctx, c, bare); err != nil {
		return err
	}
	if err := c.Get(ctx, client.ObjectKeyFromObject(o), bare); err != nil {
		return fmt.Errorf("reading %s %s back: %w", o.GetKind(), client.ObjectKeyFromObject(o), err)
	}
	if written := o.GetGeneration(); written != 0 {
		shift(o.Object["status"], bare.GetGeneration()-written)
	}
	return object.Apply(ctx, c, o)
}

func shift(status any, by int64) {
	switch v := status.(type) {
	case map[string]any:
		for key, child := range v {
			if n, ok := child.(int64); ok && key == "observedGeneration" {
				v[key] = n + by
			}
			shift(child, by)
		}
	case []any:
		for _, child := range v {
			shift(child, by)
		}
	}
}

// read reads an object in the first version that is served of those that the
// kind reads.
func (s *stage) read(ctx context.Context, o *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	gvk := o.GroupVersionKind()
	versions := []string{gvk.Version}
	for _, d := range s.types {
		if d.GroupKind == gvk.GroupKind() {
			versions = d.versions
		}
	}
	var err error
	for _, version := range versions {
		stored := &unstructured.Unstructured{}
		stored.SetGroupVersionKind(gvk.GroupKind().WithVersion(version))
		if err = s.client.Get(ctx, client.ObjectKeyFromObject(o), stored); err == nil {
			return stored, nil
		}
		if !meta.IsNoMatchError(err) {
			break
		}
	}
	return nil, fmt.Errorf("reading %s %s back: %w", o.GetKind(), client.ObjectKeyFromObject(o), err)
}

// delete returns when the object is gone.
func (s *stage) delete(ctx context.Context, o *unstructured.Unstructured) error {
	o = o.DeepCopy()
	name := o.GetKind() + " " + client.ObjectKeyFromObject(o).String()
	if err := s.client.Delete(ctx, o, client.GracePeriodSeconds(0)); client.IgnoreNotFound(err) != nil {
		return fmt.Errorf("deleting %s: %w", name, err)
	}
	err := wait.PollUntilContextTimeout(ctx, pollEvery, goneWithin, true, func(ctx context.Context) (bool, error) {
		err := s.client.Get(ctx, client.ObjectKeyFromObject(o), o)
		return apierrors.IsNotFound(err), client.IgnoreNotFound(err)
	})
	if err != nil {
		return fmt.Errorf("waiting until %s is gone: %w", name, err)
	}
	return nil
}

func (s *stage) clear(ctx context.Context, p *play) error {
	for _, o := range p.objects() {
		if err := s.delete(ctx, o); err != nil {
			return err
		}
	}
	return nil
}
