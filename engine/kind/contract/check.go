package contract

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// typeCheck walks a kind-spec over the contracts of what it reads. It collects
// faults, and what was read.
type typeCheck struct {
	k         *kind.Kind
	spec      *v1alpha1.ModelKindSpec
	contracts map[schema.GroupKind]*Contract
	// pinned is what was read of the contracts.
	pinned map[schema.GroupKind]*Contract
	// origin says in words what the contracts are; hint ends what is said of
	// something that they do not have, and absent of a type that they do not have.
	origin, hint, absent string
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
	// readers has, for what is pinned, where in the kind-spec it is read.
	readers map[*FieldSchema][]string
	// good has, by place in the kind-spec, the versions in which it fits.
	good map[string][]string
}

// mistake is a fault before it is known in how many versions it is one.
type mistake struct{ at, message string }

func newTypeCheck(k *kind.Kind, contracts []Contract) *typeCheck {
	t := &typeCheck{
		k: k, spec: k.Spec(), contracts: map[schema.GroupKind]*Contract{}, pinned: map[schema.GroupKind]*Contract{},
		roots: map[string][]cursor{}, values: map[string][]cursor{}, found: map[mistake][]string{},
		conditions: map[string]int{}, dated: map[string]int{}, good: map[string][]string{},
		readers: map[*FieldSchema][]string{},
	}
	for _, c := range contracts {
		t.contracts[c.GroupKind()] = &c
	}
	for _, name := range kind.BuiltInValues() {
		t.values[name] = []cursor{{schema: scalar("string")}}
	}
	return t
}

// kind walks everything, each value after what it needs.
func (t *typeCheck) kind() {
	for i, r := range t.k.Referents() {
		at := "/spec/referent"
		if i > 0 {
			at += fmt.Sprintf("/alternatives/%d", i-1)
		}
		t.role("", at, r)
	}
	for _, r := range t.k.Related() {
		i := slices.IndexFunc(t.spec.Subjects, func(s v1alpha1.Subject) bool { return s.As == r.As })
		t.role(r.As, fmt.Sprintf("/spec/subjects/%d/object", i), r.Referent)
	}
	for _, step := range t.k.Order() {
		if step.Value != "" {
			t.value(step.Value)
		} else {
			t.subject(step.Subject)
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
	for _, fact := range v1alpha1.Facts() {
		t.enrichment("/spec/model/"+fact.Name, fact, t.spec.Model[fact.Name])
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
func (t *typeCheck) adviseType(missing schema.GroupKind) string {
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
	if near := syntax.Nearest(missing.Kind, kinds); near != "" {
		return fmt.Sprintf(", did you mean kind: %s?", near)
	}
	if len(groups) > 0 {
		return fmt.Sprintf(", there is one of group: %s", strings.Join(groups, ", "))
	}
	if !strings.Contains(missing.Group, ".") {
		return adviseBuiltIn(missing)
	}
	return t.absent
}

// role notes the objects of a role, and that they are read.
func (t *typeCheck) role(as, at string, r kind.Referent) {
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
			Source: contract.Source, Versions: map[string]*FieldSchema{},
			Served: contract.Served, Storage: contract.Storage, Deprecated: contract.Deprecated}
		t.pinned[r.GroupKind()] = part
	}
	for i, version := range r.Versions {
		whole := contract.Versions[version]
		if whole == nil {
			t.fault(fmt.Sprintf("%s/versions/%d", at, i), "", "%s does not have %s served in %s, there is %s%s",
				t.origin, r.Kind, version, strings.Join(contract.VersionNames(), ", "), t.hint)
			continue
		}
		if part.Versions[version] == nil {
			part.Versions[version] = whole.flat()
		}
		root := cursor{schema: withMetadata(whole), pinned: part.Versions[version], version: version, of: r.Kind, group: r.Group, as: as, whole: true, text: "$"}
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
func (t *typeCheck) fault(at, version, format string, args ...any) {
	f := mistake{at, strings.Replace(fmt.Sprintf(format, args...), "?; w", "? W", 1)}
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
func (t *typeCheck) faults() syntax.Faults {
	doc := t.k.Positions().Report(syntax.RuleContract)
	for _, f := range t.said {
		message, in := f.message, t.found[f]
		others := slices.DeleteFunc(slices.Clone(t.good[f.at]), func(v string) bool { return slices.Contains(in, v) })
		if len(in) > 0 && len(in) < len(t.k.Referent().Versions) {
			message = fmt.Sprintf("in version %s, %s", strings.Join(in, " and "), message)
		}
		if len(in) > 0 && len(others) > 0 && !strings.Contains(f.at, "/agrees/") {
			message += fmt.Sprintf("; it fits in %s: write %s where only that is meant", strings.Join(others, " and "), onlyIn(f.at, others))
		}
		doc.FaultAt(f.at, "%s", message)
	}
	return doc.Faults()
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

// read notes where something is read.
func (t *typeCheck) read(at string, all ...cursor) {
	for _, c := range all {
		if c.pinned != nil && !slices.Contains(t.readers[c.pinned], at) {
			t.readers[c.pinned] = append(t.readers[c.pinned], at)
		}
	}
}

func (t *typeCheck) fits(at, version string) {
	if !slices.Contains(t.good[at], version) {
		t.good[at] = append(t.good[at], version)
	}
}
