package mutation

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/api/equality"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/folder"
)

// mutantsOfModel change what the kind-spec says of the model, and the values that
// nothing else uses. They decide nothing: only what a case says of the model kills
// them.
func mutantsOfModel(spec *v1alpha1.ModelKindSpec) []mutant {
	if spec.Model == nil {
		return nil
	}
	decides := deciding(spec)
	m := newMutation(spec.DeepCopy())
	for _, name := range slices.Sorted(maps.Keys(m.values)) {
		if _, used := decides.Values[name]; !used {
			m.sources("values."+name, m.values[name], required)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(m.facts)) {
		m.sources("model."+name, m.facts[name], optional)
	}
	return m.mutants
}

// killsModel says whether something else is known of the model in a case that
// says what is.
func (p *prover) killsModel(ctx context.Context, mutant *kind.Kind) (bool, error) {
	i, err := p.otherModel(ctx, mutant, true)
	return i >= 0, err
}

// otherModel is the first case, of those that say what is known of the model or of
// those that do not, in which something else is known with a mutant; -1 for none.
func (p *prover) otherModel(ctx context.Context, mutant *kind.Kind, saying bool) (int, error) {
	for i, c := range p.folder.Cases {
		if saying != (c.Model != nil) {
			continue
		}
		settled, err := c.Evaluate(ctx, p.machine, mutant)
		if err != nil {
			return 0, err
		}
		if !equality.Semantic.DeepEqual(settled.Settled.Status.Model, p.decided[i].Model) {
			return i, nil
		}
	}
	return -1, nil
}

// adviceOnModel says where a mutant would show.
func (p *prover) adviceOnModel(ctx context.Context, m mutant, k *kind.Kind) (string, error) {
	waive := fmt.Sprintf("waive %q with the reason in %s", m.name, p.folder.File(folder.CasesFile))
	i, err := p.otherModel(ctx, k, false)
	if err != nil {
		return "", err
	}
	if i < 0 {
		return "No case shows it: write one with model: in which that source is what counts, or " + waive, nil
	}
	return fmt.Sprintf("Case %s would, if it said with model: what is known there. Write that, or %s", p.folder.Cases[i].Name, waive), nil
}
