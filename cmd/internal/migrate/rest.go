package migrate

import "strings"

// tierAnnotation is where the first edition of Models as a Service had the tiers of
// a model.
const tierAnnotation = "alpha.maas.opendatahub.io/tiers"

// tellOfTheRest tells of every object that becomes no model.
func (m *migrator) tellOfTheRest() {
	for _, o := range m.Objects {
		if o.live() {
			continue // Nobody asked for all that is in a cluster.
		}
		if rule, message := restOf(o); message != "" {
			m.note(o.note(rule, "%s", message))
		}
	}
	for _, o := range m.of(kserveGroup, llmServiceKind) {
		if o.text("metadata", "annotations", tierAnnotation) != "" {
			m.note(o.noteAt(ruleTier, []string{"metadata", "annotations", tierAnnotation}, "tiers have no equal here, and none in Models as a Service any more"))
		}
	}
}

// restOf is what becomes of an object that is no model and no rule about one.
func restOf(o Object) (rule, message string) {
	switch {
	case o.Type.Group == maasGroup && (o.Type.Kind == modelRefKind || o.Type.Kind == modelKind ||
		o.Type.Kind == policyKind || o.Type.Kind == subscriptionKind):
		return "", ""
	case o.Type.Group == maasGroup && o.Type.Kind == "ModelKind":
		return ruleNotCarried, "it is of this project already: apply it as it is"
	case o.Type.Kind == externalModelKind && (o.Type.Group == maasGroup || o.Type.Group == inferenceGroup):
		return ruleNotCarried, "it stays as it is, with the controller that makes its HTTPRoute: the kind ExternalModel reads it"
	case o.Type.Group == inferenceGroup:
		return ruleNotCarried, "it stays as it is, with the controller that reads it; nothing here does"
	case o.Type.Group == maasGroup:
		return ruleNotCarried, "it sets up Models as a Service itself, and has no equal here"
	case o.is(kserveGroup, llmServiceKind):
		return ruleNotCarried, "it stays as it is: the kind llmisvc reads it"
	case o.is(crdGroup, "CustomResourceDefinition") && strings.HasSuffix(o.Name, "."+maasGroup):
		return ruleNotCarried, "the types of this project are in config/crd; leave this one in the cluster as long as there are objects of it"
	case o.is("", "ConfigMap") && o.Name == tierMap:
		return ruleTier, "tiers have no equal here, and none in Models as a Service any more"
	case o.Type.Group == kuadrantGroup:
		return ruleNotCarried, "it stays as it is, with whatever enforces it at the Gateway"
	case o.Type.Group == kustomizeGroup:
		return rulePassedOver, "what it changes in other files is not done here: give what kubectl kustomize prints of its folder"
	}
	return rulePassedOver, "it is no part of Models as a Service, and passed over"
}
