package migrate

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// tellOfAccess tells of who may use models, and how much: here the backend decides
// who, and nobody counts.
func (m *migrator) tellOfAccess() {
	policies, subscriptions := m.of(maasGroup, policyKind), m.of(maasGroup, subscriptionKind)
	byName := map[string][]*Model{}
	for _, model := range m.models {
		byName[model.From.Name] = append(byName[model.From.Name], model)
	}
	governed := map[*Model]int{}
	for _, policy := range policies {
		m.tellOf(policy, byName, governed, 1, func(model *Model, _ map[string]any) Note {
			return policy.note(ruleAccess, "lets in %s; %s", subjects(policy, "subjects"), whoIsListed(model))
		})
	}
	for _, subscription := range subscriptions {
		m.tellOf(subscription, byName, governed, 2, func(_ *Model, ref map[string]any) Note {
			return subscription.note(ruleQuota, "lets %s use %s; limits and prices have no equal here, and stay with the Gateway", subjects(subscription, "owner"), limits(ref))
		})
	}
	if !m.knowsAccess(len(policies) + len(subscriptions)) {
		return
	}
	for _, model := range m.models {
		if governed[model] != 3 && model.From.Type.Kind == modelRefKind {
			model.add(model.From.note(ruleUngoverned, "no MaaSAuthPolicy and MaaSSubscription of the input name it both, so Models as a Service keeps it Pending; here it is listed as soon as its backend is ready"))
		}
	}
}

// knowsAccess says whether a model that no policy names can be told from one whose
// policy is elsewhere, or could not be read.
func (m *migrator) knowsAccess(found int) bool {
	if slices.ContainsFunc(m.of(maasGroup, modelRefKind), Object.live) {
		return slices.Contains(m.Complete, schema.GroupKind{Group: maasGroup, Kind: policyKind}) &&
			slices.Contains(m.Complete, schema.GroupKind{Group: maasGroup, Kind: subscriptionKind})
	}
	return found > 0
}

// whoIsListed is what takes the place of a policy.
func whoIsListed(model *Model) string {
	if model.Spec.ModelRef.Kind == externalModelKind {
		return "here every caller sees an ExternalModel that is Ready, and the Gateway alone keeps others from using it"
	}
	return "here its backend decides, asked with the caller's own credentials: keep the rule at the Gateway"
}

// tellOf tells each model of a policy that names it.
func (m *migrator) tellOf(policy Object, byName map[string][]*Model, governed map[*Model]int, as int, note func(*Model, map[string]any) Note) {
	named := false
	for _, entry := range policy.list("spec", "modelRefs") {
		ref, isRef := entry.(map[string]any)
		if name, isText := entry.(string); isText && !isRef { // as the first edition wrote it
			ref = map[string]any{"name": name, "namespace": policy.Namespace}
		}
		name, _ := ref["name"].(string)
		namespace, _ := ref["namespace"].(string)
		for _, model := range byName[name] {
			if model.From.Type.Kind == modelRefKind && sameNamespace(model.From.Namespace, namespace) {
				named = true
				governed[model] |= as
				model.add(note(model, ref))
			}
		}
	}
	if !named && !policy.live() { // In a cluster it may name models of other namespaces.
		m.note(policy.note(ruleNotCarried, "it names no model of the input, and has no equal here"))
	}
}

// subjects are the groups and users of a policy.
func subjects(policy Object, part string) string {
	var all []string
	for _, group := range policy.list("spec", part, "groups") {
		fields, _ := group.(map[string]any)
		if name, _ := fields["name"].(string); name != "" {
			all = append(all, "group "+name)
		}
	}
	for _, user := range policy.list("spec", part, "users") {
		if name, _ := user.(string); name != "" {
			all = append(all, "user "+name)
		}
	}
	if len(all) == 0 {
		return "nobody"
	}
	return syntax.Message(strings.Join(all, ", "), maxQuoted)
}

// limits are how much of a model a subscription lets somebody use.
func limits(ref map[string]any) string {
	entries, _ := ref["tokenRateLimits"].([]any)
	var all []string
	for _, entry := range entries {
		fields, _ := entry.(map[string]any)
		all = append(all, fmt.Sprintf("%v tokens in %v", fields["limit"], fields["window"]))
	}
	if len(all) == 0 {
		return "it"
	}
	return syntax.Message(strings.Join(all, " and "), maxQuoted)
}
