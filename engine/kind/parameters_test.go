package kind_test

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/maas-kinds/maas/api/endpoint"
	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/engine/registry"
)

// proxied is a kind whose models are behind one proxy.
const proxied = `apiVersion: maas.opendatahub.io/v1alpha1
kind: ModelKind
metadata: {name: Proxied}
spec:
  description: a widget behind a proxy
  aliases: [Behind]
  referent: {group: example.com, kind: Widget, versions: [v1]}
  parameters:
    proxyURL: {type: URL, description: where callers reach the proxy}
    port: {type: Integer, description: the port of the proxy, default: 8000}
  health: [{is: Ready, when: [{condition: Ready, status: "True"}, {path: $.spec.port, equals: {value: port}}]}]
  endpoint: [{template: "{proxyURL}/{name}"}]
`

func parameters(t *testing.T, spec string) *kind.Parameters {
	t.Helper()
	p, err := kind.ReadParameters("p.yaml", []byte("apiVersion: maas.opendatahub.io/v1alpha1\nkind: KindParameters\nspec:"+spec+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// endpointOf is where a kind finds a model of a fixed widget.
func endpointOf(t *testing.T, k *kind.Kind) string {
	t.Helper()
	model := &v1alpha1.MaaSModel{ObjectMeta: metav1.ObjectMeta{Namespace: "models", Name: "granite"}}
	object := referent(t, `{apiVersion: example.com/v1, kind: Widget, metadata: {name: granite, namespace: llm}, spec: {port: 8000}}`)
	return k.Observe(model, object, kind.Objects(nil), endpoint.Rules{}).Endpoint.URL
}

// Everything wrong with a file of parameters is said at once, with its line and
// what to write.
func TestParametersOfAFile(t *testing.T) {
	t.Parallel()
	set, err := registry.Load(specs(map[string]string{"proxied.yaml": proxied, "a.yaml": widgetSpec}))
	if err != nil {
		t.Fatal(err)
	}
	const unset = `spec.Proxied.proxyURL: the parameter proxyURL of the kind Proxied is not set, and it has no default: ` +
		`write "proxyURL: https://models.example.com" here under spec.Proxied; it is where callers reach the proxy (kinds/proxied.yaml:9)`
	for name, test := range map[string]struct {
		spec string
		want []string
	}{
		"all is well":          {" {Proxied: {proxyURL: https://a.example.com}}", nil},
		"unset":                {" {}", []string{"p.yaml:3: " + unset}},
		"unset beside another": {"\n  Proxied:\n    port: 80", []string{"p.yaml:4: " + unset}},
		"of another type": {"\n  Proxied:\n    proxyURL: 80\n    port: \"80\"", []string{
			"p.yaml:5: spec.Proxied.proxyURL: is a number, and the parameter is a URL: put quotes around it",
			"p.yaml:6: spec.Proxied.port: is a string, and the parameter is an Integer: write a whole number such as 8000, without quotes"}},
		"a list, and nothing": {"\n  Proxied:\n    proxyURL: [https://a.example.com]\n    port:", []string{
			"p.yaml:5: spec.Proxied.proxyURL: is a list, and the parameter is a URL: write a text",
			"p.yaml:6: spec.Proxied.port: is empty, and the parameter is an Integer: write a whole number such as 8000, without quotes"}},
		"a password": {"\n  Proxied:\n    proxyURL: https://user:hunter2@a.example.com", []string{
			"p.yaml:5: spec.Proxied.proxyURL: is not a valid endpoint: remove the user name and password before the host; the parameter is a URL: write one such as https://models.example.com"}},
		"too long": {"\n  Proxied:\n    proxyURL: https://a.example.com/" + strings.Repeat("x", 1024), []string{
			"p.yaml:5: spec.Proxied.proxyURL: has 1046 bytes, and a parameter may have 1024: write less"}},
		"unknown parameters": {"\n  Proxied:\n    proxyUrl: https://a.example.com\n    port: 80\n    zone: a\n  Widget:\n    port: 80", []string{
			"p.yaml:4: " + unset,
			"p.yaml:5: spec.Proxied.proxyUrl: the kind Proxied has no parameter of that name, did you mean proxyURL?",
			"p.yaml:7: spec.Proxied.zone: the kind Proxied has no parameter of that name, it has port, proxyURL",
			"p.yaml:9: spec.Widget.port: the kind Widget has no parameter of that name, it has none: remove the line"}},
		"unknown kinds": {"\n  Proxied: {proxyURL: https://a.example.com}\n  Proxie: {a: 1}\n  Behind: {port: 1}\n  SomethingElse: {}", []string{
			`p.yaml:5: spec.Proxie: no kind is called "Proxie", did you mean Proxied?`,
			"p.yaml:6: spec.Behind: Behind is an alias of the kind Proxied: write Proxied",
			`p.yaml:7: spec.SomethingElse: no kind is called "SomethingElse", those with parameters are Proxied: remove it, or add the kind`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			faults := parameters(t, test.spec).Check(set.Kinds())
			var want, got []string
			want = append(want, test.want...)
			for _, fault := range faults {
				got = append(got, fault.String())
				if fault.Rule != syntax.RuleParameters || strings.Contains(fault.Message, "hunter2") {
					t.Errorf("rule %q: %s", fault.Rule, fault)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
		})
	}
}

// A file that is no document of parameters is refused as a whole.
func TestReadParameters(t *testing.T) {
	t.Parallel()
	const head = "apiVersion: maas.opendatahub.io/v1alpha1\nkind: KindParameters\n"
	for name, test := range map[string]struct {
		content string
		want    []string
	}{
		"empty":            {"# nothing\n", []string{"p.yaml:1: the file is empty"}},
		"twice":            {head + "spec:\n  A: {}\n  A: {}\n", []string{"p.yaml:5: spec.A: duplicate key, first written in line 4"}},
		"another kind":     {"apiVersion: maas.opendatahub.io/v1alpha1\nkind: ConfigMap\nspec: {}\n", []string{`p.yaml:2: kind: "ConfigMap" is not "KindParameters": write KindParameters`}},
		"no spec":          {head, []string{"p.yaml:1: spec: required field is missing: The parameters of each kind, under the kind's name; {} sets none."}},
		"a field too many": {head + "spec: {}\nparameters: {}\n", []string{"p.yaml:4: parameters: unknown field, the fields here are apiVersion, kind, spec"}},
		"a kind without names, and one more fault": {head + "spec:\n  A: https://a.example.com\nmore: 1\n", []string{
			`p.yaml:4: spec.A: "https://a.example.com" is of type string, and object is wanted: write NAME: VALUE below it, one line a parameter`,
			"p.yaml:5: more: unknown field, the fields here are apiVersion, kind, spec"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := kind.ReadParameters("p.yaml", []byte(test.content))
			var faults syntax.Faults
			if !errors.As(err, &faults) {
				t.Fatalf("got %v, want faults", err)
			}
			if diff := cmp.Diff(strings.Join(test.want, "\n"), faults.Error()); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
		})
	}
}

// A roster puts kinds in force with their parameters: another value is another
// revision, and one that does not fit leaves the last good one in force.
func TestRosterWithParameters(t *testing.T) {
	t.Parallel()
	parser, err := registry.NewParser()
	if err != nil {
		t.Fatal(err)
	}
	contents := func(files map[string]string) registry.Contents {
		source := specs(files)
		source.Name = "dir"
		contents, err := parser.Source(source)
		if err != nil {
			t.Fatal(err)
		}
		return contents
	}
	both := map[string]string{"proxied.yaml": proxied, "a.yaml": widgetSpec}
	roster := registry.New("dir").Next(contents(both))
	revisions := map[string]bool{}
	for _, step := range []struct {
		name     string
		next     func() *registry.Registry
		endpoint string
		refused  string
		inVain   string
	}{
		{"without a file", func() *registry.Registry { return roster }, "", "in a file of kind KindParameters that --parameters names, under spec.Proxied", ""},
		{"without the file that is named", func() *registry.Registry { return roster.WithParameters(kind.NoParameters("x/p.yaml")) }, "", "x/p.yaml: spec.Proxied.proxyURL: ", ""},
		{"set", func() *registry.Registry {
			return roster.WithParameters(parameters(t, " {Proxied: {proxyURL: https://a.example.com}}"))
		}, "https://a.example.com/granite", "", ""},
		{"changed", func() *registry.Registry {
			return roster.WithParameters(parameters(t, " {Proxied: {proxyURL: https://b.example.com}}"))
		}, "https://b.example.com/granite", "", ""},
		{"wrong", func() *registry.Registry {
			return roster.WithParameters(parameters(t, " {Proxied: {proxyURL: b.example.com}}"))
		}, "https://b.example.com/granite", "p.yaml:3: spec.Proxied.proxyURL: ", ""},
		{"in vain", func() *registry.Registry {
			return roster.WithParameters(parameters(t, " {Proxied: {proxyURL: https://c.example.com}, Widgets: {}}"))
		},
			"https://c.example.com/granite", "", "did you mean Widget?"},
		{"a newer revision has faults", func() *registry.Registry {
			return roster.Next(contents(map[string]string{"proxied.yaml": strings.Replace(proxied, "is: Ready", "is: Redy", 1), "a.yaml": widgetSpec}))
		}, "https://c.example.com/granite", "proxied.yaml:11: ", "did you mean Widget?"},
		{"and the last good one gets what is set", func() *registry.Registry {
			return roster.WithParameters(parameters(t, " {Proxied: {proxyURL: https://d.example.com}}"))
		},
			"https://d.example.com/granite", "proxied.yaml:11: ", ""},
		{"another default", func() *registry.Registry {
			return roster.Next(contents(map[string]string{"proxied.yaml": strings.Replace(proxied, "default: 8000", "default: 80", 1), "a.yaml": widgetSpec}))
		}, "https://d.example.com/granite", "", ""},
	} {
		roster = step.next()
		k, inForce := roster.Set().Lookup("Behind")
		got := ""
		if inForce {
			got = endpointOf(t, k)
		}
		if got != step.endpoint {
			t.Errorf("%s: endpoint %q, want %q", step.name, got, step.endpoint)
		}
		if _, ok := roster.Set().Lookup("Widget"); !ok {
			t.Errorf("%s: the other kind is not in force", step.name)
		}
		refused, _ := roster.Set().Refusal("Proxied")
		if !strings.Contains(refused.Error(), step.refused) || (step.refused == "") != (len(refused) == 0) {
			t.Errorf("%s: refused for %v, want %q", step.name, refused, step.refused)
		}
		if alias, _ := roster.Set().Refusal("Behind"); !inForce && alias.Error() != refused.Error() {
			t.Errorf("%s: its alias is refused for %v", step.name, alias)
		}
		if inVain := roster.InVain(); !strings.Contains(inVain.Error(), step.inVain) || (step.inVain == "") != (len(inVain) == 0) {
			t.Errorf("%s: in vain %v, want %q", step.name, inVain, step.inVain)
		}
		if inForce {
			revisions[k.Revision()] = true
		}
		if again := roster.Next(); !again.Set().Equal(roster.Set()) {
			t.Errorf("%s: the next roster is another one though nothing has changed", step.name)
		}
	}
	if len(revisions) != 5 {
		t.Errorf("there were %d revisions, want 5: one for each value, and one for the other default", len(revisions))
	}
}

// A kind that is replaced is not asked for: what is set is for the one in its place.
func TestParametersOfAReplacedKind(t *testing.T) {
	t.Parallel()
	parser, err := registry.NewParser()
	if err != nil {
		t.Fatal(err)
	}
	contents := func(source, spec string) registry.Contents {
		d, err := parser.Document(source, source+"/p.yaml", []byte(spec))
		if err != nil || d.Kind == nil {
			t.Fatal(err, d.Faults)
		}
		return registry.Contents{Source: source, Documents: []registry.SpecDocument{d}}
	}
	other := strings.ReplaceAll(proxied, "proxyURL", "address")
	set := parameters(t, " {Proxied: {address: https://a.example.com}}")
	roster := registry.New("built-in", "dir").WithParameters(set).Next(contents("built-in", proxied), contents("dir", other))
	k, ok := roster.Set().Lookup("Proxied")
	if !ok || endpointOf(t, k) != "https://a.example.com/granite" || len(roster.InVain()) > 0 {
		t.Errorf("in force: %t, in vain: %v", ok, roster.InVain())
	}
	if replaced := roster.Entries()[0]; len(replaced.Refused) > 0 || replaced.OverriddenBy != "dir/p.yaml" {
		t.Errorf("the replaced kind is refused for %v, and overridden by %q", replaced.Refused, replaced.OverriddenBy)
	}
	roster = roster.Next(registry.Contents{Source: "dir"})
	if refused, _ := roster.Set().Refusal("Proxied"); len(refused) != 1 || len(roster.InVain()) != 1 {
		t.Errorf("without the other one it is refused for %v, and in vain is %v", refused, roster.InVain())
	}
}

// A kind that hands objects on has the parameters of the one that takes them: a
// change of theirs is a change of its.
func TestParametersOfDelegates(t *testing.T) {
	t.Parallel()
	const outer = `apiVersion: maas.opendatahub.io/v1alpha1
kind: ModelKind
metadata: {name: Outer}
spec:
  description: hands a widget on
  referent: {group: example.com, kind: Outer, versions: [v1]}
  subjects: [{as: widget, object: {group: example.com, kind: Widget, versions: [v1]}}]
  health: [{of: widget, kind: Proxied}]
  endpoint: [{of: widget, kind: Proxied}]
`
	set, err := registry.Load(registry.Source{FS: fstest.MapFS{"outer.yaml": {Data: []byte(outer)}, "proxied.yaml": {Data: []byte(proxied)}}})
	if err != nil {
		t.Fatal(err)
	}
	if k, ok := set.With(&kind.Parameters{}).Lookup("Outer"); !ok || k.MissingKind() != "Proxied" {
		t.Errorf("without parameters Outer is in force: %t", ok)
	}
	k, ok := set.With(parameters(t, " {Proxied: {proxyURL: https://a.example.com}}")).Lookup("Outer")
	if !ok || k.MissingKind() != "" {
		t.Fatalf("Outer is in force: %t", ok)
	}
	model := &v1alpha1.MaaSModel{ObjectMeta: metav1.ObjectMeta{Namespace: "llm", Name: "granite"}}
	object := referent(t, `{apiVersion: example.com/v1, kind: Outer, metadata: {name: granite, namespace: llm}}`)
	widget := referent(t, `{apiVersion: example.com/v1, kind: Widget, metadata: {name: granite, namespace: llm}}`)
	if got, want := k.Observe(model, object, kind.Objects{widget}, endpoint.Rules{}).Endpoint.URL, "https://a.example.com/granite"; got != want {
		t.Errorf("endpoint %q, want %q", got, want)
	}
}
