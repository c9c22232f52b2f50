package contract_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/contract"
)

// baseline is the pin of the kind fits, with what a CRD says of versions.
func baseline(t *testing.T) (*contract.Baseline, []contract.Contract) {
	t.Helper()
	k, now := pinned(t, "fits")
	now[0].Served, now[0].Storage = []string{"v1", "v2"}, "v2"
	p, faults := contract.MakePin(k, now)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	content, err := p.YAML()
	if err != nil {
		t.Fatal(err)
	}
	if p, err = contract.ReadPin("fits/referent.yaml", content); err != nil {
		t.Fatal(err)
	}
	b, faults := contract.NewBaseline(k, p)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	return b, now
}

// said is a comparison in lines: the verdict, each drift with ✗ where it breaks the
// kind-spec, and who reads it.
func said(all []contract.Comparison) []string {
	var lines []string
	add := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	for _, c := range all {
		add("%s", c.Verdict)
		if c.Why != "" {
			add("  %s", c.Why)
		}
		for _, d := range c.Drifts {
			mark := "-"
			if d.Breaks {
				mark = "✗"
			}
			add("  %s %s %s %s: %s", mark, d.Change, d.Version, d.Path, d.Message)
			for _, r := range d.Readers {
				add("    %s", r)
			}
			if d.Advice != "" {
				add("    to do: %s", d.Advice)
			}
		}
		for _, m := range c.Moves {
			add("  in %s, write %q, lacks %q", m.Group, m.Write, m.Lacks)
		}
	}
	return lines
}

func TestCompare(t *testing.T) {
	v2 := func(now []contract.Contract, name string) map[string]*contract.FieldSchema {
		return now[0].Versions["v2"].Properties[name].Properties
	}
	cases := map[string]struct {
		change func(now []contract.Contract) []contract.Contract
		want   []string
	}{
		"the same": {func(now []contract.Contract) []contract.Contract { return now }, []string{"same"}},
		"what reads a field that is gone is named": {func(now []contract.Contract) []contract.Contract {
			delete(v2(now, "status"), "replicas")
			return now
		}, []string{
			"broken",
			"  ✗ FieldGone v2 $.status.replicas: is not there any more, there are addresses, conditions, hosts, observedGeneration, phase, ready, url",
			"    kind.yaml:27: rule ready: spec.health[1].when[2].path",
			"    kind.yaml:38: model contextLength: spec.model.contextLength[0].path",
			"    to do: read in its place what says the same now; where nothing does, remove what reads it",
		}},
		"in a version that another one is read before, it breaks nothing": {func(now []contract.Contract) []contract.Contract {
			delete(now[0].Versions["v1"].Properties["status"].Properties, "address")
			return now
		}, []string{
			"compatible",
			"  - FieldGone v1 $.status.address: is not there any more, there are conditions, phase",
			"    kind.yaml:16: value host: spec.values.host[2].path",
			"    to do: nothing now, another version is read before it; remove v1 from versions before the next maasctl pin",
		}},
		"another type": {func(now []contract.Contract) []contract.Contract {
			v2(now, "status")["url"] = &contract.FieldSchema{Type: "object"}
			return now
		}, []string{
			"broken",
			"  ✗ TypeChanged v2 $.status.url: is now an object, not a string",
			"    kind.yaml:33: candidate url: spec.endpoint[1].path",
			"    to do: change what reads it to what is there now",
		}},
		"words come, and one goes that a rule compares with": {func(now []contract.Contract) []contract.Contract {
			v2(now, "status")["phase"].Enum = []any{"Pending", "Running", "Broken"}
			return now
		}, []string{
			"broken",
			`  ✗ ValuesGone v2 $.status.phase: is never ["Failed"] any more`,
			`    kind.yaml:22: rule failedPhase: spec.health[0].when[0].in[0]: $.status.phase of Widget is never "Failed", it is one of Pending, Running, Broken`,
			"    to do: compare with a word that there is",
			`  - ValuesAdded v2 $.status.phase: may now be ["Broken"], which no rule was written for`,
			"    kind.yaml:22: rule failedPhase: spec.health[0].when[0].path",
			"    to do: find out what it stands for, and write a rule where one has to know it",
		}},
		"a word goes that no rule compares with": {func(now []contract.Contract) []contract.Contract {
			v2(now, "status")["phase"].Enum = []any{"Running", "Failed"}
			return now
		}, []string{
			"compatible",
			`  - ValuesGone v2 $.status.phase: is never ["Pending"] any more`,
			"    kind.yaml:22: rule failedPhase: spec.health[0].when[0].path",
		}},
		"null": {func(now []contract.Contract) []contract.Contract {
			v2(now, "status")["url"].Nullable = true
			return now
		}, []string{
			"compatible",
			"  - BecameNullable v2 $.status.url: may now be null, which counts as not there",
			"    kind.yaml:33: candidate url: spec.endpoint[1].path",
		}},
		// The pin keeps nothing of what is below a field that took anything.
		"what took anything takes it no more": {func(now []contract.Contract) []contract.Contract {
			v2(now, "spec")["config"] = &contract.FieldSchema{Type: "object"}
			return now
		}, []string{
			"broken",
			"  ✗ DoesNotFit  : Widget has no field anything in $.spec.config, which has none",
			"    kind.yaml:28: rule ready: spec.health[1].when[3].path",
			"    to do: change what reads it to what is there now",
		}},
		"versions": {func(now []contract.Contract) []contract.Contract {
			now[0].Versions["v3"], now[0].Served = now[0].Versions["v2"], []string{"v1", "v2", "v3"}
			now[0].Storage, now[0].Deprecated = "v3", []string{"v2"}
			return now
		}, []string{
			"compatible",
			"  - VersionAdded v3 : is served now, and has everything that is read",
			"  - StorageVersionChanged v3 : is what objects are stored in now, and was v2",
			"  - VersionDeprecated v2 : is deprecated now",
			"    kind.yaml:7: referent: spec.referent.versions[0]",
			"    to do: add a version that stays to versions while both are served, there is v3, v2, v1",
		}},
		"one of the versions is gone": {func(now []contract.Contract) []contract.Contract {
			delete(now[0].Versions, "v1")
			return now
		}, []string{
			"compatible",
			"  - VersionGone v1 : is not served any more, there is v2",
			"    kind.yaml:7: referent: spec.referent.versions[1]",
			"    to do: nothing while clusters may serve it; remove it from versions before the next maasctl pin",
		}},
		"all versions are gone": {func(now []contract.Contract) []contract.Contract {
			now[0].Versions = map[string]*contract.FieldSchema{"v3": now[0].Versions["v2"], "v4": {Type: "object"}}
			return now
		}, []string{
			"broken",
			"  ✗ VersionGone v1 : is not served any more, there is v3, v4",
			"    kind.yaml:7: referent: spec.referent.versions[1]",
			"    to do: write versions: [v3, v2, v1]",
			"  ✗ VersionGone v2 : is not served any more, there is v3, v4",
			"    kind.yaml:7: referent: spec.referent.versions[0]",
			"    to do: write versions: [v3, v2, v1]",
			"  - VersionAdded v3 : is served now, and has everything that is read",
			"  - VersionAdded v4 : is served now, and does not fit what is read: $.spec is not there any more, which has none; $.status is not there any more, which has none",
		}},
		"scope and resource": {func(now []contract.Contract) []contract.Contract {
			now[0].Scope, now[0].Plural = kind.ScopeCluster, "widgetry"
			return now
		}, []string{
			"broken",
			"  ✗ ScopeChanged  : is now of scope Cluster, not Namespaced",
			"    kind.yaml:7: referent: spec.referent",
			"    to do: write scope: Cluster",
			"  ✗ ResourceRenamed  : is now the resource widgetry, not widgets: roles need it",
			"    kind.yaml:7: referent: spec.referent",
			"    to do: make the pin again, and then the role with maasctl rbac",
		}},
		"nothing of it is served": {func(now []contract.Contract) []contract.Contract {
			now[0].Versions = nil
			return now
		}, []string{"gone", "  its CRD serves no version any more"}},
		"it is not there": {func(now []contract.Contract) []contract.Contract { return now[1:] }, []string{"absent"}},
		"its file has only others of its group": {func(now []contract.Contract) []contract.Contract {
			now[0].Kind, now[0].Path = "Gadget", "crds/widgets.yaml"
			return now
		}, []string{"gone", "  crds/widgets.yaml is there and does not have it any more"}},
		"it has moved": {func(now []contract.Contract) []contract.Contract {
			now[0].Group = "widgets.example.org"
			return now
		}, []string{
			"gone", "  no such type is there, and one of another group has all that is read: it has moved",
			`  in widgets.example.org, write "alternatives: [{group: widgets.example.org, kind: Widget, versions: [v2, v1]}]", lacks []`,
		}},
		"another project has the same kind": {func(now []contract.Contract) []contract.Contract {
			now[0].Group = "widgets.example.org"
			delete(now[0].Versions, "v1")
			delete(v2(now, "status"), "url")
			return now
		}, []string{
			"absent",
			`  in widgets.example.org, write "", lacks ["$.status.url is not there any more, there are addresses, conditions, hosts, observedGeneration, phase, ready, replicas"]`,
		}},
		"two files, which differ": {func(now []contract.Contract) []contract.Contract {
			other := now[0]
			other.Storage = "v1"
			return append(now, other)
		}, []string{"same", "compatible", "  - StorageVersionChanged v1 : is what objects are stored in now, and was v2"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			b, now := baseline(t)
			none := func(schema.GroupKind) bool { return false }
			got := said(b.Compare(schema.GroupKind{Group: "example.com", Kind: "Widget"}, c.change(now), none))
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("comparison (-want +got):\n%s", diff)
			}
		})
	}
}

// A type that another kind reads has not moved to there.
func TestOtherKindsTypesAreNoMoves(t *testing.T) {
	b, now := baseline(t)
	now[0].Group = "widgets.example.org"
	read := func(of schema.GroupKind) bool { return of.Group == "widgets.example.org" }
	got := said(b.Compare(schema.GroupKind{Group: "example.com", Kind: "Widget"}, now, read))
	if diff := cmp.Diff([]string{"absent"}, got); diff != "" {
		t.Errorf("comparison (-want +got):\n%s", diff)
	}
}
