package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/contract"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

const pinHelp = `Write referent.yaml beside kind-specs: the part of the backends' CRDs that each
kind-spec reads, with where it was taken from. From then on maasctl lint and
maasctl test hold every path and comparison against it, without a cluster.

Usage:
  maasctl pin [FLAGS] KIND-DIR...

A KIND-DIR is the folder of a kind, or a folder of such folders. Types that are
built into Kubernetes, such as Service and Deployment, need no --crd. A faulty
path is reported with the fields that there are, and no pin is written.

Examples:
  maasctl pin --crd llminferenceservices.yaml --upstream kserve/kserve@v0.20.0 kinds/llmisvc
  maasctl pin --crd crds/ --upstream ray.io=ray-project/kuberay@v1.6.2 kinds/RayService
  maasctl pin --crd crds/ kinds       (again, after kind-specs changed)

Exit codes: 0 the pins are written; 1 a kind-spec has faults, or something
cannot be read or written; 2 the command line is wrong.
`

// pinOptions are the flags of pin.
type pinOptions struct {
	contractFlags
	upstreams upstreams
}

func (o *pinOptions) register(flags *flag.FlagSet) {
	o.contractFlags.register(flags)
	flags.Func("upstream", "`[GROUP=]PROJECT@VERSION` that the CRDs, or those of an API group, were taken from; may be\nrepeated. What the existing pin says of the very same file is kept.", o.upstreams.add)
}

func pinCommand() command {
	var o pinOptions
	return command{
		use: "pin KIND-DIR...", summary: "write what kinds read of their backends' CRDs beside them", help: pinHelp,
		flags: o.register, run: o.pin, arguments: onlyFolders,
	}
}

func (o *pinOptions) pin(ctx context.Context, paths []string, std ioStreams) error {
	if len(paths) == 0 {
		return usageError{"write at least one KIND-DIR: a folder with a kind.yaml"}
	}
	set, err := loadArguments(paths, std)
	if err != nil {
		return err
	}
	contracts, err := o.open()
	if err != nil {
		return err
	}
	var faults syntax.Faults
	for _, k := range set.Kinds() {
		err := o.write(ctx, k, contracts, std.out)
		var of syntax.Faults
		switch {
		case errors.As(err, &of):
			faults = append(faults, of...)
		case err != nil:
			return err
		}
	}
	if len(faults) > 0 {
		return reportFaults(faults, std)
	}
	return nil
}

// write makes the pin of one kind; the error is of type kind.Faults when the
// kind-spec does not fit its backend.
func (o *pinOptions) write(ctx context.Context, k *kind.Kind, from *contracts, out io.Writer) error {
	found, err := from.of(ctx, k)
	if err != nil {
		return err
	}
	// A pin that cannot be read is about to be replaced.
	earlier, _ := readPin(k)
	p, faults := contract.MakePin(k, found)
	switch {
	case len(faults) > 0:
		return faults
	case p == nil:
		_, err := fmt.Fprintf(out, "%s: reads no object, so it needs no pin\n", k.Name())
		return err
	}
	if err := o.upstreams.complete(p, earlier); err != nil {
		return err
	}
	content, err := p.YAML()
	if err != nil {
		return err
	}
	if err := writeFile(pinPath(k), content, 0o644); err != nil {
		return fmt.Errorf("writing the pin of %s: %w", k.Name(), err)
	}
	_, err = fmt.Fprintf(out, "%s: %s\n", pinPath(k), strings.Join(sourcesOf(p), ", "))
	return err
}

func sourcesOf(p *contract.Pin) []string {
	words := make([]string, len(p.Contracts))
	for i, c := range p.Contracts {
		words[i] = fmt.Sprintf("%s of %s %s", c.Kind, c.Source.Project, c.Source.Version)
	}
	return words
}

// upstreams say where CRDs come from, by API group; "" for all others.
type upstreams map[string]upstream

type upstream struct{ project, version string }

func (u *upstreams) add(text string) error {
	group, from, ok := strings.Cut(text, "=")
	if !ok {
		group, from = "", text
	}
	project, version, ok := strings.Cut(from, "@")
	if !ok || project == "" || version == "" {
		return errors.New("write PROJECT@VERSION, for example kserve/kserve@v0.20.0, or GROUP=PROJECT@VERSION")
	}
	if *u == nil {
		*u = upstreams{}
	}
	(*u)[group] = upstream{project, version}
	return nil
}

// complete writes into a pin where its contracts come from.
func (u *upstreams) complete(p, earlier *contract.Pin) error {
	var unknown []string
	for i := range p.Contracts {
		source := &p.Contracts[i].Source
		if source.Project != "" {
			continue
		}
		from, ok := (*u)[p.Contracts[i].Group]
		if !ok {
			from, ok = (*u)[""]
		}
		if ok {
			source.Project, source.Version = from.project, from.version
			continue
		}
		if earlier != nil {
			if c, known := earlier.Contract(p.Contracts[i].GroupKind()); known && c.Source.SHA256 == source.SHA256 {
				*source = c.Source
				continue
			}
		}
		unknown = append(unknown, fmt.Sprintf("%s (%s)", p.Contracts[i].GroupKind(), source.File))
	}
	if len(unknown) > 0 {
		return fmt.Errorf("%s: which project and release are these from? Write --upstream GROUP=PROJECT@VERSION: %s", p.Name, strings.Join(unknown, ", "))
	}
	return nil
}
