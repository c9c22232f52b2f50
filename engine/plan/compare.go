package plan

import (
	"context"
	"net/url"
	"slices"

	"k8s.io/apimachinery/pkg/types"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/phase"
	"github.com/maas-kinds/maas/engine/resolve"
)

// maxRounds is how often models are looked at again that stand for other models. The
// controller follows as many in a row.
const maxRounds = 16

// comparison decides about each model twice.
type comparison struct {
	Question

	machine *phase.Machine
	// found has the models of which something would change.
	found map[types.NamespacedName]Change
	// statuses are what other models would see of those: nil before.
	statuses statuses
}

// changes are those of all models, the harmful ones first. A model that stands for
// another one changes with that, so such models are looked at until nothing is new.
func (c *comparison) changes(ctx context.Context) ([]Change, error) {
	c.found, c.statuses = map[types.NamespacedName]Change{}, statuses{}
	models := slices.DeleteFunc(slices.Clone(c.Models), c.isSame)
	for range maxRounds {
		before := c.statuses
		if err := c.compareAll(ctx, models); err != nil {
			return nil, err
		}
		if c.statuses.equal(before) {
			break
		}
		models = slices.DeleteFunc(slices.Clone(c.Models), func(m *v1alpha1.MaaSModel) bool { return !c.readsModels(m) })
	}
	return inOrder(c.found), nil
}

// isSame says whether both sets decide alike about a model, whatever there is to see.
func (c *comparison) isSame(model *v1alpha1.MaaSModel) bool {
	return kind.SameFor(model.Spec.ModelRef.Kind, c.Before, c.After)
}

// readsModels says whether what a model's kind reads may be a MaaSModel.
func (c *comparison) readsModels(model *v1alpha1.MaaSModel) bool {
	for _, set := range []*kind.Set{c.Before, c.After} {
		if k, ok := set.Lookup(model.Spec.ModelRef.Kind); ok {
			if slices.ContainsFunc(k.Types(), func(t kind.Referent) bool { return kind.IsMaaSModel(t.GroupKind()) }) {
				return true
			}
		}
	}
	return false
}

// compareAll looks at models once. What they see of each other is of the round before.
func (c *comparison) compareAll(ctx context.Context, models []*v1alpha1.MaaSModel) error {
	next := c.statuses.clone()
	for _, model := range models {
		if err := ctx.Err(); err != nil {
			return err
		}
		change, after, err := c.compare(ctx, model)
		if err != nil {
			return err
		}
		key := types.NamespacedName{Namespace: model.Namespace, Name: model.Name}
		delete(c.found, key)
		delete(next, key)
		if change.Effect == "" {
			continue
		}
		c.found[key] = change
		if after != nil {
			next[key] = *after
		}
	}
	c.statuses = next
	return nil
}

// compare decides about one model by the kinds before, and then by those after, from
// the status that it has by then. The status is nil where none can be told.
func (c *comparison) compare(ctx context.Context, model *v1alpha1.MaaSModel) (Change, *v1alpha1.MaaSModelStatus, error) {
	before, err := c.decide(ctx, model, c.Before, nil)
	if err != nil {
		return Change{}, nil, err
	}
	later := model.DeepCopy()
	if before.unknown == "" {
		later.Status = before.status
	}
	after, err := c.decide(ctx, later, c.After, c.statuses)
	if err != nil {
		return Change{}, nil, err
	}
	change := changeOf(model, before, after)
	if after.unknown != "" {
		return change, nil, nil
	}
	return change, &after.status, nil
}

// decided is what follows for a model.
type decided struct {
	status v1alpha1.MaaSModelStatus
	Standing
	// probe says how a caller's access is asked for, in words.
	probe string
	// unknown says why nothing can be said; empty where something can.
	unknown string
}

// decide looks at a model by the kinds of a set, and settles: what a dwell puts off
// comes all the same.
func (c *comparison) decide(ctx context.Context, model *v1alpha1.MaaSModel, set *kind.Set, others statuses) (decided, error) {
	reader := c.Reader()
	observation := resolve.Model(set, model, overlaid{reader, others}, c.Resolve)
	observation.ID = model.Status.ID
	if u, err := url.Parse(observation.Endpoint.URL); err == nil && observation.Endpoint.URL != "" && c.Trust != nil {
		observation.Untrusted = c.Trust.Check(u)
	}
	_, settled, err := c.machine.Evaluate(ctx, model, observation, c.Now)
	if err != nil {
		return decided{}, err
	}
	d := decided{status: settled.Status, unknown: reader.Unknown()}
	d.Standing = standing(settled, observation, model, c.Now)
	if k, ok := set.Lookup(model.Spec.ModelRef.Kind); ok && d.Endpoint != "" {
		as := *model
		as.Status = settled.Status
		d.probe = inWords(k.Probe().For(&as))
	}
	return d, nil
}
