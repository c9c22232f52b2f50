package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/contract"
	"github.com/maas-kinds/maas/engine/kind/folder"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

const checkHelp = `Hold the pins of kinds against what their backends declare now: a CRD file of
another release, or a live cluster. Every drift that matters to what the kind
reads is named: a field that is gone, another type, words that came or went, a
version that is not served any more.

Usage:
  maasctl check KIND-DIR... --crd PATH | --kubeconfig FILE

A KIND-DIR is the folder of a kind, or a folder of such folders. Types that are
built into Kubernetes are held against the cluster, and without one against the
Kubernetes release that maasctl is built with.

Examples:
  maasctl check kinds/llmisvc --crd kserve-v0.21/llminferenceservices.yaml
  maasctl check kinds --kubeconfig ~/.kube/config
  maasctl check kinds --kubeconfig ~/.kube/config -o json

JSON and YAML output is a list with the keys kind, type, version, path, message.

Exit codes: 0 no drift; 1 drift, or something cannot be read; 2 the command line
is wrong.
`

// checkOptions are the flags of check.
type checkOptions struct {
	contractFlags
	output  string
	missing bool
}

func (o *checkOptions) register(flags *flag.FlagSet) {
	o.contractFlags.register(flags)
	flags.StringVar(&o.output, "o", "text", "`FORMAT` of the output: text, json or yaml")
	flags.BoolVar(&o.missing, "ignore-missing", false, "pass over types that are not installed, as most backends are not in most clusters")
}

func (o *checkOptions) fault(paths []string) string {
	switch {
	case len(paths) == 0:
		return "write at least one KIND-DIR: a folder with a kind.yaml"
	case len(o.crds) == 0 && o.kubeconfig == "":
		return "say what to hold the pins against: --crd PATH or --kubeconfig FILE"
	case !slices.Contains([]string{"text", "json", "yaml"}, o.output):
		return fmt.Sprintf("-o %q is no format, write text, json or yaml", o.output)
	}
	return ""
}

func checkPins(ctx context.Context, args []string, std ioStreams) error {
	var o checkOptions
	flags := cli.NewFlags("maasctl check")
	o.register(flags)
	paths, helped, err := parseMixed(flags, checkHelp, args, std.out)
	if helped || err != nil {
		return err
	}
	if fault := o.fault(paths); fault != "" {
		return usageError{flags.Name(), fault}
	}
	set, err := loadArguments(paths, std)
	if err != nil {
		return err
	}
	now, err := o.open()
	if err != nil {
		return err
	}
	now.live = true
	drifts := []contract.Drift{}
	checked := 0
	for _, k := range set.Kinds() {
		found, pinned, err := o.drifts(ctx, k, now)
		if err != nil {
			return err
		}
		if pinned {
			checked++
		}
		drifts = append(drifts, found...)
	}
	return o.report(drifts, checked, std)
}

// drifts are those of one kind; pinned is false when it needs no pin.
func (o *checkOptions) drifts(ctx context.Context, k *kind.Kind, now *contracts) (found []contract.Drift, pinned bool, err error) {
	p, err := readPin(k)
	var faults syntax.Faults
	switch {
	case errors.As(err, &faults):
		return nil, false, fmt.Errorf("the pin of %s has %s:\n%w", k.Name(), count(len(faults), "fault"), faults)
	case err != nil:
		return nil, false, err
	case p == nil && len(typesOf(k)) == 0:
		return nil, false, nil
	case p == nil:
		return nil, false, fmt.Errorf("no %s beside %s: make it with maasctl pin", folder.PinFile, k.File())
	}
	contracts, err := now.of(ctx, k)
	if err != nil {
		return nil, false, err
	}
	if o.missing {
		p.Contracts = slices.DeleteFunc(p.Contracts, func(c contract.Contract) bool {
			return !slices.ContainsFunc(contracts, func(there contract.Contract) bool { return there.GroupKind() == c.GroupKind() })
		})
	}
	return p.Drifts(contracts), len(p.Contracts) > 0, nil
}

func (o *checkOptions) report(drifts []contract.Drift, checked int, std ioStreams) error {
	if o.output != "text" {
		if err := writeAs(std.out, o.output, drifts); err != nil {
			return err
		}
	} else if err := writeDrifts(drifts, checked, std); err != nil {
		return err
	}
	if len(drifts) > 0 {
		return errReported
	}
	return nil
}

func writeDrifts(drifts []contract.Drift, checked int, std ioStreams) error {
	if len(drifts) == 0 {
		_, err := fmt.Fprintf(std.out, "%s, no drift\n", count(checked, "kind"))
		return err
	}
	lines := make([]string, len(drifts))
	for i, drift := range drifts {
		lines[i] = drift.String()
	}
	if _, err := fmt.Fprintln(std.out, strings.Join(lines, "\n")); err != nil {
		return err
	}
	fmt.Fprintln(std.err, count(len(drifts), "drift"))
	return nil
}
