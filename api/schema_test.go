package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/maas-kinds/maas/schemas"
)

// checkReply holds a reply against the schema file for its status and against
// what the served openapi.json says about the route.
func (s *service) checkReply(t testing.TB, route string, got reply) {
	t.Helper()
	file := schemas.Error
	if got.StatusCode == http.StatusOK {
		file = map[string]string{modelsPath: schemas.Models, modelsPath + "/{id}": schemas.Model}[route]
	}
	if err := holds(compileFile(t, file), got.body); err != nil {
		t.Errorf("status %d does not hold against %s: %v\n%s", got.StatusCode, file, err, got.body)
	}
	if isWhole := !got.Request.URL.Query().Has("fields"); isWhole && got.StatusCode == http.StatusOK {
		checkWhole(t, got)
	}
	if err := holds(s.described(t, route, got.StatusCode), got.body); err != nil {
		t.Errorf("status %d is not what openapi.json says: %v\n%s", got.StatusCode, err, got.body)
	}
}

// checkWhole says where a model lacks what is left out only where other fields were
// asked for.
func checkWhole(t testing.TB, got reply) {
	t.Helper()
	var one map[string]any
	if err := json.Unmarshal([]byte(got.body), &one); err != nil {
		t.Fatal(err)
	}
	list, isList := one["data"].([]any)
	if !isList {
		list = []any{one}
	}
	for _, model := range list {
		fields, _ := model.(map[string]any)
		for _, field := range []string{"url", "ready", "kind"} {
			if _, there := fields[field]; !there {
				t.Errorf("%v has no %s", fields, field)
			}
		}
		for _, ofCaller := range []string{"access", "reported"} {
			if _, there := fields[ofCaller]; there {
				t.Errorf("%v has %s, which nobody asked for", fields, ofCaller)
			}
		}
	}
}

func holds(schema *jsonschema.Schema, body string) error {
	decoder := json.NewDecoder(strings.NewReader(body))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return err
	}
	return schema.Validate(value)
}

func newCompiler() *jsonschema.Compiler {
	compiler := jsonschema.NewCompiler()
	compiler.Draft = jsonschema.Draft2020
	compiler.AssertFormat = true
	return compiler
}

func compileFile(t testing.TB, file string) *jsonschema.Schema {
	t.Helper()
	compiler := newCompiler()
	const base = "https://maas.opendatahub.io/schemas/"
	for _, name := range []string{schemas.Model, schemas.Models, schemas.Facet, schemas.Error} {
		content, err := schemas.FS.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := compiler.AddResource(base+name, bytes.NewReader(content)); err != nil {
			t.Fatal(err)
		}
	}
	schema, err := compiler.Compile(base + file)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// described is the schema of a reply in the openapi.json that the service
// itself serves. It fails the test where openapi.json does not know the reply.
func (s *service) described(t testing.TB, route string, status int) *jsonschema.Schema {
	t.Helper()
	body := s.get(t, "/openapi.json", "").body
	var document any
	if err := json.Unmarshal([]byte(body), &document); err != nil {
		t.Fatal(err)
	}
	pointer := fmt.Sprintf("#/paths/%s/get/responses/%d", strings.NewReplacer("~", "~0", "/", "~1").Replace(route), status)
	response := at(t, document, pointer)
	if ref, ok := response["$ref"].(string); ok {
		pointer = ref
		at(t, document, pointer)
	}
	compiler := newCompiler()
	const address = "https://api.test/openapi.json"
	if err := compiler.AddResource(address, strings.NewReader(body)); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile(address + pointer + "/content/application~1json/schema")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// at is the object at a JSON pointer.
func at(t testing.TB, document any, pointer string) map[string]any {
	t.Helper()
	for key := range strings.SplitSeq(strings.TrimPrefix(pointer, "#/"), "/") {
		object, ok := document.(map[string]any)
		if !ok || object[strings.NewReplacer("~1", "/", "~0", "~").Replace(key)] == nil {
			t.Fatalf("openapi.json has nothing at %s (%s)", pointer, key)
		}
		document = object[strings.NewReplacer("~1", "/", "~0", "~").Replace(key)]
	}
	object, ok := document.(map[string]any)
	if !ok {
		t.Fatalf("openapi.json has no object at %s", pointer)
	}
	return object
}

func TestSchemasRefuseWhatTheyShould(t *testing.T) {
	const whole = `{"id":"m","object":"model","created":1,"owned_by":"a","url":"http://m.a.svc","ready":true,"kind":"llmisvc"`
	for body, want := range map[string]bool{
		whole + `}`: true,
		whole + `,"context_length":8,"max_model_len":8}`:         true,
		whole + `,"context_length":8}`:                           false, // never one without the other
		whole + `,"name":""}`:                                    false, // left out when unknown
		whole + `,"name":null}`:                                  false,
		whole + `,"aliases":[]}`:                                 false,
		whole + `,"surprise":1}`:                                 false,
		whole + `,"access":{"latency_ms":1}}`:                    false,
		`{"id":"m","object":"model","created":1,"owned_by":"a"}`: true, // what is there whichever fields are asked for
		`{"id":"m","object":"model"}`:                            false,
		strings.Replace(whole, `"a"`, `null`, 1) + `}`:           false,
	} {
		if err := holds(compileFile(t, schemas.Model), body); (err == nil) != want {
			t.Errorf("%s: %v, want valid %v", body, err, want)
		}
	}
	for body, want := range map[string]bool{
		`{"object":"list","data":null}`:                                                                               false,
		`{"object":"list","data":[],"total":0}`:                                                                       false, // never one without the other
		`{"object":"list","data":[],"total":0,"facets":{"kind":{"values":[],"more":0}}}`:                              true,
		`{"object":"list","data":[],"total":0,"facets":{"url":{"values":[],"more":0}}}`:                               false,
		`{"object":"list","data":[],"total":0,"facets":{"kind":{"values":[{"value":"a","count":0}],"more":0}}}`:       false,
		`{"object":"list","data":[],"total":0,"facets":{"kind":{"values":[{"value":"a","count":1}],"more":0},"x":1}}`: false,
	} {
		if err := holds(compileFile(t, schemas.Models), body); (err == nil) != want {
			t.Errorf("%s: %v, want valid %v", body, err, want)
		}
	}
}
