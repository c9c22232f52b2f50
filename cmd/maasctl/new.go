package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/sources"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/contract"
	"github.com/maas-kinds/maas/engine/kind/folder"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

const newHelp = `Write a first kind-spec, and cases to prove it by, from a CRD, from an object as it
is in a cluster, or from both: conditions, state words, fields that look like
URLs and the generation are found. What is guessed is marked with a comment.

Usage:
  maasctl new --crd PATH | -f OBJECT.yaml [FLAGS]

It writes NAME/kind.yaml, NAME/cases.yaml and NAME/sources.yaml, and overwrites
nothing. The cases say nothing yet about what is expected, and the sources that
nothing is established.

Examples:
  maasctl new --crd widgets.yaml
  kubectl get widget granite -o yaml | maasctl new -f - --name Widget --dir kinds
  maasctl new --crd crds/ -f widget.yaml

Exit codes: 0 the files are written; 1 something cannot be read, or is there
already; 2 the command line is wrong.
`

// newOptions are the flags of new.
type newOptions struct {
	crd, file, kind, name, dir string
}

func (o *newOptions) register(flags *flag.FlagSet) {
	flags.StringVar(&o.crd, "crd", "", "`PATH` of a file with the CRD, or of a folder with such files")
	flags.StringVar(&o.file, "f", "", "`FILE` with an object, YAML or JSON; - reads standard input")
	flags.StringVar(&o.kind, "kind", "", "Kubernetes `KIND` to take where there are several CRDs; with -f it is the object's")
	flags.StringVar(&o.name, "name", "", "`NAME` of the kind and its folder; the Kubernetes kind when left out")
	flags.StringVar(&o.dir, "dir", ".", "`DIR` in which the folder is made")
}

func newCommand() command {
	var o newOptions
	return command{
		use: "new", summary: "write a first kind-spec and cases from a CRD or an object", help: newHelp,
		flags: o.register, run: o.newKind, arguments: cobra.NoFileCompletions,
		values: map[string]cobra.CompletionFunc{"dir": onlyFolders},
	}
}

func (o *newOptions) newKind(ctx context.Context, rest []string, std ioStreams) error {
	switch {
	case len(rest) > 0:
		return usageError{fmt.Sprintf("unexpected argument %q: write --crd PATH or -f FILE", rest[0])}
	case o.crd == "" && o.file == "":
		return usageError{"say what to read: --crd PATH or -f OBJECT.yaml"}
	}
	found, object, err := o.find(std)
	if err != nil {
		return err
	}
	if o.name == "" {
		o.name = found.kind
	}
	if err := found.plain(o.name); err != nil {
		return err
	}
	spec := draft(o.name, found)
	k, err := compileDraft(o.name, spec)
	if err != nil {
		return err
	}
	cases, err := draftCases(ctx, k, object)
	if err != nil {
		return err
	}
	files := map[string]string{folder.SpecFile: spec, folder.CasesFile: cases}
	if skeleton := draftSources(spec, k); skeleton != "" {
		files[folder.SourcesFile] = skeleton
	}
	return o.write(files, std)
}

// find looks at what was given; the object is made up when there is none.
func (o *newOptions) find(std ioStreams) (findings, *unstructured.Unstructured, error) {
	var object *unstructured.Unstructured
	wanted := o.kind
	if o.file != "" {
		objects, err := readObjects(o.file, std.in)
		if err != nil {
			return findings{}, nil, err
		}
		object = objects[0]
		wanted = object.GetKind()
		if o.crd == "" {
			return findInObject(object), object, nil
		}
	}
	contracts, err := contract.Files(o.crd)
	if err != nil {
		return findings{}, nil, fmt.Errorf("--crd: %w", err)
	}
	fitting := slices.DeleteFunc(contracts, func(c contract.Contract) bool {
		return wanted != "" && c.Kind != wanted || object != nil && c.Group != object.GroupVersionKind().Group || len(c.Versions) == 0
	})
	if len(fitting) != 1 {
		return findings{}, nil, fmt.Errorf("--crd: %s fit, and one is needed: choose with --kind", count(len(fitting), "CRD"))
	}
	found := findInContract(fitting[0])
	if object != nil {
		return found.with(findInObject(object)), object, nil
	}
	return found, madeUp(found), nil
}

func madeUp(f findings) *unstructured.Unstructured {
	object := &unstructured.Unstructured{Object: map[string]any{}}
	apiVersion := f.versions[0]
	if f.group != "" {
		apiVersion = f.group + "/" + apiVersion
	}
	object.SetAPIVersion(apiVersion)
	object.SetKind(f.kind)
	object.SetName("granite")
	if f.scope == kind.ScopeNamespaced {
		object.SetNamespace("llm")
	}
	object.SetUID("00000000-0000-4000-8000-000000000001")
	object.SetGeneration(1)
	return object
}

// compileDraft holds the draft against the language, as lint does.
func compileDraft(name, spec string) (*kind.Kind, error) {
	language, err := kind.NewLanguage()
	if err != nil {
		return nil, err
	}
	var value any
	if err := yaml.Unmarshal([]byte(spec), &value); err != nil {
		return nil, fmt.Errorf("reading the draft of %s: %w", name, err)
	}
	k, err := language.Compile(filepath.Join(name, "kind.yaml"), value)
	if err != nil {
		return nil, fmt.Errorf("no kind-spec can be made of this; please write one by hand:\n%w", err)
	}
	builtIn, err := loadBuiltIn()
	if err != nil {
		return nil, err
	}
	return builtIn.Link(k), nil
}

// draftSources lists what the draft claims of the backend.
func draftSources(spec string, k *kind.Kind) string {
	document := syntax.Parse(k.File(), []byte(spec))
	var written v1alpha1.ModelKind
	if err := document.Decode(&written); err != nil {
		return "" // It compiled, and says so at the first test if it does not any more.
	}
	return sources.Skeleton(sources.Claims(&written.Spec))
}

// draftCases has the object as it is, without a status, and on its way out.
func draftCases(ctx context.Context, k *kind.Kind, object *unstructured.Unstructured) (string, error) {
	object = object.DeepCopy()
	object.SetManagedFields(nil)
	content, err := syntax.YAML(object.Object)
	if err != nil {
		return "", fmt.Errorf("writing the object of the cases: %w", err)
	}
	var b strings.Builder
	b.WriteString("apiVersion: maas.opendatahub.io/v1alpha1\nkind: Cases\nspec:\n  objects:\n    - as: referent\n      object:\n")
	for line := range strings.Lines(string(content)) {
		b.WriteString("        " + line)
	}
	b.WriteString("  cases:\n")
	draftCase(&b, "noStatus", "Before the first reconcile there is no status.", "{referent: {status: null}}")
	if object.Object["status"] != nil {
		e, err := decide(ctx, k, object, nil, explainOptions{phase: "Pending"})
		if err != nil {
			return "", err
		}
		draftCase(&b, stateWord(string(e.Event)), "As it was seen in a cluster. Say here by which rule of the backend, and where that is written.", "")
	}
	draftCase(&b, "terminating", "An object that is being deleted is lost, however ready it says it is.",
		`{referent: {metadata: {deletionTimestamp: "2026-01-01T00:00:00Z"}}}`)
	return b.String(), nil
}

func draftCase(b *strings.Builder, name, why, patch string) {
	fmt.Fprintf(b, "    - name: %s\n      description: >-\n        %s\n", name, why)
	if patch != "" {
		fmt.Fprintf(b, "      patch: %s\n", patch)
	}
}

// stateWord begins the name of a case.
func stateWord(event string) string { return strings.ToLower(strings.TrimPrefix(event, "Backend")) }

func (o *newOptions) write(files map[string]string, std ioStreams) error {
	folder := filepath.Join(o.dir, o.name)
	if _, err := os.Lstat(folder); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is there already, and nothing is overwritten: choose another --name or --dir", folder)
	}
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		file := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil { //nolint:gosec // source files, for everyone to read
			return fmt.Errorf("making the folder of %s: %w", file, err)
		}
		if err := writeFile(file, []byte(files[name]), 0o644); err != nil {
			return fmt.Errorf("writing %s: %w", file, err)
		}
		fmt.Fprintln(std.out, file)
	}
	_, err := fmt.Fprintf(std.err, `
Next:
  decide what the comments in %s ask, and say in %s where you read it
  maasctl pin %s --crd PATH --upstream PROJECT@VERSION
  maasctl test %s --write-expectations    then read what it wrote, and add cases
`, filepath.Join(folder, "kind.yaml"), filepath.Join(folder, "sources.yaml"), folder, folder)
	return err
}
