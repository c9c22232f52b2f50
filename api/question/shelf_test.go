package question

import (
	"encoding/json"
	"testing"

	"github.com/maas-kinds/maas/api/catalog"
	"github.com/maas-kinds/maas/api/places"
)

// shelf are entries sorted by id, of the models that are given.
func shelf(t *testing.T, models ...catalog.Model) []*catalog.Entry {
	t.Helper()
	entries := make([]*catalog.Entry, len(models))
	for i, m := range models {
		m.Object = "model"
		text, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		entries[i] = &catalog.Entry{ID: m.ID, Name: m.ID, Namespace: m.OwnedBy, Kind: m.Kind, Ready: m.Ready, Model: m, JSON: text}
		if i > 0 && entries[i-1].ID >= m.ID {
			t.Fatalf("%s comes before %s", m.ID, entries[i-1].ID)
		}
	}
	return entries
}

// all are the places of so many entries but those that are hidden.
func all(n int, hidden ...int) places.Set {
	set := places.New(n)
	for place := range n {
		set.Add(place)
	}
	for _, place := range hidden {
		set[place/8] &^= 1 << (place % 8)
	}
	return set
}

// library are models with most of what can be asked for; the last of them is hidden
// in the tests that hide one.
func library(t *testing.T) []*catalog.Entry {
	return shelf(t,
		catalog.Model{ID: "alto", OwnedBy: "a", Kind: "llmisvc", Ready: true, Created: 3, Name: "Zeta", Type: "chat", ContextLength: 8192,
			Capabilities: []string{"chat", "tools"}, SupportedFeatures: []string{"tools", "json_mode"}, SupportedEndpoints: []string{"/v1/chat/completions"}},
		catalog.Model{ID: "b/alto", OwnedBy: "b", Kind: "llmisvc", Created: 1, Name: "beta", Description: "Écrit du FRANÇAIS", Type: "chat", ContextLength: 131072,
			Aliases: []string{"org/Alias"}, Adapters: []string{"sql-lora"}, Lifecycle: &catalog.Lifecycle{Status: catalog.StatusDeprecated}},
		catalog.Model{ID: "bass", OwnedBy: "b", Kind: "InferenceService", Ready: true, Created: 2, Type: "embedding", UseCase: "retrieval", Source: "hf://org/bass"},
		catalog.Model{ID: "clef", OwnedBy: "a", Kind: "Brandnew", Ready: true, Created: 2, Name: "<script>alert(1)</script>", Capabilities: []string{"tools"},
			Lifecycle: &catalog.Lifecycle{Status: catalog.StatusActive}},
		catalog.Model{ID: "secret", OwnedBy: "s", Kind: "Hush", Ready: true, Created: 9, Name: "Alpha", Type: "image", ContextLength: 1 << 20,
			Capabilities: []string{"chat", "spying"}, Description: "hidden treasure"},
	)
}

// kinds in force in the tests.
func vocabulary() Vocabulary {
	return Vocabulary{Kind: func(word string) (string, bool) {
		name, known := map[string]string{"llmisvc": "llmisvc", "LLMInferenceService": "llmisvc", "InferenceService": "InferenceService"}[word]
		return name, known
	}}
}

// ask parses a query that has to parse.
func ask(t *testing.T, raw string) Question {
	t.Helper()
	query, err := Query(raw)
	if err != nil {
		t.Fatal(err)
	}
	q, err := Parse(query, vocabulary())
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// ids are those of the models of an answer in its order.
func (a Answer) ids(entries []*catalog.Entry, order []int32) []string {
	ids := []string{}
	for i := range entries {
		place := i
		if order != nil {
			place = int(order[i])
		}
		if a.Chosen.Has(place) {
			ids = append(ids, entries[place].ID)
		}
	}
	return ids
}
