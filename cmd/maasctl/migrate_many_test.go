package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/cmd/internal/cli"
)

// However many models there are, in documents of their own or in one list, each
// of them is printed, and what is told stays short.
func TestMigrateMany(t *testing.T) {
	many := 10_000
	if testing.Short() {
		many = 1000
	}
	var documents strings.Builder
	var items []json.RawMessage
	for i := range many {
		name, namespace := fmt.Sprintf("m%05d", i), fmt.Sprintf("ns%d", i%40)
		item := fmt.Sprintf(`{"apiVersion":"maas.opendatahub.io/v1alpha1","kind":"MaaSModelRef","metadata":{"name":%q,"namespace":%q},`+
			`"spec":{"modelRef":{"kind":"LLMInferenceService","name":%q}},"status":{"phase":"Ready","resolvedModelAlias":"publishers/%s/models/%s"}}`,
			name, namespace, name, namespace, name)
		if i < 1000 {
			documents.WriteString("---\n" + item + "\n")
		}
		items = append(items, json.RawMessage(item))
	}
	list := func(items []json.RawMessage) string {
		content, err := json.MarshalIndent(map[string]any{"apiVersion": "v1", "kind": "List", "items": items}, "", "    ")
		if err != nil {
			t.Fatal(err)
		}
		return string(content)
	}
	fromDocuments, fromList := migrated(t, documents.String(), 1000), migrated(t, list(items[:1000]), 1000)
	if diff := cmp.Diff(fromDocuments, fromList); diff != "" {
		t.Errorf("models (-of documents +of a list):\n%s", diff)
	}
	migrated(t, list(items), many)
}

// migrated are the models of so many MaaSModelRefs, of each of which one thing is told.
func migrated(t *testing.T, input string, many int) []manifest {
	t.Helper()
	got := maasctl(t, input, "migrate", "-f", "-", "-o", "json")
	if lines := strings.Count(got.errOut, "\n"); got.code != cli.OK || lines > 30 {
		t.Fatalf("exit %d, and %d lines are told", got.code, lines)
	}
	var decoded struct {
		Items []manifest
		Notes []any
	}
	if err := json.Unmarshal([]byte(got.out), &decoded); err != nil {
		t.Fatal(err)
	}
	if len(decoded.Items) != many || len(decoded.Notes) != many+1 {
		t.Errorf("%d models and %d notes, want %d and one more", len(decoded.Items), len(decoded.Notes), many)
	}
	return decoded.Items
}

// The order in which files are named or objects written changes no model.
func TestMigrateOrder(t *testing.T) {
	parts := []string{model("b"), model("a"), strings.ReplaceAll(model("a"), "llm", "abc"),
		strings.NewReplacer("LLMInferenceService, name: x", "ExternalModel, name: gpt").Replace(model("x")),
		strings.NewReplacer("LLMInferenceService, name: y", "ExternalModel, name: gpt").Replace(model("y"))}
	var first []string
	for range parts {
		parts = append(parts[1:], parts[0])
		got := maasctl(t, strings.Join(parts, "---\n"), "migrate", "-f", "-")
		names := printed(t, got.out)
		if first == nil {
			first = names
		}
		if diff := cmp.Diff(first, names); diff != "" {
			t.Errorf("models (-want +got):\n%s", diff)
		}
	}
	if diff := cmp.Diff([]string{"a", "a", "b", "gpt", "y"}, first); diff != "" {
		t.Errorf("models (-want +got):\n%s", diff)
	}
}
