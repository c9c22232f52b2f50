package kind

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// typing walks a kind-spec over the contracts of what it reads. It collects
// faults, and what was read.
type typing struct {
	k         *Kind
	spec      v1alpha1.ModelKindSpec
	contracts map[schema.GroupKind]*Contract
	// pinned is what was read of the contracts.
	pinned map[schema.GroupKind]*Contract
	// origin says in words what the contracts are; hint ends what is said of
	// something that they do not have.
	origin, hint string
	// roots is what each subject is, a cursor for each version.
	roots map[string][]cursor
	// values has what each value may be.
	values map[string][]cursor
	// conditions counts, by object, the conditions that are read; dated are those
	// with an observedGeneration.
	conditions, dated map[string]int
	// found has, by what is wrong, in which versions; said are its keys in order.
	found map[mistake][]string
	said  []mistake
	// good has, by place in the kind-spec, the versions in which it fits.
	good map[string][]string
}

// mistake is a fault before it is known in how many versions it is one.
type mistake struct{ at, message string }

func newTyping(k *Kind, contracts []Contract) *typing {
	t := &typing{
		k: k, spec: k.spec, contracts: map[schema.GroupKind]*Contract{}, pinned: map[schema.GroupKind]*Contract{},
		roots: map[string][]cursor{}, values: map[string][]cursor{}, found: map[mistake][]string{},
		conditions: map[string]int{}, dated: map[string]int{}, good: map[string][]string{},
	}
	for _, c := range contracts {
		t.contracts[c.GroupKind()] = &c
	}
	for _, name := range builtInValues {
		t.values[name] = []cursor{{schema: scalar("string")}}
	}
	return t
}

// kind walks everything, each value after what it needs.
func (t *typing) kind() {
	if t.k.noReferent == "" {
		t.role("", "/spec/referent", t.k.referent)
		for i, r := range t.k.alternatives {
			t.role("", fmt.Sprintf("/spec/referent/alternatives/%d", i), r)
		}
	}
	for i, s := range t.k.subjects {
		if s.object != nil {
			t.role(s.as, fmt.Sprintf("/spec/subjects/%d/object", i), s.object.referent)
		}
	}
	for _, step := range t.k.order {
		if step.value != "" {
			t.value(step.value)
		} else {
			t.subject(step.subject)
		}
	}
	for i, r := range t.spec.Health {
		at := fmt.Sprintf("/spec/health/%d", i)
		t.predicates(at+"/when", r.When, nil)
		t.scalars(at+"/because", r.Because)
	}
	for i, c := range t.spec.Endpoint {
		t.candidate(fmt.Sprintf("/spec/endpoint/%d", i), c)
	}
	written := modelSources(t.spec.Model)
	for _, field := range sortedKeys(written) {
		t.enrichment("/spec/model/"+field, field, written[field])
	}
	t.generation("/spec/generation", t.spec.Generation, "")
	for i, s := range t.spec.Subjects {
		if s.Object != nil {
			t.generation(fmt.Sprintf("/spec/subjects/%d/object/generation", i), s.Object.Generation, s.As)
		}
	}
	t.everyVersionServes()
}

// adviseType names the type that was probably meant.
func (t *typing) adviseType(missing schema.GroupKind) string {
	var kinds, groups []string
	for groupKind := range t.contracts {
		if groupKind.Group == missing.Group {
			kinds = append(kinds, groupKind.Kind)
		}
		if groupKind.Kind == missing.Kind {
			groups = append(groups, groupKind.Group)
		}
	}
	slices.Sort(kinds)
	slices.Sort(groups)
	if near := Nearest(missing.Kind, kinds); near != "" {
		return fmt.Sprintf(", did you mean kind: %s?", near)
	}
	if len(groups) > 0 {
		return fmt.Sprintf(", there is one of group: %s", strings.Join(groups, ", "))
	}
	return ""
}

// role notes the objects of a role, and that they are read.
func (t *typing) role(as, at string, r Referent) {
	contract := t.contracts[r.GroupKind()]
	if contract == nil {
		t.fault(at, "", "%s has no %s%s%s", t.origin, r.GroupKind(), t.adviseType(r.GroupKind()), t.hint)
		return
	}
	if contract.Scope != r.Scope {
		t.fault(at+"/scope", "", "%s objects are of scope %s, write scope: %s", r.Kind, contract.Scope, contract.Scope)
	}
	part := t.pinned[r.GroupKind()]
	if part == nil {
		part = &Contract{Group: contract.Group, Kind: contract.Kind, Plural: contract.Plural, Scope: contract.Scope,
			Source: contract.Source, Versions: map[string]*FieldSchema{}}
		t.pinned[r.GroupKind()] = part
	}
	for i, version := range r.Versions {
		whole := contract.Versions[version]
		if whole == nil {
			t.fault(fmt.Sprintf("%s/versions/%d", at, i), "", "%s does not have %s served in %s, there is %s%s",
				t.origin, r.Kind, version, strings.Join(contract.versionNames(), ", "), t.hint)
			continue
		}
		if part.Versions[version] == nil {
			part.Versions[version] = whole.flat()
		}
		root := cursor{schema: withMetadata(whole), pinned: part.Versions[version], version: version, of: r.Kind, as: as, whole: true, text: "$"}
		t.roots[as] = append(t.roots[as], root)
	}
}

func withMetadata(whole *FieldSchema) *FieldSchema {
	properties := maps.Clone(whole.Properties)
	if properties == nil {
		properties = map[string]*FieldSchema{}
	}
	maps.Copy(properties, everyObject())
	copied := *whole
	copied.Properties = properties
	return &copied
}

// fault is one in a version; empty for what has nothing to do with versions.
func (t *typing) fault(at, version, format string, args ...any) {
	f := mistake{at, fmt.Sprintf(format, args...)}
	if _, ok := t.found[f]; !ok {
		t.said = append(t.said, f)
	}
	if version != "" && !slices.Contains(t.found[f], version) {
		t.found[f] = append(t.found[f], version)
	} else if t.found[f] == nil {
		t.found[f] = []string{}
	}
}

// faults says of each in which versions it is one, where it is not one in others.
func (t *typing) faults() Faults {
	doc := document{file: t.k.file, lines: t.k.lines, rule: ruleContract}
	for _, f := range t.said {
		message, in := f.message, t.found[f]
		others := slices.DeleteFunc(slices.Clone(t.good[f.at]), func(v string) bool { return slices.Contains(in, v) })
		if len(in) > 0 && len(in) < len(t.k.referent.Versions) {
			message = fmt.Sprintf("in version %s, %s", strings.Join(in, " and "), message)
		}
		if len(in) > 0 && len(others) > 0 && !strings.Contains(f.at, "/agrees/") {
			message += fmt.Sprintf("; it fits in %s: write %s where only that is meant", strings.Join(others, " and "), onlyIn(f.at, others))
		}
		doc.faultAt(f.at, "%s", message)
	}
	return doc.faults.sorted()
}

// ofEntries is the path of the list that a subject is an entry of.
var ofEntries = regexp.MustCompile(`^/spec/subjects/[0-9]+/(each|all)$`)

// onlyIn is how some versions are meant: a subject has its own words for it.
func onlyIn(at string, versions []string) string {
	only := "versions: [" + strings.Join(versions, ", ") + "]"
	if ofEntries.MatchString(at) {
		return "where: [{" + only + ", path: $, exists: true}]"
	}
	return only
}

func (t *typing) fits(at, version string) {
	if !slices.Contains(t.good[at], version) {
		t.good[at] = append(t.good[at], version)
	}
}
