package live

import (
	"context"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/conformance/cases"
	"github.com/maas-kinds/maas/engine/kind"
)

// stage is where the cases of one kind are played, in namespaces of their own.
type stage struct {
	*Cluster
	kind  *kind.Kind
	types []definition
	// namespaces of the cases, and what they are called here.
	namespaces map[string]string
}

// play is a case whose objects are in the cluster.
type play struct {
	cases.Case
	// referent, or nil, and related are as the API server has stored them.
	referent *unstructured.Unstructured
	related  kind.Objects
}

// namespaceOfModels is where models live whose referent gives them none.
const namespaceOfModels = "models"

func (c *Cluster) newStage(f *cases.Folder, types []definition) *stage {
	s := &stage{Cluster: c, kind: f.Kind.With(f.Parameters), types: types, namespaces: map[string]string{namespaceOfModels: c.prefix + "-" + namespaceOfModels}}
	for _, one := range f.Cases {
		for _, o := range objectsOf(one) {
			if namespace := o.GetNamespace(); namespace != "" {
				s.namespaces[namespace] = c.prefix + "-" + namespace
			}
		}
	}
	return s
}

// objectsOf a case, the referent first where there is one.
func objectsOf(c cases.Case) []*unstructured.Unstructured {
	var all []*unstructured.Unstructured
	if c.Referent != nil {
		all = append(all, c.Referent)
	}
	return append(all, c.Related...)
}

// make makes the namespaces.
func (s *stage) make(ctx context.Context) error {
	for _, name := range s.namespaces {
		err := s.client.Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}})
		if err := alreadyThere(err); err != nil {
			return fmt.Errorf("creating the namespace %s: %w", name, err)
		}
		s.Cluster.namespaces[name] = true
	}
	return nil
}

// put makes the objects of a case what is in the cluster. Those of the case
// before that are in this one too are changed, the others deleted. Beside an
// error stands what was put all the same.
func (s *stage) put(ctx context.Context, c cases.Case, before *play) (*play, error) {
	var wanted []*unstructured.Unstructured
	for _, o := range objectsOf(c) {
		wanted = append(wanted, s.moved(o))
	}
	if before != nil {
		for _, o := range before.objects() {
			if !slices.ContainsFunc(wanted, func(w *unstructured.Unstructured) bool { return same(w, o) }) {
				if err := s.delete(ctx, o); err != nil {
					return nil, err
				}
			}
		}
	}
	p := &play{Case: c}
	for i, o := range wanted {
		stored, err := s.apply(ctx, o)
		if err != nil {
			return p, err
		}
		if i == 0 && c.Referent != nil {
			p.referent = stored
		} else {
			p.related = append(p.related, stored)
		}
	}
	return p, nil
}

func same(a, b *unstructured.Unstructured) bool {
	return a.GroupVersionKind().GroupKind() == b.GroupVersionKind().GroupKind() &&
		a.GetNamespace() == b.GetNamespace() && a.GetName() == b.GetName()
}

func (p *play) objects() []*unstructured.Unstructured {
	return objectsOf(cases.Case{Referent: p.referent, Related: p.related})
}
