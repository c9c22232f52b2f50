package contract_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/maas-kinds/maas/conformance/golden"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/contract"
	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/engine/registry"
)

// pinned loads the kind of a folder of testdata/pins, and the contracts there.
func pinned(t *testing.T, folder string) (*kind.Kind, []contract.Contract) {
	t.Helper()
	set, err := registry.Load(registry.Source{FS: os.DirFS(filepath.Join("testdata/pins", folder))})
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile("testdata/pins/contracts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var contracts []contract.Contract
	if err := yaml.UnmarshalStrict(content, &contracts); err != nil {
		t.Fatal(err)
	}
	return set.Kinds()[0], contracts
}

// What does not fit is said with line, field and advice, all of it at once.
func TestMakePinFaults(t *testing.T) {
	for _, folder := range []string{"misfits", "lists", "versions"} {
		t.Run(folder, func(t *testing.T) {
			k, contracts := pinned(t, folder)
			p, faults := contract.MakePin(k, contracts)
			if p != nil {
				t.Error("there is a pin in spite of faults")
			}
			golden.Compare(t, filepath.Join("testdata/pins", folder, "faults.txt"), faults.Error()+"\n")
		})
	}
}

// A pin is what is read and no more, can be read back, and is enough to hold
// the kind-spec against.
func TestPin(t *testing.T) {
	k, contracts := pinned(t, "fits")
	p, faults := contract.MakePin(k, contracts)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	content, err := p.YAML()
	if err != nil {
		t.Fatal(err)
	}
	golden.Compare(t, "testdata/pins/fits/referent.yaml", string(content))
	read, err := contract.ReadPin("referent.yaml", content)
	if err != nil {
		t.Fatal(err)
	}
	if faults := contract.CheckPin(k, read); len(faults) > 0 {
		t.Errorf("the kind-spec does not fit its own pin:\n%v", faults)
	}
	again, faults := contract.MakePin(k, read.Contracts)
	if diff := cmp.Diff(p.Contracts, again.Contracts); diff != "" || len(faults) > 0 {
		t.Errorf("the pin of the pin (-want +got):\n%s%v", diff, faults)
	}
}

// A pin that is not the kind-spec's own is refused, whether edited or old.
func TestCheckPinFaults(t *testing.T) {
	k, contracts := pinned(t, "fits")
	p, faults := contract.MakePin(k, contracts)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	valid, err := p.YAML()
	if err != nil {
		t.Fatal(err)
	}
	remade := func(change func(p *contract.Pin)) string {
		read, err := contract.ReadPin("referent.yaml", valid)
		if err != nil {
			t.Fatal(err)
		}
		change(read)
		content, err := read.YAML()
		if err != nil {
			t.Fatal(err)
		}
		return string(content)
	}
	cases := map[string]struct {
		content string
		// want are faults, each "file:field: part of the message".
		want []string
	}{
		"edited: the hash tells": {
			strings.Replace(string(valid), "type: boolean", "type: string", 1) + " ",
			nil,
		},
		"edited type": {
			strings.Replace(string(valid), "type: integer", "type: string", 1),
			[]string{"referent.yaml: spec.sha256: is not the hash"},
		},
		"unknown field, as of a newer program": {
			strings.Replace(string(valid), "plural: routes", "plurals: routes", 1),
			[]string{"referent.yaml: spec.contracts[1].plurals: unknown field, did you mean plural?"},
		},
		"of another kind": {
			remade(func(p *contract.Pin) { p.Name = "other" }),
			[]string{`referent.yaml: metadata.name: "other" is not the kind fits`},
		},
		"made before a path was written": {
			remade(func(p *contract.Pin) { delete(p.Contracts[0].Versions["v2"].Properties["status"].Properties, "url") }),
			[]string{"kind.yaml: spec.endpoint[1].path: in version v2, Widget has no field url in $.status"},
		},
		"made before a version was read": {
			remade(func(p *contract.Pin) { delete(p.Contracts[0].Versions, "v1") }),
			[]string{"kind.yaml: spec.referent.versions[1]: the pin does not have Widget served in v1"},
		},
		"made before a related type was read": {
			remade(func(p *contract.Pin) { p.Contracts = p.Contracts[:1] }),
			[]string{"kind.yaml: spec.subjects[0].object: the pin has no Route.routes.example.com"},
		},
		"holds a field that is not read any more": {
			remade(func(p *contract.Pin) {
				p.Contracts[1].Versions["v1"].Properties["spec"].Properties["weight"] = &contract.FieldSchema{Type: "integer"}
			}),
			[]string{"referent.yaml: spec.contracts[1].versions.v1: the kind-spec does not read $.spec.weight"},
		},
		"holds a version that is not read any more": {
			remade(func(p *contract.Pin) { p.Contracts[1].Versions["v1beta1"] = &contract.FieldSchema{} }),
			[]string{"referent.yaml: spec.contracts[1].versions.v1beta1: the kind-spec does not read version v1beta1"},
		},
		"holds a type that is not read any more": {
			remade(func(p *contract.Pin) {
				gadget := p.Contracts[1]
				gadget.Kind = "Gadget"
				p.Contracts = append(p.Contracts, gadget)
			}),
			[]string{"referent.yaml: spec.contracts[2]: the kind-spec does not read Gadget"},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			p, err := contract.ReadPin("referent.yaml", []byte(c.content))
			var faults syntax.Faults
			if err == nil {
				faults = contract.CheckPin(k, p)
			} else if !errors.As(err, &faults) {
				t.Fatal(err)
			}
			if len(faults) != len(c.want) {
				t.Fatalf("got %d faults, want %d:\n%v", len(faults), len(c.want), faults)
			}
			for i, want := range c.want {
				got := faults[i].File + ": " + faults[i].Field + ": " + faults[i].Message
				if !strings.HasPrefix(got, want) {
					t.Errorf("got  %s\nwant %s", got, want)
				}
			}
		})
	}
}
