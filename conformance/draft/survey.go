package draft

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/contract"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

const (
	// maxDepth is how deep fields are looked at.
	maxDepth = 9
	// maxFields is how many fields are kept; an object of an API server has 1.5 MiB at most.
	maxFields = 4000
	// maxEntries is how many entries are looked at of one list.
	maxEntries = 50
	// maxValue is how much is kept of one value, in bytes.
	maxValue = 2000
)

// survey is what the states and the contract show.
type survey struct {
	group, kind string
	versions    []string
	scope       kind.Scope
	states      []State
	// fields are the scalars that were seen, by path; an entry of a list is [*].
	fields map[string]*field
	// conditions are those of status.conditions, in the order in which they were met.
	conditions []*condition
	// within has the conditions of entries of lists, by the path of these.
	within map[string][]*condition
	// dated says where a condition has an observedGeneration.
	dated string
	// unlike are versions that are served, and why the draft does not read them.
	unlike []string
	// schema has what the contract says of a path; columns are the conditions that
	// kubectl get shows by it.
	schema  map[string]*contract.FieldSchema
	columns []string
}

// field is a scalar at a path.
type field struct {
	path   string
	values []value
}

// value is what a field was in a state.
type value struct {
	state int
	value any
}

func (v value) text() string {
	text, _ := syntax.ScalarText(v.value)
	return text
}

// condition is a type of conditions, and what it was in each state.
type condition struct {
	name string
	seen []sight
}

type sight struct {
	state          int
	status, reason string
	message        string
}

func surveyOf(in Input) (*survey, error) {
	s := &survey{states: in.States, fields: map[string]*field{}, within: map[string][]*condition{}, schema: map[string]*contract.FieldSchema{}}
	switch {
	case len(in.States) > 0:
		if err := s.take(in.States); err != nil {
			return nil, err
		}
	case in.Contract == nil:
		return nil, ErrNothing
	}
	if in.Contract != nil {
		s.takeContract(*in.Contract)
	}
	return s, nil
}

// take looks at the objects, which have to be of one type.
func (s *survey) take(states []State) error {
	first := states[0].Object.GroupVersionKind()
	s.group, s.kind, s.scope = first.Group, first.Kind, kind.ScopeNamespaced
	if states[0].Object.GetNamespace() == "" {
		s.scope = kind.ScopeCluster
	}
	for i, state := range states {
		gvk := state.Object.GroupVersionKind()
		if gvk.GroupKind() != first.GroupKind() {
			return fmt.Errorf("%s is a %s, and %s a %s: a kind is of one type of objects", states[0].Name, first.GroupKind(), state.Name, gvk.GroupKind())
		}
		if !slices.Contains(s.versions, gvk.Version) {
			s.versions = append(s.versions, gvk.Version)
		}
		for _, part := range slices.Sorted(maps.Keys(state.Object.Object)) {
			if !slices.Contains([]string{"apiVersion", "kind", "metadata"}, part) {
				s.value(i, "$."+part, state.Object.Object[part], 0)
			}
		}
	}
	slices.SortFunc(s.versions, laterFirst)
	return nil
}

func (s *survey) takeContract(c contract.Contract) {
	s.group, s.kind, s.scope, s.columns = c.Group, c.Kind, cmp.Or(c.Scope, kind.ScopeNamespaced), c.Conditions
	for _, version := range Versions(c) {
		lacks := ""
		if len(s.versions) > 0 {
			lacks = s.lackingIn(c.Versions[version], c.Versions[s.versions[0]])
		}
		switch {
		case slices.Contains(s.versions, version):
		case lacks != "":
			s.unlike = append(s.unlike, fmt.Sprintf("%s, whose status has no %s", version, lacks))
		default:
			s.versions = append(s.versions, version)
		}
	}
	if schema := c.Versions[s.versions[0]]; schema != nil {
		for _, part := range []string{"spec", "status"} {
			if schema.Properties[part] != nil {
				s.describe("$."+part, schema.Properties[part], 0)
			}
		}
	}
}

// lackingIn is a field of the status that was seen, or conditions where no object was, and
// that one version has and another has not.
func (s *survey) lackingIn(version, first *contract.FieldSchema) string {
	seen := []string{}
	if len(s.conditions) > 0 || len(s.states) == 0 {
		seen = append(seen, "conditions")
	}
	for _, f := range s.sorted("$.status.") {
		name, _, _ := strings.Cut(strings.TrimPrefix(f.path, "$.status."), ".")
		seen = append(seen, strings.TrimSuffix(name, "[*]"))
	}
	has := func(schema *contract.FieldSchema, name string) bool {
		return schema != nil && schema.Properties["status"] != nil && schema.Properties["status"].Properties[name] != nil
	}
	for _, name := range seen {
		if has(first, name) && !has(version, name) {
			return name
		}
	}
	return ""
}

func (s *survey) describe(path string, schema *contract.FieldSchema, depth int) {
	if depth > maxDepth || len(s.schema) > maxFields {
		return
	}
	s.schema[path] = schema
	if schema.Items != nil {
		s.describe(path+"[*]", schema.Items, depth+1)
	}
	for _, name := range slices.Sorted(maps.Keys(schema.Properties)) {
		if plainName.MatchString(name) {
			s.describe(path+"."+name, schema.Properties[name], depth+1)
		}
	}
}

// plainName is a name that a path has as it is.
var plainName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func (s *survey) value(state int, path string, at any, depth int) {
	if depth > maxDepth || len(s.fields) >= maxFields {
		return
	}
	switch v := at.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			switch {
			case !plainName.MatchString(name):
			case name == "conditions" && strings.HasPrefix(path, "$.status"):
				s.conditionsIn(state, path, v[name])
			default:
				s.value(state, path+"."+name, v[name], depth+1)
			}
		}
	case []any:
		for _, one := range v[:min(len(v), maxEntries)] {
			s.value(state, path+"[*]", one, depth+1)
		}
	case nil:
	default:
		if text, ok := v.(string); ok {
			v = syntax.Shorten(text, maxValue)
		}
		if s.fields[path] == nil {
			s.fields[path] = &field{path: path}
		}
		s.fields[path].values = append(s.fields[path].values, value{state, v})
	}
}

func (s *survey) conditionsIn(state int, path string, at any) {
	list, _ := at.([]any)
	for _, one := range list[:min(len(list), maxEntries)] {
		written, _ := one.(map[string]any)
		name, _ := written["type"].(string)
		if !plainWord.MatchString(name) {
			continue
		}
		seen := sight{state: state}
		seen.status, _ = written["status"].(string)
		seen.reason, _ = written["reason"].(string)
		seen.message, _ = written["message"].(string)
		if written["observedGeneration"] != nil {
			s.dated = cmp.Or(s.dated, fmt.Sprintf("%s in %s", name, s.states[state].Name))
		}
		if path == "$.status" {
			s.conditions = noted(s.conditions, name, seen)
		} else {
			s.within[path] = noted(s.within[path], name, seen)
		}
	}
}

func noted(all []*condition, name string, seen sight) []*condition {
	i := slices.IndexFunc(all, func(c *condition) bool { return c.name == name })
	if i < 0 {
		i, all = len(all), append(all, &condition{name: name})
	}
	all[i].seen = append(all[i].seen, seen)
	return all
}

// field is nil for one that was not seen.
func (s *survey) field(path string) *field { return s.fields[path] }

// described is nil for a path of which the contract says nothing.
func (s *survey) described(path string) *contract.FieldSchema { return s.schema[path] }

// sorted are the fields below a path, the ones near it first.
func (s *survey) sorted(below string) []*field {
	var all []*field
	for path, f := range s.fields {
		if strings.HasPrefix(path, below) {
			all = append(all, f)
		}
	}
	slices.SortFunc(all, func(a, b *field) int { return cmp.Or(depthOf(a.path)-depthOf(b.path), strings.Compare(a.path, b.path)) })
	return all
}

func depthOf(path string) int { return strings.Count(path, ".") + strings.Count(path, "[") }

// last is the name at the end of a path.
func last(path string) string {
	path = strings.TrimSuffix(path, "[*]")
	return path[strings.LastIndex(path, ".")+1:]
}

// at is what the field was in a state; nil where it was not there.
func (f *field) at(state int) any {
	if f == nil {
		return nil
	}
	for _, v := range f.values {
		if v.state == state {
			return v.value
		}
	}
	return nil
}

// texts are the values that were seen, each once.
func (f *field) texts() []string {
	var all []string
	for _, v := range f.values {
		if text := v.text(); text != "" && !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	return all
}
