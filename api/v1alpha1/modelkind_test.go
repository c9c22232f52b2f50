package v1alpha1_test

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/maas-kinds/maas/engine/registry"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/kinds"
)

// Every kind-spec of the catalogue is a manifest: the API server takes it under
// strict validation, gives it back whole, and it is the same kind as its file.
func TestCatalogueAsResources(t *testing.T) {
	env := server.Env(t)
	set, err := registry.Load(registry.Source{FS: kinds.FS})
	if err != nil {
		t.Fatal(err)
	}
	language, err := kind.NewLanguage()
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range set.Kinds() {
		t.Run(k.Name(), func(t *testing.T) {
			content, err := fs.ReadFile(kinds.FS, k.File())
			if err != nil {
				t.Fatal(err)
			}
			applied := &unstructured.Unstructured{}
			if err := yaml.Unmarshal(content, &applied.Object); err != nil {
				t.Fatal(err)
			}
			strict := &client.CreateOptions{FieldValidation: metav1.FieldValidationStrict}
			applied.SetLabels(map[string]string{"team": "serving"})
			if err := env.Client.Create(t.Context(), applied, strict); err != nil {
				t.Fatal(err)
			}
			stored := &unstructured.Unstructured{}
			stored.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind("ModelKind"))
			if err := env.Client.Get(t.Context(), client.ObjectKeyFromObject(applied), stored); err != nil {
				t.Fatal(err)
			}
			compiled, err := language.Compile("the API server", map[string]any{
				"apiVersion": "maas.opendatahub.io/v1alpha1", "kind": "ModelKind",
				"metadata": map[string]any{"name": stored.GetName()}, "spec": stored.Object["spec"],
			})
			if err != nil {
				t.Fatal(err)
			}
			compiled = set.Link(compiled) // The revision is also that of the kinds that it hands on to.
			if compiled.Name() != k.Name() || compiled.Revision() != k.Revision() {
				t.Errorf("stored it is %s, revision %s; from its file %s, revision %s",
					compiled.Name(), compiled.Revision(), k.Name(), k.Revision())
			}
			if err := env.Client.Delete(t.Context(), stored); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// everyFact has a source for each fact that there is.
func everyFact() string {
	var facts []string
	for _, fact := range v1alpha1.Facts() {
		facts = append(facts, fact.Name+": "+fact.Example)
	}
	return strings.Join(facts, ", ")
}

// What the API server refuses by itself, and what it says then. Everything else
// is refused by the controller, in the condition Accepted.
func TestModelKindAdmission(t *testing.T) {
	env := server.Env(t)
	const (
		referent = `referent: {group: example.com, kind: Widget, versions: [v1]}`
		health   = `health: [{is: Ready, when: [{condition: Ready, status: "True"}]}]`
		endpoint = `endpoint: [{path: $.status.url}]`
		whole    = `description: d, ` + referent + `, ` + health + `, ` + endpoint
	)
	tests := map[string]struct {
		name string // widget when empty
		spec string
		want []string // in the refusal; none for accepted
	}{
		"whole":                     {spec: whole},
		"name with capital letters": {spec: whole + `, name: WidGet`},
		"no object":                 {spec: `description: d, noReferent: nothing in the cluster serves it, noEndpoint: set endpointOverride`},
		"operands of every type": {spec: `description: d, ` + referent + `, ` + endpoint + `, values: {a: [{constant: 1.5}, {path: $.b}]}, health: [{is: Ready, when: [
			{path: $.a, equals: 1}, {path: $.a, equals: x}, {path: $.a, equals: true}, {path: $.a, equals: {value: a}}, {path: $.a, in: [1, x]}]}]`},
		"an entry that agrees with another": {spec: whole + `, subjects: [{as: taken, all: "$.status.parents[*]"}, {as: entry, each: "$.spec.parents[*]", where: [
			{agrees: {with: taken, optional: true, fields: {$.name: $.parentRef.name, $.port: $.port}}}]}]`},
		"an object of another subject": {spec: whole + `, subjects: [{as: parent, each: "$.spec.parents[*]"},
			{as: gateway, object: {group: g.io, kind: Gateway, versions: [v1], name: [{of: parent, path: $.name}]}}]`},
		"a URL in parts":         {spec: `description: d, ` + referent + `, ` + health + `, endpoint: [{url: {host: [{path: $.status.host}], port: [{constant: 80}, {constant: "80"}]}}]`},
		"another kind decides":   {spec: `description: d, ` + referent + `, subjects: [{as: route, object: {group: g.io, kind: Route, versions: [v1]}}], health: [{of: route, kind: Route}], endpoint: [{of: route, kind: Route}]`},
		"statuses of both types": {spec: whole + `, probe: {accept: [2xx, 405]}`},

		"parameters of every type": {spec: whole + `, parameters: {a: {type: URL, description: d}, b: {type: String, description: d, default: ""}, c: {type: Integer, description: d, default: 1}, e: {type: Boolean, description: d, default: true}}`},

		"a type of parameter that there is not": {spec: whole + `, parameters: {a: {type: Url, description: d}}`, want: []string{"spec.parameters.a.type", `"Url"`, `"URL"`}},
		"a parameter without description":       {spec: whole + `, parameters: {a: {type: URL}}`, want: []string{"spec.parameters.a.description", "Required value"}},
		"a dash in the name":                    {name: "wid-get", spec: whole, want: []string{"lower-case letters and digits"}},
		"another spec.name":                     {spec: whole + `, name: Gadget`, want: []string{"metadata.name has to be spec.name in lower case"}},
		"spec.name with a dash":                 {name: "wid-get", spec: whole + `, name: Wid-Get`, want: []string{"spec.name", "letters and digits, starting with a letter"}},
		"unknown field":                         {spec: whole + `, unknown: 1`, want: []string{`unknown field "spec.unknown"`}},
		"every fact":                            {spec: whole + `, model: {` + everyFact() + `}`},
		"a fact that there is not":              {spec: whole + `, model: {contextLenght: [{constant: 1}]}`, want: []string{"spec.model", "there is no such fact"}},
		"a fact without sources":                {spec: whole + `, model: {contextLength: []}`, want: []string{"spec.model.contextLength", "at least 1 items"}},
		"unknown field far down":                {spec: `description: d, ` + referent + `, ` + endpoint + `, health: [{is: Ready, when: [{condition: Ready, state: "True"}]}]`, want: []string{`unknown field "spec.health[0].when[0].state"`}},
		"no description":                        {spec: referent + `, ` + health + `, ` + endpoint, want: []string{"spec.description", "Required value"}},
		"no referent":                           {spec: `description: d, ` + health + `, ` + endpoint, want: []string{"or in noReferent why there are none"}},
		"referent and none":                     {spec: whole + `, noReferent: nothing in the cluster`, want: []string{"or in noReferent why there are none"}},
		"no endpoint":                           {spec: `description: d, ` + referent + `, ` + health, want: []string{"or in noEndpoint why there is none"}},
		"endpoint and none":                     {spec: whole + `, noEndpoint: nothing in the cluster`, want: []string{"or in noEndpoint why there is none"}},
		"no health":                             {spec: `description: d, ` + referent + `, ` + endpoint, want: []string{"at least one rule that says when the backend is Ready"}},
		"never ready":                           {spec: `description: d, ` + referent + `, ` + endpoint + `, health: [{is: Failed, when: [{condition: Ready, status: "False"}]}]`, want: []string{"no rule of health says Ready or Servable"}},
		"fails and cannot fail": {spec: `description: d, noFailure: it never fails for good, ` + referent + `, ` + endpoint + `, health: [{is: Ready, when: [{condition: Ready, status: "True"}]},
			{is: Failed, when: [{condition: Ready, status: "False"}]}]`, want: []string{"noFailure says that this backend cannot fail"}},
		"state that is none":      {spec: `description: d, ` + referent + `, ` + endpoint + `, health: [{is: Reddy, when: [{condition: Ready, status: "True"}]}]`, want: []string{"spec.health[0].is", `"Reddy"`, `"Servable"`}},
		"boolean for a status":    {spec: `description: d, ` + referent + `, ` + endpoint + `, health: [{is: Ready, when: [{condition: Ready, status: true}]}]`, want: []string{"spec.health[0].when[0].status", "must be of type string"}},
		"condition and path":      {spec: `description: d, ` + referent + `, ` + endpoint + `, health: [{is: Ready, when: [{condition: Ready, path: $.a, status: "True"}]}]`, want: []string{"spec.health[0].when[0]", "exactly one of condition, path, value and agrees"}},
		"condition alone":         {spec: `description: d, ` + referent + `, ` + endpoint + `, health: [{is: Ready, when: [{condition: Ready}]}]`, want: []string{"spec.health[0].when[0]", "a condition needs exactly one of status"}},
		"status of a path":        {spec: `description: d, ` + referent + `, ` + endpoint + `, health: [{is: Ready, when: [{path: $.a, status: "True"}]}]`, want: []string{"spec.health[0].when[0]", "go with condition"}},
		"empty list":              {spec: `description: d, ` + referent + `, ` + health + `, endpoint: []`, want: []string{"spec.endpoint", "at least 1 items"}},
		"path and template":       {spec: `description: d, ` + referent + `, ` + health + `, endpoint: [{path: $.a, template: "http://a"}]`, want: []string{"spec.endpoint[0]", "exclude each other: write an entry for each"}},
		"port too high":           {spec: `description: d, ` + referent + `, ` + health + `, endpoint: [{path: $.a, port: 70000}]`, want: []string{"spec.endpoint[0].port", "65535"}},
		"Secrets":                 {spec: `description: d, referent: {group: "", kind: Secret, versions: [v1]}, ` + health + `, ` + endpoint, want: []string{"spec.referent", "Secrets are never read"}},
		"Secrets beside it":       {spec: whole + `, subjects: [{as: key, object: {group: "", kind: Secret, versions: [v1]}}]`, want: []string{"spec.subjects[0].object", "Secrets are never read"}},
		"name and labels":         {spec: whole + `, subjects: [{as: gate, object: {group: "", kind: Service, versions: [v1], name: [{constant: a}], labels: {a: b}}}]`, want: []string{"spec.subjects[0].object", "name excludes labels and fields"}},
		"object and entries":      {spec: whole + `, subjects: [{as: gate, each: "$.a[*]", object: {group: "", kind: Service, versions: [v1]}}]`, want: []string{"spec.subjects[0]", "exactly one of object, each and all"}},
		"entries of an object":    {spec: whole + `, subjects: [{as: gate, where: [{path: $.a, exists: true}], object: {group: "", kind: Service, versions: [v1]}}]`, want: []string{"spec.subjects[0]", "write a subject of its own for the entries"}},
		"is and kind":             {spec: `description: d, ` + referent + `, ` + endpoint + `, health: [{is: Ready, of: a, kind: B, when: [{condition: Ready, status: "True"}]}]`, want: []string{"spec.health[0]", "exactly one of the two"}},
		"is without when":         {spec: `description: d, ` + referent + `, ` + endpoint + `, health: [{is: Ready}]`, want: []string{"spec.health[0]", "is needs when, and kind needs of"}},
		"url and path":            {spec: `description: d, ` + referent + `, ` + health + `, endpoint: [{path: $.a, url: {host: [{path: $.b}]}}]`, want: []string{"spec.endpoint[0]", "url excludes path"}},
		"kind without of":         {spec: `description: d, ` + referent + `, ` + health + `, endpoint: [{kind: Service}]`, want: []string{"spec.endpoint[0]", "kind needs of"}},
		"Cluster and a namespace": {spec: `description: d, referent: {group: example.com, kind: Widget, versions: [v1], scope: Cluster, crossNamespace: Deny}, ` + health + `, ` + endpoint, want: []string{"spec.referent", "remove crossNamespace"}},
		"long header":             {spec: whole + `, probe: {headers: {Accept: ` + strings.Repeat("a", 1025) + `}}`, want: []string{"spec.probe.headers", "at most 1024 bytes"}},
		"plural for a kind":       {spec: `description: d, referent: {group: example.com, kind: widgets, versions: [v1]}, ` + health + `, ` + endpoint, want: []string{"spec.referent.kind", "CamelCase, not the plural"}},
		"version with its group":  {spec: `description: d, referent: {group: example.com, kind: Widget, versions: [example.com/v1]}, ` + health + `, ` + endpoint, want: []string{"spec.referent.versions[0]", "such as v1 or v1beta1"}},
		"version twice":           {spec: `description: d, referent: {group: example.com, kind: Widget, versions: [v1, v1]}, ` + health + `, ` + endpoint, want: []string{"spec.referent.versions", "a version is written twice"}},
		"duration without unit":   {spec: whole + `, unhealthyAfter: "30"`, want: []string{"spec.unhealthyAfter", "a duration such as 30s or 2m"}},
		"probe with a query":      {spec: whole + `, probe: {path: "/v1/models?a=b"}`, want: []string{"spec.probe.path", "absolute path without query"}},
		"two faults at once":      {spec: referent + `, ` + health + `, ` + endpoint + `, probe: {method: PUT}`, want: []string{"spec.description", "spec.probe.method"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if tc.name == "" {
				tc.name = "widget"
			}
			manifest := "{apiVersion: maas.opendatahub.io/v1alpha1, kind: ModelKind, metadata: {name: " + tc.name + "}, spec: {" + tc.spec + "}}"
			object := &unstructured.Unstructured{}
			if err := yaml.Unmarshal([]byte(manifest), &object.Object); err != nil {
				t.Fatal(err)
			}
			strict := &client.CreateOptions{FieldValidation: metav1.FieldValidationStrict, DryRun: []string{metav1.DryRunAll}}
			err := env.Client.Create(t.Context(), object, strict)
			if len(tc.want) == 0 {
				if err != nil {
					t.Errorf("refused: %v", err)
				}
				return
			}
			if !apierrors.IsInvalid(err) && !apierrors.IsBadRequest(err) {
				t.Fatalf("error = %v, want a refusal", err)
			}
			for _, want := range tc.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the refusal lacks %q:\n%v", want, err)
				}
			}
		})
	}
}
