package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/contract"
	"github.com/maas-kinds/maas/engine/kind/folder"
	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/engine/registry"
	"github.com/maas-kinds/maas/kinds"
)

const lintHelp = `Report every fault of kind-specs, each as one line "file:line: field: message", and,
marked as warnings, what is useless in them and harmless: a running controller
serves a kind with warnings, and says them in the condition of a ModelKind.

Usage:
  maasctl lint PATH... [--parameters FILE]
  maasctl lint --parameters FILE
  maasctl lint --rules

A PATH is a kind-spec file, the folder of one kind (with its kind.yaml), or a
folder of kinds: folders with a kind.yaml, or YAML files side by side. A name
or alias that two kind-specs claim is a fault of both, whatever PATH they are
under. Of the built-in kinds only those play a part that a kind hands objects on
to, and that none of the PATHs has.

Where a referent.yaml lies beside a kind.yaml, as maasctl pin makes it, every
path and comparison is held against the schema in it. Types in a group without a
dot are built into Kubernetes, and have to be there without it too.

A kind is linted by itself: which of its parameters an installation sets is not
asked. With --parameters, what that file sets is held against the built-in kinds
and those of the PATHs, and so is what it lacks.

Examples:
  maasctl lint kinds
  maasctl lint kinds/llmisvc my-kind.yaml
  maasctl lint --parameters parameters.yaml  (what an installation sets)
  maasctl lint kinds -o json
  maasctl lint --rules                      (what is looked for, and what it means)

JSON and YAML output has result (success or failure), kinds (the names of those that
could be read), and faults, each with file, line, field, rule, message, and warning
where it is one. With --rules it is a list of name, effect (fault or warning) and doc.

Exit codes: 0 no faults and no warnings; 1 faults or warnings, or a PATH that cannot
be read; 2 no PATH and no file of parameters.
`

// lintOptions are the flags of lint.
type lintOptions struct {
	rules      bool
	parameters string
	output     string
}

func (o *lintOptions) register(flags *flag.FlagSet) {
	flags.BoolVar(&o.rules, "rules", false, "list every rule with what it means, and lint nothing")
	flags.StringVar(&o.output, "o", "text", formatUsage)
	flags.StringVar(&o.parameters, "parameters", "", "`FILE` of kind KindParameters, with what an installation sets")
}

func lintCommand() command {
	var o lintOptions
	return command{
		use: "lint PATH...", summary: "report every fault of kind-specs", help: lintHelp,
		flags: o.register, run: o.lint,
		values: map[string]cobra.CompletionFunc{"output": oneOf(reportFormats()...)},
	}
}

func (o *lintOptions) lint(_ context.Context, paths []string, std ioStreams) error {
	std = std.laidOut(o.output)
	switch {
	case formatFault(o.output, reportFormats()) != "":
		return usageError{formatFault(o.output, reportFormats())}
	case o.rules:
		return o.showRules(std)
	case len(paths) == 0 && o.parameters == "":
		return usageError{"write at least one PATH: a kind-spec file or a folder"}
	}
	set, faults, err := o.look(paths, std)
	switch {
	case err != nil:
		return err
	case !forPeople(o.output):
		return lintReport(set, faults, o.output, std.out)
	case len(faults) > 0:
		return reportFaults(faults, std)
	}
	checked := count(len(set.Kinds()), "kind")
	if o.parameters != "" {
		checked += " and " + o.parameters
	}
	_, err = fmt.Fprintf(std.out, "%s, no faults\n", checked)
	return err
}

// look finds every fault of the kinds, and of what is set of their parameters.
func (o *lintOptions) look(paths []string, std ioStreams) (*kind.Set, syntax.Faults, error) {
	set, err := loadPaths(paths)
	var faults syntax.Faults
	if err != nil && !errors.As(err, &faults) {
		return nil, nil, err
	}
	faulty := len(faults) > 0
	for _, k := range set.Kinds() {
		more, err := lintPin(k, std.err)
		if err != nil {
			return nil, nil, err
		}
		// What is useless may be so because of a fault, and is told after it.
		faults = append(append(faults, more...), k.Warnings()...)
	}
	if o.parameters != "" {
		var more syntax.Faults
		if more, err = lintParameters(o.parameters, set, faulty); err != nil && !errors.As(err, &more) {
			return nil, nil, err
		}
		faults = append(faults, more...)
	}
	return set, faults, nil
}

// lintPin holds a kind against its pin; without one, it says that it did not.
func lintPin(k *kind.Kind, stderr io.Writer) (syntax.Faults, error) {
	p, err := readPin(k)
	var faults syntax.Faults
	switch {
	case errors.As(err, &faults):
		return faults, nil
	case err != nil:
		return nil, err
	case p != nil:
		return contract.CheckPin(k, p), nil
	case len(typesOf(k)) > 0:
		faults = contract.CheckKnown(k)
		fmt.Fprintf(stderr, "note: %s: no %s beside it, so its paths were not held against a schema; maasctl pin makes one\n", k.File(), folder.PinFile)
	}
	return faults, nil
}

// reportFaults writes one fault a line and ends the command.
func reportFaults(faults syntax.Faults, std ioStreams) error {
	if _, err := fmt.Fprintln(std.out, std.wrapped(faults.Error())); err != nil {
		return err
	}
	fmt.Fprintln(std.err, countFaults(faults))
	return errReported
}

// countFaults says how many faults and how many warnings there are.
func countFaults(faults syntax.Faults) string {
	warnings := 0
	for _, fault := range faults {
		if fault.Warning {
			warnings++
		}
	}
	switch warnings {
	case 0:
		return count(len(faults), "fault")
	case len(faults):
		return count(warnings, "warning")
	}
	return count(len(faults)-warnings, "fault") + ", " + count(warnings, "warning")
}

// loadPaths loads the kinds of paths that stand side by side. They may hand on to
// the built-in ones.
func loadPaths(paths []string) (*kind.Set, error) {
	sources := []registry.Source{{Name: builtIn, FS: kinds.FS, Background: true}}
	for _, path := range paths {
		sources = append(sources, source(path))
	}
	return registry.LoadTogether(sources...)
}

// source reads a path as a file when it is one, and else as a folder; the
// names it gives to files begin with the path, so that they can be opened.
func source(path string) registry.Source {
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		dir, file := filepath.Split(path)
		if dir == "" {
			dir = "."
		}
		return registry.Source{Name: filepath.ToSlash(dir), FS: treeOf(dir), File: file}
	}
	return registry.Source{Name: filepath.ToSlash(path), FS: treeOf(path)}
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
