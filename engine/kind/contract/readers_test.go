package contract_test

import (
	"path"
	"slices"
	"testing"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/contract"
	"github.com/maas-kinds/maas/engine/registry"
	"github.com/maas-kinds/maas/kinds"
)

// Whatever a built-in kind reads, that it is gone breaks the kind, and somebody is
// named who read it.
func TestEveryPinnedPathHasReaders(t *testing.T) {
	t.Parallel()
	set, err := registry.Load(registry.Source{FS: kinds.FS})
	if err != nil {
		t.Fatal(err)
	}
	taken := 0
	for _, k := range set.Kinds() {
		file := path.Join(k.Name(), "referent.yaml")
		content, err := kinds.FS.ReadFile(file)
		if err != nil {
			continue // A kind that reads nothing has none.
		}
		// One copy is the pin, and the other what is there, from which fields are taken.
		pin, err := contract.ReadPin(file, content)
		if err != nil {
			t.Fatal(err)
		}
		now, err := contract.ReadPin(file, content)
		if err != nil {
			t.Fatal(err)
		}
		b, faults := contract.NewBaseline(k, pin)
		if len(faults) > 0 {
			t.Fatal(faults)
		}
		for _, there := range now.Contracts {
			for version, s := range there.Versions {
				if version != firstRead(k, there) {
					continue
				}
				takeEach(s, "$", func(at string) {
					taken++
					for _, c := range b.Compare(there.GroupKind(), []contract.Contract{there}, k.Reads) {
						gone := slices.IndexFunc(c.Drifts, func(d contract.Drift) bool { return d.Path == at && d.Version == version })
						if c.Verdict != contract.VerdictBroken || gone < 0 || len(c.Drifts[gone].Readers) == 0 {
							t.Errorf("%s: without %s of %s, %s is %s: %+v", k.Name(), at, version, there.GroupKind(), c.Verdict, c.Drifts)
						}
					}
				})
			}
		}
	}
	if taken < 300 {
		t.Errorf("only %d fields were taken away", taken)
	}
}

// firstRead is the version of a type that is read where all are served.
func firstRead(k *kind.Kind, of contract.Contract) string {
	for _, t := range k.Types() {
		if t.GroupKind() == of.GroupKind() {
			return t.Versions[0]
		}
	}
	return ""
}

// takeEach takes each field away, calls back and puts it in its place again.
func takeEach(s *contract.FieldSchema, at string, taken func(at string)) {
	if s == nil {
		return
	}
	for name, child := range s.Properties {
		if !s.Open {
			delete(s.Properties, name)
			taken(at + "." + name)
			s.Properties[name] = child
		}
		takeEach(child, at+"."+name, taken)
	}
	takeEach(s.Items, at+"[*]", taken)
	takeEach(s.AdditionalProperties, at+"[*]", taken)
}
