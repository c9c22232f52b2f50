package kind_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/engine/registry"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
)

// A policy takes away from what a kind says, and never adds.
func TestCrossNamespaceUnder(t *testing.T) {
	const allow, grant, deny = kind.CrossNamespaceAllow, kind.CrossNamespaceGrant, kind.CrossNamespaceDeny
	for policy, want := range map[kind.CrossNamespacePolicy]map[kind.CrossNamespace]kind.CrossNamespace{
		"":                         {allow: allow, grant: grant, deny: deny, "": deny, "Maybe": deny},
		kind.CrossNamespaceByKind:  {allow: allow, grant: grant, deny: deny, "": deny, "Maybe": deny},
		kind.CrossNamespaceByGrant: {allow: grant, grant: grant, deny: deny, "": deny, "Maybe": deny},
		kind.CrossNamespaceNever:   {allow: deny, grant: deny, deny: deny, "": deny, "Maybe": deny},
		"perhaps":                  {allow: deny, grant: deny, deny: deny, "": deny, "Maybe": deny},
	} {
		got := map[kind.CrossNamespace]kind.CrossNamespace{}
		for word := range want {
			got[word] = word.Under(policy)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("under %q (-want +got):\n%s", policy, diff)
		}
	}
}

// crossing is a widget's kind with a word on references from other namespaces.
func crossing(t testing.TB, word kind.CrossNamespace) *kind.Kind {
	t.Helper()
	written := ""
	if word != kind.CrossNamespaceAllow { // Which is what it means when it is left out.
		written = ", crossNamespace: " + string(word)
	}
	set, err := registry.Load(registry.Source{FS: fstest.MapFS{"Widget/kind.yaml": {Data: []byte(`apiVersion: maas.opendatahub.io/v1alpha1
kind: ModelKind
metadata: {name: Widget}
spec:
  description: a widget
  referent: {group: example.com, kind: Widget, versions: [v1]` + written + `}
  health: [{is: Ready, when: [{condition: Ready, status: "True"}]}]
  endpoint: [{path: $.status.url}]
`)}}})
	if err != nil {
		t.Fatal(err)
	}
	return set.Kinds()[0]
}

func modelInA(referents string) *v1alpha1.MaaSModel {
	return &v1alpha1.MaaSModel{ObjectMeta: metav1.ObjectMeta{Namespace: "a", Name: "m"},
		Spec: v1alpha1.MaaSModelSpec{ModelRef: v1alpha1.ModelReference{Kind: "Widget", Name: "granite", Namespace: referents}}}
}

// mayRefer asks for a model in namespace a.
func mayRefer(k *kind.Kind, to string, policy kind.CrossNamespacePolicy, grants kind.Reader) bool {
	return k.MayRefer(modelInA(to), policy, grants).Refused == nil
}

// grants counts how often it is asked.
type grants struct {
	kind.Answer
	asked []kind.Query
}

func (g *grants) Read(query kind.Query) kind.Answer {
	g.asked = append(g.asked, query)
	answer := g.Answer
	answer.Objects = slices.DeleteFunc(slices.Clone(g.Objects), func(o *unstructured.Unstructured) bool { return !query.Matches(o) })
	return answer
}

func granting(t testing.TB, text string) *unstructured.Unstructured {
	t.Helper()
	return referent(t, strings.NewReplacer(
		"MODELS", "{group: maas.opendatahub.io, kind: MaaSModel, namespace: a}",
		"WIDGETS", "{group: example.com, kind: Widget}",
	).Replace("{apiVersion: gateway.networking.k8s.io/v1, kind: ReferenceGrant, "+text+"}"))
}

// Grants are asked for where one is needed, and nowhere else.
func TestMayRefer(t *testing.T) {
	grant := granting(t, "metadata: {name: g, namespace: b}, spec: {from: [MODELS], to: [WIDGETS]}")
	for name, test := range map[string]struct {
		says   kind.CrossNamespace
		policy kind.CrossNamespacePolicy
		to     string
		// granted and bare are the reasons for a refusal with and without the grant.
		granted, bare string
		asks          bool
	}{
		"the own namespace, left out":         {says: kind.CrossNamespaceDeny},
		"the own namespace, written":          {says: kind.CrossNamespaceDeny, policy: kind.CrossNamespaceNever, to: "a"},
		"the own namespace needs no grant":    {says: kind.CrossNamespaceGrant, policy: kind.CrossNamespaceByGrant, to: "a"},
		"the kind allows":                     {says: kind.CrossNamespaceAllow, policy: kind.CrossNamespaceByKind, to: "b"},
		"the kind allows, no policy is given": {says: kind.CrossNamespaceAllow, to: "b"},
		"the kind wants a grant":              {says: kind.CrossNamespaceGrant, to: "b", bare: v1alpha1.ReasonRefNotPermitted, asks: true},
		"the policy wants a grant":            {says: kind.CrossNamespaceAllow, policy: kind.CrossNamespaceByGrant, to: "b", bare: v1alpha1.ReasonRefNotPermitted, asks: true},
		"both want a grant":                   {says: kind.CrossNamespaceGrant, policy: kind.CrossNamespaceByGrant, to: "b", bare: v1alpha1.ReasonRefNotPermitted, asks: true},
		"the kind denies":                     {says: kind.CrossNamespaceDeny, to: "b", granted: v1alpha1.ReasonNamespaceNotAllowed, bare: v1alpha1.ReasonNamespaceNotAllowed},
		"the kind denies, under grant":        {says: kind.CrossNamespaceDeny, policy: kind.CrossNamespaceByGrant, to: "b", granted: v1alpha1.ReasonNamespaceNotAllowed, bare: v1alpha1.ReasonNamespaceNotAllowed},
		"the policy denies an allowing kind":  {says: kind.CrossNamespaceAllow, policy: kind.CrossNamespaceNever, to: "b", granted: v1alpha1.ReasonNamespaceNotAllowed, bare: v1alpha1.ReasonNamespaceNotAllowed},
		"the policy denies a granting kind":   {says: kind.CrossNamespaceGrant, policy: kind.CrossNamespaceNever, to: "b", granted: v1alpha1.ReasonNamespaceNotAllowed, bare: v1alpha1.ReasonNamespaceNotAllowed},
		"a grant elsewhere is no grant there": {says: kind.CrossNamespaceGrant, to: "c", granted: v1alpha1.ReasonRefNotPermitted, bare: v1alpha1.ReasonRefNotPermitted, asks: true},
	} {
		t.Run(name, func(t *testing.T) {
			k := crossing(t, test.says)
			for want, objects := range map[*string][]*unstructured.Unstructured{&test.granted: {grant}, &test.bare: nil} {
				reader := &grants{Answer: kind.Answer{State: kind.AnswerRead, Objects: objects}}
				got := k.MayRefer(modelInA(test.to), test.policy, reader)
				reason := ""
				if got.Refused != nil {
					reason = got.Refused.Reason
				}
				if reason != *want {
					t.Errorf("with %d grants: refused for %q, want %q", len(objects), reason, *want)
				}
				if asked := len(reader.asked) > 0; asked != test.asks || !cmp.Equal(reader.asked, got.Reads) {
					t.Errorf("asked %v, said to have asked %v; want to ask: %v", reader.asked, got.Reads, test.asks)
				}
			}
			if needs := k.NeedsGrants(test.policy); test.asks && !needs {
				t.Error("the kind asks for grants, and is said not to need any")
			}
		})
	}
}

// What a grant has to have: an entry on each side that fits, of whichever entries.
func TestGrant(t *testing.T) {
	k := crossing(t, kind.CrossNamespaceGrant)
	for name, test := range map[string]struct {
		grant string
		want  bool
	}{
		"all widgets":               {"metadata: {name: g, namespace: b}, spec: {from: [MODELS], to: [WIDGETS]}", true},
		"this widget":               {"metadata: {name: g, namespace: b}, spec: {from: [MODELS], to: [{group: example.com, kind: Widget, name: granite}]}", true},
		"an empty name is none":     {"metadata: {name: g, namespace: b}, spec: {from: [MODELS], to: [{group: example.com, kind: Widget, name: ''}]}", true},
		"one entry of several":      {"metadata: {name: g, namespace: b}, spec: {from: [{group: x, kind: Other, namespace: a}, MODELS], to: [{group: x, kind: Other}, WIDGETS]}", true},
		"another widget":            {"metadata: {name: g, namespace: b}, spec: {from: [MODELS], to: [{group: example.com, kind: Widget, name: mistral}]}", false},
		"models of another":         {"metadata: {name: g, namespace: b}, spec: {from: [{group: maas.opendatahub.io, kind: MaaSModel, namespace: c}], to: [WIDGETS]}", false},
		"models of all there is no": {"metadata: {name: g, namespace: b}, spec: {from: [{group: maas.opendatahub.io, kind: MaaSModel, namespace: '*'}], to: [WIDGETS]}", false},
		"other things than models":  {"metadata: {name: g, namespace: b}, spec: {from: [{group: maas.opendatahub.io, kind: HTTPRoute, namespace: a}], to: [WIDGETS]}", false},
		"models of another group":   {"metadata: {name: g, namespace: b}, spec: {from: [{group: example.com, kind: MaaSModel, namespace: a}], to: [WIDGETS]}", false},
		"another kind":              {"metadata: {name: g, namespace: b}, spec: {from: [MODELS], to: [{group: example.com, kind: Gadget}]}", false},
		"another group":             {"metadata: {name: g, namespace: b}, spec: {from: [MODELS], to: [{group: '', kind: Widget}]}", false},
		"the grant of a third":      {"metadata: {name: g, namespace: c}, spec: {from: [MODELS], to: [WIDGETS]}", false},
		"one that is being deleted": {"metadata: {name: g, namespace: b, deletionTimestamp: '2026-01-01T00:00:00Z'}, spec: {from: [MODELS], to: [WIDGETS]}", false},
		"nothing on one side":       {"metadata: {name: g, namespace: b}, spec: {from: [MODELS]}", false},
		"no spec":                   {"metadata: {name: g, namespace: b}", false},
		"a spec of another shape":   {"metadata: {name: g, namespace: b}, spec: {from: MODELS, to: 7}", false},
	} {
		t.Run(name, func(t *testing.T) {
			// What is kept of the grant is enough to tell.
			kept := kind.Project(granting(t, test.grant), kind.Grants())
			if got := mayRefer(k, "b", "", kind.Objects{kept}); got != test.want {
				t.Errorf("granted %v, want %v", got, test.want)
			}
		})
	}
}

// A refusal says what is missing, and to whoever may do it what to do.
func TestRefusalSays(t *testing.T) {
	const needs = "a reference from namespace a to b needs a ReferenceGrant there"
	for name, test := range map[string]struct {
		says   kind.CrossNamespace
		answer kind.Answer
		want   kind.Reference
	}{
		"no grant": {kind.CrossNamespaceGrant, kind.Answer{State: kind.AnswerRead}, kind.Reference{
			Reason:  v1alpha1.ReasonRefNotPermitted,
			Message: needs + `, from {group: maas.opendatahub.io, kind: MaaSModel, namespace: a} to {group: "example.com", kind: Widget}`}},
		"no such thing as a grant": {kind.CrossNamespaceGrant, kind.Answer{State: kind.AnswerNotServed, Message: "not served"}, kind.Reference{
			Reason: v1alpha1.ReasonRefNotPermitted,
			Message: needs + ", and there are none: the API server does not serve ReferenceGrant.gateway.networking.k8s.io in v1 or v1beta1; " +
				"install the Gateway API's CustomResourceDefinition of it"}},
		"grants may not be read": {kind.CrossNamespaceGrant, kind.Answer{State: kind.AnswerForbidden, Message: "grant the verbs"}, kind.Reference{
			Reason: v1alpha1.ReasonForbidden, Message: needs + ", and none can be seen: grant the verbs"}},
		"the kind denies": {kind.CrossNamespaceDeny, kind.Answer{}, kind.Reference{
			Reason:  v1alpha1.ReasonNamespaceNotAllowed,
			Message: "the kind Widget does not allow references from namespace a to b: move the MaaSModel there or leave modelRef.namespace out"}},
	} {
		t.Run(name, func(t *testing.T) {
			test.want.State = kind.ReferenceRefused
			got := crossing(t, test.says).MayRefer(modelInA("b"), "", &grants{Answer: test.answer})
			if diff := cmp.Diff(&test.want, got.Refused); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	controller := crossing(t, kind.CrossNamespaceAllow).MayRefer(modelInA("b"), kind.CrossNamespaceNever, nil)
	if want := "the controller does not allow"; !strings.HasPrefix(controller.Refused.Message, want) {
		t.Errorf("%q, want %q", controller.Refused.Message, want)
	}
}

// What permitted a reference is part of the observation that is made under it.
func TestPermissionIsObserved(t *testing.T) {
	k := crossing(t, kind.CrossNamespaceGrant)
	grant := granting(t, "metadata: {name: g, namespace: b}, spec: {from: [MODELS], to: [WIDGETS]}")
	for name, objects := range map[string]kind.Objects{"granted": {grant}, "refused": nil} {
		t.Run(name, func(t *testing.T) {
			permission := k.MayRefer(modelInA("b"), "", objects)
			got := permission.Before(kind.Observation{Reads: []kind.Query{{Name: "later"}}, Trace: []kind.Step{{Rule: "later"}}})
			reads := []string{got.Reads[0].String(), got.Reads[1].Name}
			if diff := cmp.Diff([]string{"ReferenceGrant in b", "later"}, reads); diff != "" {
				t.Errorf("reads (-want +got):\n%s", diff)
			}
			step := kind.Step{Stage: "reference", Rule: "crossNamespace", Path: "ReferenceGrant in b",
				Want: "for MaaSModels of a to Widget granite"}
			if permission.Refused == nil {
				step.Found, step.Matched = "g", true
			}
			if diff := cmp.Diff([]kind.Step{step, {Rule: "later"}}, got.Trace); diff != "" {
				t.Errorf("trace (-want +got):\n%s", diff)
			}
		})
	}
}
