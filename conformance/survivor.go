package conformance

import (
	"context"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/engine/kind"
)

// maxVariations bounds the search for what kills a mutant.
const maxVariations = 6000

// variation is a case with one thing changed in its objects.
type variation struct {
	scene scene
	// in is the case.
	in string
	// before and after are its object; after is nil where it is not there.
	before, after *unstructured.Unstructured
}

// words say what is changed, as a patch that goes into a case.
func (v variation) words() (string, error) {
	object := v.before.GetKind() + " " + v.before.GetName()
	if v.after == nil {
		return fmt.Sprintf("without the %s.", object), nil
	}
	patch, err := kind.YAML(patchBetween(v.before.Object, v.after.Object))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("with this patch of the %s:\n    %s", object, strings.ReplaceAll(strings.TrimSpace(string(patch)), "\n", "\n    ")), nil
}

// variations are those of the cases of a folder, made when the first mutant
// survives.
type variations struct {
	suite  *Suite
	folder *Folder
	all    []variation
	seen   map[string]bool
}

// advice says what to do about a mutant that survived: which change of which
// case would kill it.
func (v *variations) advice(ctx context.Context, name string, mutant *kind.Kind) (string, error) {
	waive := fmt.Sprintf("waive %q with the reason in %s", name, v.folder.File(casesFile))
	if v.seen == nil {
		if err := v.make(ctx); err != nil {
			return "", err
		}
	}
	for _, each := range v.all {
		changed := each.scene
		changed.question.Kind = mutant
		settled, panicked, err := v.suite.settle(ctx, changed)
		if err != nil {
			return "", err
		}
		if verdict := settled.Verdict(); panicked == "" && !verdict.same(changed.decided) {
			d := changed.decided.differences(verdict)[0]
			words, err := each.words()
			return fmt.Sprintf("Case %s would, %s\nThen %s is %s, and with the mutant %s. Add that case, or, if no backend can be so, %s",
				each.in, words, d.field, d.want, d.got, waive), err
		}
	}
	return "No object was found that tells them apart: simplify the kind-spec, or " + waive, nil
}

// make changes the objects of every case in small ways, the same change only
// once for each decision.
func (v *variations) make(ctx context.Context) error {
	v.seen = map[string]bool{}
	scenes := make([]scene, len(v.folder.Cases))
	pool := newPool(v.folder.Spec)
	for i, c := range v.folder.Cases {
		var err error
		if scenes[i], err = v.suite.sceneOf(ctx, v.folder, c); err != nil {
			return err
		}
		scenes[i].objects = scenes[i].whole
		for _, object := range scenes[i].whole {
			pool.add(object)
		}
	}
	for i, base := range scenes {
		for j := range base.whole {
			if err := v.vary(ctx, pool, base, i, j); err != nil {
				return err
			}
		}
	}
	return nil
}

// vary adds what becomes of a case when one of its objects changes in a field
// that the kind reads, or is not there.
func (v *variations) vary(ctx context.Context, p *pool, base scene, i, j int) error {
	before := base.whole[j]
	if base.question.Referent == nil || j > 0 {
		if err := v.add(ctx, base.without(j), i, before, nil); err != nil {
			return err
		}
	}
	projection := kind.ProjectionOf(before.GroupVersionKind().GroupKind(), v.folder.Kind, kind.Destinations())
	asRead := canonical(projection.Of(before).Object)
	for at, value := range p.edits(before.Object) {
		if !v.first(base, before, at, value) {
			continue
		}
		edit := put(value)
		if value == nil {
			edit = remove
		}
		after := &unstructured.Unstructured{Object: edited(before.Object, at, edit)}
		if canonical(projection.Of(after).Object) == asRead {
			continue
		}
		if err := v.add(ctx, base.with(j, after.Object), i, before, after); err != nil {
			return err
		}
	}
	return nil
}

// first says whether this is the first time that a field gets this value in a
// case that is decided so.
func (v *variations) first(base scene, object *unstructured.Unstructured, at location, value any) bool {
	d := base.decided
	key := strings.Join([]string{object.GetAPIVersion(), object.GetKind(), at.field(), canonical(value), string(d.Event),
		orNull(d.Decided.Health), orNull(d.Decided.Endpoint)}, "\x00")
	known := v.seen[key]
	v.seen[key] = true
	return !known
}

func (v *variations) add(ctx context.Context, changed scene, i int, before, after *unstructured.Unstructured) error {
	if len(v.all) == maxVariations {
		return nil
	}
	settled, panicked, err := v.suite.settle(ctx, changed)
	if err != nil || panicked != "" {
		return err
	}
	changed.decided = settled.Verdict()
	v.all = append(v.all, variation{changed, v.folder.Cases[i].Name, before, after})
	return nil
}

// patchBetween is the RFC 7386 patch that makes one object the other.
func patchBetween(before, after map[string]any) map[string]any {
	patch := map[string]any{}
	for name := range before {
		if _, ok := after[name]; !ok {
			patch[name] = nil
		}
	}
	for name, value := range after {
		old, had := before[name]
		oldObject, wasObject := old.(map[string]any)
		object, isObject := value.(map[string]any)
		switch {
		case had && canonical(old) == canonical(value):
		case wasObject && isObject:
			patch[name] = patchBetween(oldObject, object)
		default:
			patch[name] = value
		}
	}
	return patch
}
