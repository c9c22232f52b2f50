package draft_test

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/cases"
	"github.com/maas-kinds/maas/conformance/draft"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/engine/phase"
	"github.com/maas-kinds/maas/engine/registry"
	"github.com/maas-kinds/maas/kinds"
)

var update = flag.Bool("update", false, "write the table of kept lines anew")

// leastKept is how much of the drafted lines has to be in the kinds as people wrote them.
const leastKept = 0.80

// A draft is made of the objects of each built-in kind's cases, and each of its lines of
// health and of the endpoint is looked for in the kind itself.
//
// A health rule is kept when a rule of the kind says the same state and has each of its
// predicates: the same condition with the same status, the same field with the same
// values; or when it hands the same object on to the same kind. A candidate is kept when
// one of the kind takes the URL or its host from the same field, or from the same object,
// found in the same way; a Service handed on and its host name written out are one. It is
// unchanged where the line of the kind says no more than that. What says that nothing was
// seen, the rule that holds for no object and noEndpoint, is no line.
func TestKept(t *testing.T) {
	folders, set := builtIn(t)
	var table strings.Builder
	table.WriteString("| kind | drafted | kept | unchanged | lines of the kind | not kept |\n| --- | --- | --- | --- | --- | --- |\n")
	var all score
	for _, f := range folders {
		if f.Kind.NoReferent() != "" {
			continue
		}
		d, spec := draftOf(t, f, set)
		of := compare(spec, f.Spec)
		all.add(of)
		fmt.Fprintf(&table, "| %s | %d | %d | %d | %d | %s |\n", f.Name, of.drafted, of.kept, of.exact, of.written, strings.Join(of.missed, "; "))
		if testing.Verbose() {
			t.Logf("%s\n%s", f.Name, d.Spec)
		}
	}
	share := float64(all.kept) / float64(all.drafted)
	fmt.Fprintf(&table, "| **all** | %d | %d | %d | %d | %.1f %% kept, %.1f %% unchanged; %.1f %% of the kinds' lines were drafted |\n",
		all.drafted, all.kept, all.exact, all.written, 100*share, 100*float64(all.exact)/float64(all.drafted), 100*float64(all.found)/float64(all.written))
	t.Logf("\n%s", table.String())
	if share < leastKept {
		t.Errorf("%.1f %% of the drafted lines are kept, want %.0f %%", 100*share, 100*leastKept)
	}
	const golden = "testdata/kept.md"
	if *update {
		if err := os.WriteFile(golden, []byte(table.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(filepath.FromSlash(golden))
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(string(want), table.String()); diff != "" {
		t.Errorf("another table (-want +got; -update writes it anew):\n%s", diff)
	}
}

func builtIn(t *testing.T) ([]*cases.Folder, *kind.Set) {
	t.Helper()
	machine, err := phase.New()
	if err != nil {
		t.Fatal(err)
	}
	reader, err := cases.NewReader(machine)
	if err != nil {
		t.Fatal(err)
	}
	source := registry.Source{Name: "built-in", FS: kinds.FS}
	folders, err := reader.Load(source)
	if err != nil {
		t.Fatal(err)
	}
	set, err := registry.Load(source)
	if err != nil {
		t.Fatal(err)
	}
	return folders, set
}

// draftOf has to be something that lint takes.
func draftOf(t *testing.T, f *cases.Folder, set *kind.Set) (draft.Draft, *v1alpha1.ModelKindSpec) {
	t.Helper()
	in := draft.Input{Name: f.Name, Kinds: set}
	for _, c := range f.Cases {
		if c.Referent.GroupVersionKind().GroupKind() == f.Kind.Referent().GroupKind() {
			in.States = append(in.States, draft.State{Name: c.Name, Object: draft.Stripped(c.Referent)})
		}
		in.Beside = append(in.Beside, draft.StrippedAll(c.Related)...)
	}
	d, err := draft.Of(in)
	if err != nil {
		t.Fatalf("%s: %v", f.Name, err)
	}
	return d, compiled(t, f.Name, d.Spec)
}

func compiled(t *testing.T, name, text string) *v1alpha1.ModelKindSpec {
	t.Helper()
	language, err := kind.NewLanguage()
	if err != nil {
		t.Fatal(err)
	}
	var value any
	if err := yaml.Unmarshal([]byte(text), &value); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, text)
	}
	k, err := language.Compile(name, value)
	if err != nil || len(k.Warnings()) > 0 {
		t.Fatalf("%s: %v %v\n%s", name, err, k, text)
	}
	var written v1alpha1.ModelKind
	if err := syntax.Parse(name, []byte(text)).Decode(&written); err != nil {
		t.Fatal(err)
	}
	return &written.Spec
}

type score struct {
	drafted, kept, exact, written, found int
	missed                               []string
}

func (s *score) add(o score) {
	s.drafted, s.kept, s.exact, s.written, s.found = s.drafted+o.drafted, s.kept+o.kept, s.exact+o.exact, s.written+o.written, s.found+o.found
}

// compare looks for each line of one in the other.
func compare(drafted, written *v1alpha1.ModelKindSpec) score {
	a, b := reading{drafted}, reading{written}
	var s score
	found := map[int]bool{}
	for _, line := range a.health() {
		if strings.Contains(line.String(), "say-what-is-ready") {
			continue // It stands for that nothing was seen.
		}
		s.drafted++
		kept, exact := false, false
		for i, other := range b.health() {
			if other.is == line.is && line.within(other) {
				kept, exact = true, exact || len(line.says) == len(other.says)
				found[i] = true
			}
		}
		s.count(kept, exact, line.String())
	}
	s.found += len(found)
	found = map[int]bool{}
	for _, line := range a.endpoint() {
		s.drafted++
		kept, exact := false, false
		for i, other := range b.endpoint() {
			if slices.ContainsFunc(line.from, func(source string) bool { return slices.Contains(other.from, source) }) {
				kept, exact = true, exact || !other.more
				found[i] = true
			}
		}
		s.count(kept, exact, strings.Join(line.from, ", "))
	}
	s.found += len(found)
	s.written = len(written.Health) + len(written.Endpoint)
	return s
}

func (s *score) count(kept, exact bool, line string) {
	if kept {
		s.kept++
	} else {
		s.missed = append(s.missed, strings.ReplaceAll(line, "|", "/"))
	}
	if exact {
		s.exact++
	}
}

// reading gives the lines of a kind-spec in one form, with values and subjects resolved.
type reading struct{ *v1alpha1.ModelKindSpec }

type healthLine struct {
	is   string
	says []string
}

func (l healthLine) String() string { return l.is + " when " + strings.Join(l.says, " and ") }

func (l healthLine) within(o healthLine) bool {
	return !slices.ContainsFunc(l.says, func(one string) bool { return !slices.Contains(o.says, one) })
}

func (r reading) health() []healthLine {
	var lines []healthLine
	for _, rule := range r.Health {
		if rule.Kind != "" {
			// The object is one of those that the subject may be.
			for _, object := range r.object(rule.Of) {
				lines = append(lines, healthLine{is: "as " + rule.Kind, says: append([]string{object}, r.predicates(rule.When)...)})
			}
			continue
		}
		lines = append(lines, healthLine{string(rule.Is), r.predicates(rule.When)})
	}
	return lines
}

func (r reading) predicates(when []v1alpha1.Predicate) []string {
	var all []string
	for _, p := range when {
		base, where := r.base(p.Of)
		exists := p.Path == "$" && p.Exists != nil && *p.Exists && p.Match == v1alpha1.MatchAny
		if !exists {
			all = append(all, predicate(base, p))
			continue
		}
		// That there is one of the entries that were chosen says what they were chosen by.
		for _, chosen := range where {
			all = append(all, predicate(base, chosen))
		}
		if len(where) == 0 {
			all = append(all, predicate(base, p))
		}
	}
	return all
}

func predicate(base string, p v1alpha1.Predicate) string {
	var wants []string
	if p.Condition != "" {
		base += " condition " + p.Condition
		wants = append(wants, p.StatusIn...)
		if p.Status != "" {
			wants = append(wants, p.Status)
		}
	}
	if p.Path != "" || p.Value != "" {
		base += strings.TrimPrefix(p.Path, "$") + p.Value
	}
	for _, value := range v1alpha1.Constants(p.In) {
		wants = append(wants, fmt.Sprint(value))
	}
	if p.Equals != nil {
		wants = append(wants, fmt.Sprint(p.Equals.Value)+p.Equals.Named)
	}
	slices.Sort(wants)
	switch {
	case p.AtLeast != nil:
		base += fmt.Sprintf(" >= %v", p.AtLeast.Value)
	case p.Matches != "":
		base += " ~ " + p.Matches
	case p.Exists != nil:
		base += fmt.Sprintf(" exists %v", *p.Exists)
	}
	return strings.TrimSpace(base + " " + strings.Join(wants, "/"))
}

func (r reading) subject(of string) *v1alpha1.Subject {
	for i := range r.Subjects {
		if r.Subjects[i].As == of {
			return &r.Subjects[i]
		}
	}
	return nil
}

// base is the path of a subject's entries, and what they were chosen by.
func (r reading) base(of string) (string, []v1alpha1.Predicate) {
	s := r.subject(of)
	switch {
	case s == nil:
		return "$", nil
	case s.Object != nil:
		return s.Object.Kind + " $", nil
	}
	base, where := r.base(s.Of)
	return base + strings.TrimPrefix(cmp.Or(s.Each, s.All), "$"), append(slices.Clone(where), s.Where...)
}

// object is how a subject is found, in every way that counts.
func (r reading) object(of string) []string {
	s := r.subject(of)
	switch {
	case s == nil:
		return []string{"?"}
	case s.Object == nil:
		return r.object(s.Of)
	case len(s.Object.Labels) > 0 || len(s.Object.Fields) > 0:
		return []string{fmt.Sprintf("%s with %v", s.Object.Kind, slices.Sorted(maps.Keys(s.Object.Labels)))}
	case len(s.Object.Name) == 0:
		return []string{s.Object.Kind + " {name}"}
	}
	var all []string
	for _, source := range s.Object.Name {
		for _, from := range r.source(source) {
			all = append(all, s.Object.Kind+" "+strings.TrimPrefix(from, "text "))
		}
	}
	return all
}

// source is where a source has its text from, values resolved.
func (r reading) source(s v1alpha1.Source) []string {
	base, _ := r.base(s.Of)
	switch {
	case s.Path == "$.metadata.name" && s.Of != "":
		return r.object(s.Of)
	case s.Path != "":
		return []string{base + strings.TrimPrefix(s.Path, "$")}
	case s.Template != "":
		return r.template(string(s.Template))
	case s.Value == "name":
		return []string{"text {name}"}
	case s.Value != "":
		var all []string
		for _, one := range r.Values[s.Value] {
			all = append(all, r.source(one)...)
		}
		return all
	}
	return nil
}

var (
	serviceHost = regexp.MustCompile(`^(?:https?://)?([^/:]+?)\.\{namespace\}\.svc(?::\d+|:\{[a-z]+\})?(?:/.*)?$`)
	oneValue    = regexp.MustCompile(`^\{([A-Za-z0-9]+)\}$`)
)

// template is the Service whose host name it is, or the text.
func (r reading) template(text string) []string {
	host := serviceHost.FindStringSubmatch(text)
	if host == nil {
		return []string{"text " + text}
	}
	value := oneValue.FindStringSubmatch(host[1])
	if value == nil || value[1] == "name" {
		return []string{"Service " + host[1]}
	}
	var all []string
	for _, one := range r.source(v1alpha1.Source{Value: value[1]}) {
		one = strings.TrimPrefix(one, "text ")
		if !strings.HasPrefix(one, "Service ") {
			one = "Service " + one
		}
		all = append(all, one)
	}
	return all
}

type endpointLine struct {
	from []string
	// more says that it counts on a condition only, or is changed on its way.
	more bool
}

func (r reading) endpoint() []endpointLine {
	var lines []endpointLine
	for _, c := range r.Endpoint {
		line := endpointLine{more: len(c.When) > 0 || c.Capture != "" || c.URL != nil || c.Only != ""}
		switch {
		case c.Kind != "":
			line.from = r.object(c.Of)
		case c.URL != nil:
			for _, host := range c.URL.Host {
				line.from = append(line.from, r.source(host)...)
			}
		default:
			line.from = r.source(c.Source)
		}
		lines = append(lines, line)
	}
	return lines
}
