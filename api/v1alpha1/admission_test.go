package v1alpha1_test

import (
	"os"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/maas-kinds/maas/conformance/testenv"
)

var server testenv.Shared

func TestMain(m *testing.M) { os.Exit(server.Main(m)) }

func TestAdmission(t *testing.T) {
	env := server.Env(t)
	namespace := env.Namespace(t)
	const (
		modelRefKind      = "spec.modelRef.kind"
		modelRefName      = "spec.modelRef.name"
		modelRefNamespace = "spec.modelRef.namespace"
		override          = "spec.endpointOverride"
	)
	tests := map[string]struct {
		spec string
		want []string // in the refusal: the field, and what to write; none for accepted
	}{
		"minimal":                        {spec: `{modelRef: {kind: llmisvc, name: granite}}`},
		"alias, as existing manifests":   {spec: `{modelRef: {kind: LLMInferenceService, name: granite}}`},
		"kind nobody knows yet":          {spec: `{modelRef: {kind: SomethingNew2, name: granite}}`},
		"name with dots":                 {spec: `{modelRef: {kind: llmisvc, name: granite-3.1-8b}}`},
		"namespace":                      {spec: `{modelRef: {kind: llmisvc, name: granite, namespace: llm-serving}}`},
		"empty namespace is the own one": {spec: `{modelRef: {kind: llmisvc, name: granite, namespace: ""}}`},
		"override":                       {spec: `{modelRef: {kind: llmisvc, name: granite}, endpointOverride: "https://models.example.com/llm/granite"}`},
		"override of http and a port":    {spec: `{modelRef: {kind: llmisvc, name: granite}, endpointOverride: "http://10.0.0.7:8080"}`},
		"override of an IPv6 address":    {spec: `{modelRef: {kind: llmisvc, name: granite}, endpointOverride: "https://[2001:db8::7]:8443/llm"}`},
		"empty override is none":         {spec: `{modelRef: {kind: llmisvc, name: granite}, endpointOverride: ""}`},
		"at sign in the override's path": {spec: `{modelRef: {kind: llmisvc, name: granite}, endpointOverride: "https://models.example.com/@team/granite"}`},

		"no modelRef":                 {spec: `{}`, want: []string{"spec.modelRef", "Required value"}},
		"no name":                     {spec: `{modelRef: {kind: llmisvc}}`, want: []string{modelRefName, "Required value"}},
		"empty name":                  {spec: `{modelRef: {kind: llmisvc, name: ""}}`, want: []string{modelRefName, "write the name of the backend object"}},
		"name in capitals":            {spec: `{modelRef: {kind: llmisvc, name: Granite}}`, want: []string{modelRefName, "lower-case letters"}},
		"name with a slash":           {spec: `{modelRef: {kind: llmisvc, name: llm/granite}}`, want: []string{modelRefName, "write the name of the backend object"}},
		"name with a line break":      {spec: `{modelRef: {kind: llmisvc, name: "granite\n"}}`, want: []string{modelRefName, "write the name of the backend object"}},
		"name too long":               {spec: `{modelRef: {kind: llmisvc, name: ` + strings.Repeat("a", 254) + `}}`, want: []string{modelRefName, "253"}},
		"no kind":                     {spec: `{modelRef: {name: granite}}`, want: []string{modelRefKind, "Required value"}},
		"empty kind":                  {spec: `{modelRef: {kind: "", name: granite}}`, want: []string{modelRefKind, "write the name or alias of a model kind"}},
		"kind with its group":         {spec: `{modelRef: {kind: serving.kserve.io/InferenceService, name: granite}}`, want: []string{modelRefKind, "letters and digits"}},
		"kind that starts with digit": {spec: `{modelRef: {kind: 2go, name: granite}}`, want: []string{modelRefKind, "starting with a letter"}},
		"namespace in capitals":       {spec: `{modelRef: {kind: llmisvc, name: granite, namespace: LLM}}`, want: []string{modelRefNamespace, "write a namespace name"}},
		"namespace with a dot":        {spec: `{modelRef: {kind: llmisvc, name: granite, namespace: llm.serving}}`, want: []string{modelRefNamespace, "write a namespace name"}},
		"namespace ends in a dash":    {spec: `{modelRef: {kind: llmisvc, name: granite, namespace: llm-}}`, want: []string{modelRefNamespace, "or leave the field out"}},
		"override without scheme":     {spec: `{modelRef: {kind: llmisvc, name: granite}, endpointOverride: models.example.com/granite}`, want: []string{override, "absolute http or https URL"}},
		"override is only a path":     {spec: `{modelRef: {kind: llmisvc, name: granite}, endpointOverride: /llm/granite}`, want: []string{override, "absolute http or https URL"}},
		"override without host":       {spec: `{modelRef: {kind: llmisvc, name: granite}, endpointOverride: "https:///granite"}`, want: []string{override, "absolute http or https URL"}},
		"override of ftp":             {spec: `{modelRef: {kind: llmisvc, name: granite}, endpointOverride: "ftp://models.example.com"}`, want: []string{override, "absolute http or https URL"}},
		"override with a space":       {spec: `{modelRef: {kind: llmisvc, name: granite}, endpointOverride: "https://models.example.com /granite"}`, want: []string{override, "absolute http or https URL"}},
		"override with a password":    {spec: `{modelRef: {kind: llmisvc, name: granite}, endpointOverride: "https://user:secret@models.example.com"}`, want: []string{override, "remove the user name and password"}},
		"override with a user name":   {spec: `{modelRef: {kind: llmisvc, name: granite}, endpointOverride: "https://user@models.example.com/llm"}`, want: []string{override, "remove the user name and password"}},
		"override with a query":       {spec: `{modelRef: {kind: llmisvc, name: granite}, endpointOverride: "https://models.example.com/llm?key=1"}`, want: []string{override, "without ?query or #fragment"}},
		"override with a fragment":    {spec: `{modelRef: {kind: llmisvc, name: granite}, endpointOverride: "https://models.example.com/llm#top"}`, want: []string{override, "without ?query or #fragment"}},
		"two faults are told at once": {spec: `{modelRef: {kind: llm-isvc, name: Granite}}`, want: []string{modelRefKind, modelRefName}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			model := &unstructured.Unstructured{}
			manifest := "{apiVersion: maas.opendatahub.io/v1alpha1, kind: MaaSModel, metadata: {generateName: m-}, spec: " + tc.spec + "}"
			if err := yaml.Unmarshal([]byte(manifest), &model.Object); err != nil {
				t.Fatal(err)
			}
			model.SetNamespace(namespace)
			err := env.Client.Create(t.Context(), model)
			if len(tc.want) == 0 {
				if err != nil {
					t.Errorf("refused: %v", err)
				}
				return
			}
			if !apierrors.IsInvalid(err) {
				t.Fatalf("error = %v, want a refusal as invalid", err)
			}
			for _, want := range tc.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the refusal lacks %q:\n%v", want, err)
				}
			}
		})
	}
}
