package catalog

import (
	"cmp"
	"maps"
	"slices"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// maxForsaken bounds how many names are remembered that no model has.
const maxForsaken = 10_000

// holders says which namespace has each name as the id of its model. The
// controller decides that, in status.id. Among models whose status has none,
// because something else wrote it, the oldest has the name, and its namespace
// keeps it while this process lives.
type holders map[string]holder

type holder struct {
	namespace string
	// seen is the snapshot that last had a model of the name.
	seen uint64
}

// idOf is the id that a model has.
func (h holders) idOf(model *v1alpha1.MaaSModel) string {
	if h[model.Name].namespace == model.Namespace {
		return model.Name
	}
	return qualified(model)
}

// statusID is what the status says, empty for anything that is not an id of this
// model: an id of another one is not to be had by writing it into a status.
func statusID(model *v1alpha1.MaaSModel) string {
	if id := model.Status.ID; id == model.Name || id == qualified(model) {
		return id
	}
	return ""
}

func qualified(model *v1alpha1.MaaSModel) string { return model.Namespace + "/" + model.Name }

// candidates are the namespaces that may have one name.
type candidates struct {
	// status is where the oldest model is whose status has the name, and unsaid
	// where the oldest is whose status has no id.
	status, unsaid string
	// resigned is set where the model of who had the name is called otherwise.
	resigned bool
}

// next are the holders for the models of a snapshot, which come with the oldest
// first.
func (h holders) next(models []*v1alpha1.MaaSModel, snapshot uint64) holders {
	names := make(map[string]candidates, len(models))
	for _, model := range models {
		c := names[model.Name]
		switch statusID(model) {
		case model.Name:
			c.status = cmp.Or(c.status, model.Namespace)
		case "":
			c.unsaid = cmp.Or(c.unsaid, model.Namespace)
		default:
			c.resigned = c.resigned || h[model.Name].namespace == model.Namespace
		}
		names[model.Name] = c
	}
	decided := make(holders, len(names))
	for name, c := range names {
		before := h[name].namespace
		if c.resigned {
			before = ""
		}
		if namespace := cmp.Or(c.status, before, c.unsaid); namespace != "" {
			decided[name] = holder{namespace, snapshot}
		}
	}
	for name, forsaken := range h.forsaken(names) {
		decided[name] = forsaken
	}
	return decided
}

// forsaken are the holders of names that no model has, the latest of them.
func (h holders) forsaken(names map[string]candidates) holders {
	forsaken := maps.Clone(h)
	maps.DeleteFunc(forsaken, func(name string, _ holder) bool { _, there := names[name]; return there })
	if len(forsaken) <= maxForsaken {
		return forsaken
	}
	for _, name := range slices.SortedFunc(maps.Keys(forsaken), func(a, b string) int {
		return cmp.Or(cmp.Compare(forsaken[a].seen, forsaken[b].seen), cmp.Compare(a, b))
	})[:len(forsaken)-maxForsaken] {
		delete(forsaken, name)
	}
	return forsaken
}
