package mutation

import (
	"context"
	"fmt"
	"iter"

	"github.com/maas-kinds/maas/conformance/cases"
	"github.com/maas-kinds/maas/conformance/evaluation"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/folder"
	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/engine/phase"
)

// The bounds of the search for what kills mutants: how many variations of the
// cases are decided with one mutant, and with all of a kind.
const (
	maxTried    = 3000
	maxTriedAll = 60000
)

// variations are those of the cases of a folder, made when the first mutant
// survives.
type variations struct {
	machine *phase.Machine
	folder  *cases.Folder
	pool    *pool
	all     []*variation
	tried   int
	// shown are those that advice has been given with, and for which mutants.
	shown []shown
	// missing is the first thing that no case shows yet, and told that it was said.
	missing string
	told    bool
}

// shown is a variation that an author has been told, with the mutant's name.
type shown struct {
	*variation
	mutant string
}

// advice says what to do about a mutant that survived: which change of which
// case would kill it. Fields that the changed part reads come first.
func (v *variations) advice(ctx context.Context, m mutant, changed *kind.Kind) (string, error) {
	waive := fmt.Sprintf("waive %q with the reason in %s", m.name, v.folder.File(folder.CasesFile))
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
				each.of.Name, words, difference.Field, difference.Want, difference.Got, waive), err
		}
	}
	if v.missing != "" && v.told {
		return fmt.Sprintf("The case of %s may show it: write that one first", v.missing), nil
	}
	if v.missing != "" {
		v.told = true
		return fmt.Sprintf("No case shows %s yet: write that one first, or %s", v.missing, waive), nil
	}
	return fmt.Sprintf("Among %d small changes of the cases no object was found that tells them apart. Is there one of another shape, with more entries perhaps? Then add it; if there can be none, simplify the kind-spec, or %s", tried, waive), nil
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
func (v *variations) difference(ctx context.Context, each *variation, mutant *kind.Kind) (*evaluation.Difference, error) {
	if err := v.decide(ctx, each); err != nil || !each.read {
		return nil, err
	}
	changed := each.fixture
	changed.Question.Kind = mutant
	settled, panicked, err := changed.Evaluate(ctx)
	if verdict := settled.Decision(); err == nil && panicked == "" && !verdict.Same(changed.Decided) {
		return &changed.Decided.Differences(verdict)[0], nil
	}
	return nil, err
}
