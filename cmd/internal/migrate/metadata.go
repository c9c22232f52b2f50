package migrate

import (
	"maps"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// Fields of metadata that the API server fills in, or that are those of the
// object that was there.
func ofTheServer() []string {
	return []string{
		"creationTimestamp", "deletionGracePeriodSeconds", "deletionTimestamp", "generation", "managedFields",
		"resourceVersion", "selfLink", "uid",
	}
}

// ownFinalizer is the one that the controller of Models as a Service sets.
const ownFinalizer = "maas.opendatahub.io/model-cleanup"

// ofTools are labels and annotations, by how they begin, by which a tool knows what
// it has made. A copy that has them is taken for its own, and pruned.
func ofTools() []string {
	return []string{
		"kubectl.kubernetes.io/last-applied-configuration", "argocd.argoproj.io/tracking-id", "argocd.argoproj.io/instance",
		"meta.helm.sh/", "helm.toolkit.fluxcd.io/", "kustomize.toolkit.fluxcd.io/", "config.kubernetes.io/origin",
		"applyset.kubernetes.io/part-of",
	}
}

// metadata carries over name, namespace, labels and annotations.
func (c *converter) metadata() {
	known := append(ofTheServer(), "name", "namespace", "labels", "annotations", "finalizers", "ownerReferences", "generateName")
	c.unknown([]string{"metadata"}, known...)
	c.model.MaaSModel = newModel(c.word(false, "metadata", "name"), c.from.Namespace)
	c.word(false, "metadata", "namespace")
	c.model.Labels, c.model.Annotations = c.marks("labels"), c.marks("annotations")
	c.texts()
	for _, finalizer := range c.from.list("metadata", "finalizers") {
		if finalizer != ownFinalizer {
			c.model.add(c.from.noteAt(ruleMetadata, []string{"metadata", "finalizers"}, "the finalizer %s is left out: whoever set it does not know the MaaSModel", syntax.Quote(finalizer)))
		}
	}
	if len(c.from.list("metadata", "ownerReferences")) > 0 {
		c.model.add(c.from.noteAt(ruleMetadata, []string{"metadata", "ownerReferences"}, "the owner is left out: what makes the MaaSModelRef does not make the MaaSModel, and deletes it no more"))
	}
}

// marks are the labels or annotations that are carried over.
func (c *converter) marks(which string) map[string]string {
	all, ok := c.from.part("metadata", which)
	if !ok {
		c.fault([]string{"metadata", which}, "it has to be an object, with text as its values")
	}
	var kept map[string]string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		path := []string{"metadata", which, name}
		text, isText := all[name].(string)
		switch {
		case !isText:
			c.fault(path, "it is of type %s and has to be text: write quotes around it", syntax.TypeName(all[name]))
			continue
		case slices.ContainsFunc(ofTools(), func(begin string) bool { return strings.HasPrefix(name, begin) }):
			if !strings.HasPrefix(name, "kubectl.") {
				c.model.add(c.from.noteAt(ruleMetadata, path, "left out: by it a tool would take the MaaSModel for one that it has made"))
			}
			continue
		}
		if kept == nil {
			kept = map[string]string{}
		}
		kept[name] = text
	}
	return kept
}

// fieldOf splits the path of a field, in which the names of labels and annotations
// have dots of their own, no further than it is sure.
func fieldOf(path string) []string {
	parts := strings.SplitN(path, ".", 3)
	return parts[:min(len(parts), 2)]
}
