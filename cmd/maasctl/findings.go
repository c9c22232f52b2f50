package main

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/contract"
)

// findings are what a type or an object tells about how it may be read.
type findings struct {
	group, kind string
	versions    []string
	scope       kind.Scope
	// conditions has the types that were seen; conditioned says that there is a
	// list of them, dated that each has an observedGeneration.
	conditions         []string
	conditioned, dated bool
	// entries is the path of entries that have conditions of their own.
	entries string
	// generation says that there is a status.observedGeneration.
	generation bool
	// urls are the paths of what looks like an endpoint, likely ones first.
	urls []string
	// state is the path of a word for the state, words what it may be.
	state string
	words []string
}

const maxDraftDepth = 5

// findInContract looks at the schema of the first of the versions.
func findInContract(c contract.Contract) findings {
	versions := slices.SortedFunc(maps.Keys(c.Versions), laterFirst)
	f := findings{group: c.Group, kind: c.Kind, versions: versions[:1], scope: c.Scope, conditions: c.Conditions}
	if status := c.Versions[versions[0]].Properties["status"]; status != nil {
		f.schema("$.status", "", status, 0)
	}
	f.sort()
	return f
}

func (f *findings) schema(path, name string, s *contract.FieldSchema, depth int) {
	switch {
	case depth > maxDraftDepth:
	case path == "$.status.conditions":
		f.conditioned = true
		f.dated = s.Items != nil && s.Items.Properties["observedGeneration"] != nil
	case name == "conditions" && strings.HasSuffix(path, "[*].conditions"):
		f.entries = cmp.Or(f.entries, strings.TrimSuffix(path, ".conditions"))
	case path == "$.status.observedGeneration":
		f.generation = true
	case s.Type == "string" && f.better(path):
		f.state, f.words = path, nil
		for _, word := range s.Enum {
			if text, ok := word.(string); ok && text != "" {
				f.words = append(f.words, text)
			}
		}
	case s.Type == "string" && saysURL(name):
		f.urls = append(f.urls, path)
	case s.Type == "array" && s.Items != nil:
		f.schema(path+"[*]", name, s.Items, depth+1)
	default:
		for _, child := range slices.Sorted(maps.Keys(s.Properties)) {
			f.schema(path+"."+child, child, s.Properties[child], depth+1)
		}
	}
}

// findInObject looks at the status that an object has.
func findInObject(object *unstructured.Unstructured) findings {
	gvk := object.GroupVersionKind()
	f := findings{group: gvk.Group, kind: gvk.Kind, versions: []string{gvk.Version}, scope: kind.ScopeNamespaced}
	if object.GetNamespace() == "" {
		f.scope = kind.ScopeCluster
	}
	f.value("$.status", "", object.Object["status"], 0)
	f.sort()
	return f
}

func (f *findings) value(path, name string, value any, depth int) {
	switch v := value.(type) {
	case map[string]any:
		for _, child := range slices.Sorted(maps.Keys(v)) {
			f.value(path+"."+child, child, v[child], depth+1)
		}
	case []any:
		if path == "$.status.conditions" {
			f.conditionsIn(v)
			return
		}
		for _, entry := range v {
			f.value(path+"[*]", name, entry, depth+1)
		}
	case string:
		switch {
		case f.better(path):
			f.state, f.words = path, []string{v}
		case (strings.Contains(v, "://") || saysURL(name)) && !slices.Contains(f.urls, path) && depth <= maxDraftDepth:
			f.urls = append(f.urls, path)
		}
	case nil:
	default:
		f.generation = f.generation || path == "$.status.observedGeneration"
	}
}

func (f *findings) conditionsIn(list []any) {
	f.conditioned = true
	for _, entry := range list {
		condition, _ := entry.(map[string]any)
		if text, ok := condition["type"].(string); ok {
			f.conditions = append(f.conditions, text)
		}
		f.dated = f.dated || condition["observedGeneration"] != nil
	}
}

// with adds what an object shows to what its type says.
func (f findings) with(seen findings) findings {
	for _, condition := range f.conditions {
		if !slices.Contains(seen.conditions, condition) {
			seen.conditions = append(seen.conditions, condition)
		}
	}
	f.conditions, f.conditioned, f.dated = seen.conditions, f.conditioned || seen.conditioned, f.dated || seen.dated
	f.versions = seen.versions
	for _, path := range seen.urls {
		if !slices.Contains(f.urls, path) {
			f.urls = append(f.urls, path)
		}
	}
	if f.state == "" || f.state == seen.state && len(f.words) == 0 {
		f.state, f.words = seen.state, seen.words
	}
	// A schema may have a field that the backend never fills.
	f.generation = seen.generation || f.generation && !seen.conditioned && seen.state == ""
	f.sort()
	return f
}

// better says that a path is that of a word for the state, and rather than the
// one that was found before: $.status.phase rather than $.status.modelStatus.
func (f *findings) better(path string) bool {
	name, ok := strings.CutPrefix(strings.ToLower(path), "$.status.")
	if !ok || strings.ContainsAny(name, ".[") {
		return false
	}
	words := []string{"phase", "state", "status"}
	if slices.Contains(words, name) {
		return true
	}
	return f.state == "" && slices.ContainsFunc(words, func(word string) bool { return strings.HasSuffix(name, word) })
}

func saysURL(name string) bool {
	lower := strings.ToLower(name)
	return slices.ContainsFunc([]string{"url", "uri", "endpoint", "address", "hostname"}, func(word string) bool { return strings.Contains(lower, word) })
}

// sort puts first what is near the top, and says url.
func (f *findings) sort() {
	slices.SortStableFunc(f.urls, func(a, b string) int {
		return cmp.Or(strings.Count(a, ".")-strings.Count(b, "."), notURL(a)-notURL(b), strings.Compare(a, b))
	})
}

func notURL(path string) int {
	if strings.HasSuffix(strings.ToLower(path), "url") {
		return 0
	}
	return 1
}

// laterFirst orders v2 before v1 before v1beta1.
func laterFirst(a, b string) int {
	stable := func(version string) int {
		switch {
		case strings.Contains(version, "alpha"):
			return 2
		case strings.Contains(version, "beta"):
			return 1
		}
		return 0
	}
	return cmp.Or(stable(a)-stable(b), strings.Compare(b, a))
}
