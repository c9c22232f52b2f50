package conformance

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// The bounds of the search for what kills mutants: how many variations of the
// cases are decided with one mutant, and with all of a kind.
const (
	maxTried    = 3000
	maxTriedAll = 60000
)

// variation is a case with one field of one of its objects changed, or without
// the object.
type variation struct {
	base    *fixture
	of      *Case
	object  int
	without bool
	edit    edit
	// made is set once it is known what follows from the change.
	made bool
	// read says whether the kind reads what is changed.
	read          bool
	scene         fixture
	before, after *unstructured.Unstructured
}

// variations are those of the cases of a folder, made when the first mutant
// survives.
type variations struct {
	suite  *Suite
	folder *Folder
	pool   *pool
	all    []*variation
	tried  int
	// shown are those that advice has been given with, and for which mutants.
	shown []shown
	// missing is the first thing that no case shows yet.
	missing string
}

// shown is a variation that an author has been told, with the mutant's name.
type shown struct {
	*variation
	mutant string
}

// advice says what to do about a mutant that survived: which change of which
// case would kill it. Fields that the changed part reads come first.
func (v *variations) advice(ctx context.Context, m mutant, changed *kind.Kind) (string, error) {
	waive := fmt.Sprintf("waive %q with the reason in %s", m.name, v.folder.File(casesFile))
	if v.pool == nil {
		if err := v.make(ctx); err != nil {
			return "", err
		}
	}
	for _, earlier := range v.shown {
		if difference, err := v.difference(ctx, earlier.variation, changed); difference != nil || err != nil {
			return fmt.Sprintf("The case shown for %q would. Add that one, or %s", earlier.mutant, waive), err
		}
	}
	tried := 0
	for each := range v.nearest(m) {
		if tried++; tried > maxTried {
			break
		}
		if v.tried++; v.tried > maxTriedAll {
			return "So many survive that no object is looked for: mend the others first, or " + waive, nil
		}
		difference, err := v.difference(ctx, each, changed)
		if err != nil {
			return "", err
		}
		if difference != nil {
			words, err := each.words()
			v.shown = append(v.shown, shown{each, m.name})
			return fmt.Sprintf("Case %s would, %s\nThen %s is %s, and with the mutant %s. Add that case, or, if no backend can be so, %s",
				each.of.Name, words, difference.field, difference.want, difference.got, waive), err
		}
	}
	if v.missing != "" {
		return fmt.Sprintf("No case shows %s yet: write that one first, or %s", v.missing, waive), nil
	}
	return "No object was found that tells them apart: simplify the kind-spec, or " + waive, nil
}

// nearest are the variations, those first that change a field that is named in
// what the mutant changes, and then those of the subjects that it is about.
// Neighbours are of different cases.
func (v *variations) nearest(m mutant) iter.Seq[*variation] {
	return func(yield func(*variation) bool) {
		distance := v.distances(m)
		const stride = 7919 // a prime
		for _, wanted := range []int{1, 2, 0} {
			left := maxTried / 2 // Half of them for what is further away.
			for i := 0; i < len(v.all) && left > 0; i++ {
				each := v.all[i*stride%len(v.all)]
				if distance[each.edit.name] != wanted {
					continue
				}
				if left--; !yield(each) {
					return
				}
			}
		}
	}
}

// distances are 1 for names in what the mutant changes, and 2 for those in the
// subjects that these names are, and so on.
func (v *variations) distances(m mutant) map[string]int {
	distance := map[string]int{"generation": 1}
	var visit func(text string, far int)
	visit = func(text string, far int) {
		for _, name := range namesIn(text) {
			if distance[name] != 0 {
				continue
			}
			distance[name] = far
			for _, s := range v.folder.Spec.Subjects {
				if s.As == name {
					defer visit(syntax.Canonical(s), 2)
				}
			}
		}
	}
	visit(m.about, 1)
	return distance
}

// difference is the first one that a mutant makes; nil where it makes none.
func (v *variations) difference(ctx context.Context, each *variation, mutant *kind.Kind) (*difference, error) {
	if err := v.decide(ctx, each); err != nil || !each.read {
		return nil, err
	}
	changed := each.scene
	changed.question.Kind = mutant
	settled, panicked, err := v.suite.evaluate(ctx, changed)
	if verdict := settled.Decision(); err == nil && panicked == "" && !verdict.same(changed.decided) {
		return &changed.decided.differences(verdict)[0], nil
	}
	return nil, err
}

// words say what is changed. Of a base object it is what the case has to say of
// it instead, ready to be put there.
func (v *variation) words() (string, error) {
	name, base := v.of.base(v.before)
	object := v.before.GetKind() + " " + v.before.GetName()
	var patch any
	switch {
	case v.after == nil && base == nil:
		return fmt.Sprintf("without the %s.", object), nil
	case v.after == nil:
		patch = map[string]any{"patch": map[string]any{name: nil}}
	case base == nil:
		patch = patchBetween(v.before.Object, v.after.Object)
	default:
		patch = map[string]any{"patch": map[string]any{name: patchBetween(base.Object, v.after.Object)}}
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
	scenes := make([]fixture, len(v.folder.Cases))
	for i, c := range v.folder.Cases {
		var err error
		if scenes[i], err = v.suite.fixtureOf(ctx, v.folder, c); err != nil {
			return err
		}
		scenes[i].objects = scenes[i].whole
		for _, object := range scenes[i].whole {
			v.pool.add(object)
		}
	}
	seen := map[string]bool{}
	for i := range scenes {
		base, d := &scenes[i], scenes[i].decided
		for j, object := range base.whole {
			one := variation{base: base, of: &v.folder.Cases[i], object: j, before: object}
			if base.question.Referent == nil || j > 0 {
				one.without = true
				v.all = append(v.all, new(one))
				one.without = false
			}
			for one.edit = range v.pool.edits(object.Object) {
				key := strings.Join([]string{object.GetAPIVersion(), object.GetKind(), one.edit.at.String(), one.edit.what, string(d.Event),
					orNull(d.Decided.Health), orNull(d.Decided.Endpoint)}, "\x00")
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
		each.read, each.scene = true, each.base.without(each.object)
	} else {
		each.after = &unstructured.Unstructured{Object: each.edit.apply(each.before.Object)}
		projection := kind.ProjectionOf(each.before.GroupVersionKind().GroupKind(), v.folder.Kind, kind.Destinations())
		each.read = syntax.Canonical(projection.Of(each.before).Object) != syntax.Canonical(projection.Of(each.after).Object)
		each.scene = each.base.with(each.object, each.after.Object)
	}
	if !each.read {
		return nil
	}
	settled, panicked, err := v.suite.evaluate(ctx, each.scene)
	each.read = panicked == ""
	each.scene.decided = settled.Decision()
	return err
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
		case had && syntax.Canonical(old) == syntax.Canonical(value):
		case wasObject && isObject:
			patch[name] = patchBetween(oldObject, object)
		default:
			patch[name] = value
		}
	}
	return patch
}
