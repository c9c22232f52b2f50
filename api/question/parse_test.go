package question

import (
	"errors"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	openAI := []string{"id", "object", "created", "owned_by"}
	for name, test := range map[string]struct {
		query string
		want  Question
	}{
		"nothing is the whole list":                     {"", Question{}},
		"what others add is left alone":                 {"page=1&_=17&_=18&x[]=%ff", Question{}},
		"a kind by its alias":                           {"kind=LLMInferenceService", Question{Filter: Filter{Kinds: []string{"llmisvc"}}}},
		"a kind by both its names is one":               {"kind=LLMInferenceService,llmisvc", Question{Filter: Filter{Kinds: []string{"llmisvc"}}}},
		"kinds in force and others":                     {"kind=llmisvc,Brandnew", Question{Filter: Filter{Kinds: []string{"Brandnew", "llmisvc"}, Unknown: []string{"Brandnew"}}}},
		"values in any order, and twice":                {"namespace=b,a,b&type=image,chat", Question{Filter: Filter{Namespaces: []string{"a", "b"}, Types: []string{"chat", "image"}}}},
		"an escaped comma is one all the same":          {"namespace=a%2Cb", Question{Filter: Filter{Namespaces: []string{"a", "b"}}}},
		"capabilities keep their case":                  {"capability=Tools,/v1/embeddings", Question{Filter: Filter{Capabilities: []string{"/v1/embeddings", "Tools"}}}},
		"ready":                                         {"ready=true", Question{Filter: Filter{Ready: OnlyReady}}},
		"not ready":                                     {"ready=false", Question{Filter: Filter{Ready: OnlyUnready}}},
		"words in lower case, in any order, and twice":  {"q=+Llama++8B%09llama", Question{Filter: Filter{Words: []string{"8b", "llama"}}}},
		"a search box in which nothing is written":      {"q=", Question{Filter: Filter{Words: []string{}}}},
		"the longest text":                              {"q=" + strings.Repeat("x", 256), Question{Filter: Filter{Words: []string{strings.Repeat("x", 256)}}}},
		"an order":                                      {"sort=context_length", Question{Sort: Sort{By: ByContextLength}}},
		"the other way":                                 {"sort=-name", Question{Sort: Sort{ByName, true}}},
		"the order there is anyway":                     {"sort=id", Question{}},
		"a part":                                        {"limit=1000&after=x", Question{Part: Part{1000, "x"}}},
		"the rest":                                      {"after=x", Question{Part: Part{1000, "x"}}},
		"the cursor of a client that has none yet":      {"after=", Question{Part: Part{Limit: 1000}}},
		"fields come in their order, with OpenAI's":     {"fields=url,name,url", Question{Fields: Fields{Some: true, Names: append(openAI[:4:4], "url", "name")}}},
		"OpenAI's alone":                                {"fields=id", Question{Fields: Fields{Some: true, Names: openAI}}},
		"access alone":                                  {"fields=access", Question{Fields: Fields{Some: true, Names: openAI, Access: true}}},
		"all":                                           {"fields=*", Question{}},
		"all and access":                                {"fields=access,*", Question{Fields: Fields{Access: true}}},
		"all and more is all":                           {"fields=*,name", Question{}},
		"facets in any order, and twice":                {"facets=ready,kind,ready", Question{Facets: Kind | Ready}},
		"all facets":                                    {"facets=kind,namespace,type,capability,ready,lifecycle", Question{Facets: Kind | Namespace | Type | Capability | Ready | Lifecycle}},
		"as many values as there may be":                {"capability=" + numbers(16), Question{Filter: Filter{Capabilities: strings.Split("0,1,10,11,12,13,14,15,2,3,4,5,6,7,8,9", ",")}}},
		"marks and angle brackets are searched as text": {"q=%3CScript%3E+%E2%80%AEabc", Question{Filter: Filter{Words: []string{"<script>", "\u202eabc"}}}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, ask(t, test.query)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.query, diff)
			}
		})
	}
}

// numbers are so many values.
func numbers(n int) string {
	values := make([]string, n)
	for i := range values {
		values[i] = strconv.Itoa(i)
	}
	return strings.Join(values, ",")
}

func TestParseRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		query, param string
		// says is in the message: what is allowed.
		says string
	}{
		"a limit of nothing":              {"limit=0", "limit", "from 1 to 1000"},
		"less than that":                  {"limit=-1", "limit", "from 1 to 1000"},
		"too much":                        {"limit=1001", "limit", "from 1 to 1000"},
		"a number of another form":        {"limit=1e9", "limit", "from 1 to 1000"},
		"more than a number holds":        {"limit=99999999999999999999", "limit", "from 1 to 1000"},
		"a parameter twice":               {"q=a&q=b", "q", "once"},
		"fields twice":                    {"fields=id&fields=id", "fields", "once"},
		"a thousand filters":              {strings.Repeat("kind=llmisvc&", 600), "kind", "once"},
		"a thousand values":               {"capability=" + numbers(1000), "capability", "16 values"},
		"one value too many":              {"namespace=" + numbers(17), "namespace", "16 values"},
		"a query without end":             {"x=" + strings.Repeat("y", 8<<10), "", "8192 bytes"},
		"a query that does not parse":     {"q=%zz", "", "percent-encode"},
		"an unknown type":                 {"type=chat,telepathy", "type", "chat, completion, embedding"},
		"no type":                         {"type=", "type", "chat, completion, embedding"},
		"a type in capitals":              {"type=Chat", "type", "chat, completion, embedding"},
		"no kind":                         {"kind=", "kind", "GET /v1/models"},
		"no kind between two":             {"kind=llmisvc,,InferenceService", "kind", "GET /v1/models"},
		"no namespace":                    {"namespace=", "namespace", "lower-case letters"},
		"a blank beside a comma":          {"namespace=a,+b", "namespace", "lower-case letters"},
		"no capability":                   {"capability=", "capability", "separated by commas"},
		"no capability behind a comma":    {"capability=chat,", "capability", "separated by commas"},
		"a capability that is no text":    {"capability=%ff", "capability", "UTF-8"},
		"a text that is none":             {"q=gr%ff", "q", "UTF-8"},
		"half a character":                {"q=%e2%80", "q", "UTF-8"},
		"too long a text":                 {"q=" + strings.Repeat("x", 257), "q", "256 bytes"},
		"an unknown order":                {"sort=size", "sort", "id, name, created"},
		"no order":                        {"sort=", "sort", "id, name, created"},
		"two orders":                      {"sort=name,id", "sort", "id, name, created"},
		"an order twice the other way":    {"sort=--name", "sort", "id, name, created"},
		"an unknown field":                {"fields=id,password", "fields", "id, object, created, owned_by"},
		"no field":                        {"fields=", "fields", "access"},
		"a field inside another":          {"fields=lifecycle.status", "fields", "lifecycle"},
		"an unknown facet":                {"facets=kind,url", "facets", "kind, namespace, type"},
		"no facet":                        {"facets=", "facets", "kind, namespace, type"},
		"a text is no facet":              {"facets=text", "facets", "kind, namespace, type"},
		"neither ready nor not":           {"ready=yes", "ready", "ready=true"},
		"more than one thing at once":     {"limit=0&sort=size", "limit", "from 1 to 1000"},
		"a namespace that cannot be one":  {"namespace=A_b", "namespace", "lower-case letters"},
		"a path where a namespace is due": {"namespace=../etc", "namespace", "lower-case letters"},
	} {
		t.Run(name, func(t *testing.T) {
			query, err := Query(test.query)
			if err == nil {
				_, err = Parse(query, vocabulary())
			}
			var refusal *Refusal
			if !errors.As(err, &refusal) || refusal.Param != test.param || !strings.Contains(refusal.Message, test.says) {
				t.Errorf("%v of %q, want one of %q with %q", err, refusal, test.param, test.says)
			}
		})
	}
}

func TestParseRefusesNamespacesThatAreNotServed(t *testing.T) {
	v := vocabulary()
	v.Namespaces = []string{"a", "b"}
	for namespace, want := range map[string]bool{"a": true, "a,b": true, "a,c": false, "c": false} {
		if _, err := Parse(url.Values{"namespace": {namespace}}, v); (err == nil) != want {
			t.Errorf("%s: %v, want served %v", namespace, err, want)
		}
	}
}

// Two questions with one key would be given one answer.
func TestKeysTellQuestionsApart(t *testing.T) {
	seen := map[[32]byte]string{}
	for _, query := range []string{
		"", "kind=a", "kind=b", "kind=a,b", "kind=llmisvc", "namespace=a", "namespace=a,b", "namespace=ab", "type=chat", "capability=chat", "capability=a", "q=a", "q=a+b", "q=ab",
		"ready=true", "ready=false", "sort=name", "sort=-name", "sort=-id", "sort=kind", "limit=1", "limit=10", "limit=1000", "after=a", "after=%ff", "after=%fe", "after=a&limit=1",
		"fields=id", "fields=id,name", "fields=access", "fields=*,access", "fields=name,access", "facets=kind", "facets=type", "facets=kind,type", "kind=a&facets=kind", "kind=a&limit=1",
	} {
		key := ask(t, query).Key()
		if other, found := seen[key]; found {
			t.Errorf("%q and %q have the same key", query, other)
		}
		seen[key] = query
	}
	for query, same := range map[string]string{
		"kind=llmisvc,LLMInferenceService": "kind=LLMInferenceService", "q=+b++A": "q=a+b", "fields=name,id": "fields=name", "facets=type,kind": "facets=kind,type", "sort=id": "",
		"fields=*": "", "q=": "", "_=1": "",
	} {
		if ask(t, query).Key() != ask(t, same).Key() {
			t.Errorf("%q and %q ask the same and have two keys", query, same)
		}
	}
}

// Selections are the same where the same models are wanted, whatever else is asked about
// them, and where others are they differ.
func TestSelectionsTellModelsApart(t *testing.T) {
	seen := map[[32]byte]string{}
	for _, query := range []string{
		"", "kind=a", "kind=a,b", "namespace=a", "namespace=a,b", "type=chat", "ready=true", "ready=false", "kind=a&ready=true", "kind=a&namespace=a", "kind=a&namespace=b", "kind=llmisvc",
	} {
		selection := ask(t, query).Selection()
		if other, found := seen[selection]; found {
			t.Errorf("%q and %q have the same selection", query, other)
		}
		seen[selection] = query
	}
	if none := ask(t, "").Selection(); none != [32]byte{} {
		t.Errorf("the whole list is %x", none)
	}
	for query, same := range map[string]string{
		"kind=a&q=tools&limit=7&sort=name&fields=id": "kind=a", "capability=chat": "", "q=a": "", "kind=a&facets=kind": "", "kind=a&ready=true&facets=ready": "kind=a",
		"kind=LLMInferenceService": "kind=llmisvc",
	} {
		if ask(t, query).Selection() != ask(t, same).Selection() {
			t.Errorf("%q and %q want the same models and have two selections", query, same)
		}
	}
}
