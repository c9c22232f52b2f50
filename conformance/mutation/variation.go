package mutation

import (
	"context"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/conformance/cases"
	"github.com/maas-kinds/maas/conformance/evaluation"
	"github.com/maas-kinds/maas/conformance/jsontree"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// variation is a case with one field of one of its objects changed, or without
// the object.
type variation struct {
	base    *cases.Fixture
	of      *cases.Case
	object  int
	without bool
	edit    edit
	// made is set once it is known what follows from the change.
	made bool
	// read says whether the kind reads what is changed.
	read          bool
	fixture       cases.Fixture
	before, after *unstructured.Unstructured
}

// words say what is changed. Of a base object it is what the case has to say of
// it instead, ready to be put there.
func (v *variation) words() (string, error) {
	name, base := v.of.Base(v.before)
	object := v.before.GetKind() + " " + v.before.GetName()
	var patch any
	switch {
	case v.after == nil && base == nil:
		return fmt.Sprintf("without the %s.", object), nil
	case v.after == nil:
		patch = map[string]any{"patch": map[string]any{name: nil}}
	case base == nil:
		patch = jsontree.PatchBetween(v.before.Object, v.after.Object)
	default:
		patch = map[string]any{"patch": map[string]any{name: jsontree.PatchBetween(base.Object, v.after.Object)}}
	}
	content, err := syntax.YAML(patch)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("with this of the %s:\n    %s", object, strings.ReplaceAll(strings.TrimSpace(string(content)), "\n", "\n    ")), nil
}

// make lists the small changes of the objects of every case, the same change only
// once for each decision.
func (v *variations) make(ctx context.Context) error {
	v.pool = newPool(v.folder.Spec)
	fixtures := make([]cases.Fixture, len(v.folder.Cases))
	for i, c := range v.folder.Cases {
		var err error
		if fixtures[i], err = cases.FixtureOf(ctx, v.machine, v.folder, c); err != nil {
			return err
		}
		fixtures[i].Objects = fixtures[i].Whole
		for _, object := range fixtures[i].Whole {
			v.pool.add(object)
		}
	}
	seen := map[string]bool{}
	for i := range fixtures {
		base, d := &fixtures[i], fixtures[i].Decided
		for j, object := range base.Whole {
			one := variation{base: base, of: &v.folder.Cases[i], object: j, before: object}
			if base.Question.Referent == nil || j > 0 {
				one.without = true
				v.all = append(v.all, new(one))
				one.without = false
			}
			for one.edit = range v.pool.edits(object.Object) {
				key := strings.Join([]string{object.GetAPIVersion(), object.GetKind(), one.edit.at.String(), one.edit.what, string(d.Event),
					evaluation.OrNull(d.Decided.Health), evaluation.OrNull(d.Decided.Endpoint)}, "\x00")
				if seen[key] {
					continue
				}
				seen[key] = true
				v.all = append(v.all, new(one))
			}
		}
	}
	return nil
}

// decide finds what follows from a change without a mutant.
func (v *variations) decide(ctx context.Context, each *variation) error {
	if each.made {
		return nil
	}
	each.made = true
	if each.without {
		each.read, each.fixture = true, each.base.Without(each.object)
	} else {
		each.after = &unstructured.Unstructured{Object: each.edit.apply(each.before.Object)}
		projection := kind.ProjectionOf(each.before.GroupVersionKind().GroupKind(), v.folder.Kind, kind.Destinations())
		each.read = syntax.Canonical(projection.Of(each.before).Object) != syntax.Canonical(projection.Of(each.after).Object)
		each.fixture = each.base.With(each.object, each.after.Object)
	}
	if !each.read {
		return nil
	}
	settled, panicked, err := each.fixture.Evaluate(ctx)
	each.read = panicked == ""
	each.fixture.Decided = settled.Decision()
	return err
}
