package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"path"
	"reflect"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/contract"
	"github.com/maas-kinds/maas/engine/kind/folder"
	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/engine/registry"
	"github.com/maas-kinds/maas/kinds"
)

// checkRun is one run of the command.
type checkRun struct {
	options checkOptions
	// held are the kinds to check, with their pins.
	held []heldKind
	// known are all kinds at hand.
	known []*kind.Kind
	// there is what they are held against.
	there []contract.Contract
	// blind says that nothing is known of what is there.
	blind bool
	// host is the cluster's; unknown are kinds of Kubernetes that it told nothing of.
	host    string
	unknown []string
	results []checkedType
	// faults say what cannot be read, notes what else to know.
	faults, notes []string
}

// heldKind is a kind that reads objects.
type heldKind struct {
	*contract.Baseline

	name, file string
}

func (c *checkRun) fault(err error) {
	var faults syntax.Faults
	if !errors.As(err, &faults) {
		c.faults = append(c.faults, strings.Split(err.Error(), "\n")...)
		return
	}
	for _, fault := range faults {
		c.faults = append(c.faults, fault.String())
	}
}

// load finds the kinds and their pins. Those that have faults are left out.
func (c *checkRun) load(paths []string) error {
	builtIns := registry.Source{Name: builtIn, FS: kinds.FS}
	load := func() (*kind.Set, error) { return loadPaths(paths) }
	if len(paths) == 0 {
		sources := []registry.Source{builtIns}
		for _, dir := range c.options.kindsDirs {
			sources = append(sources, source(dir))
		}
		load = func() (*kind.Set, error) { return registry.Load(sources...) }
	}
	set, err := load()
	var faults syntax.Faults
	switch {
	case errors.As(err, &faults):
		c.fault(faults)
	case err != nil:
		return err
	}
	c.known = set.Kinds()
	if len(paths) > 0 {
		background, err := registry.Load(builtIns)
		if err != nil {
			return err
		}
		c.known = append(c.known, background.Kinds()...)
	}
	for _, k := range c.chosen(set) {
		if err := c.hold(k); err != nil {
			c.fault(err)
		}
	}
	return nil
}

// chosen are the kinds of --kind, or all.
func (c *checkRun) chosen(set *kind.Set) []*kind.Kind {
	if len(c.options.kinds) == 0 {
		return set.Kinds()
	}
	var all []*kind.Kind
	for _, name := range c.options.kinds {
		k, ok := set.Lookup(name)
		if !ok {
			why, _, _ := strings.Cut(unknownKind(set, name).Error(), "\n")
			c.fault(errors.New("--kind: " + strings.TrimSuffix(why, "; there are:")))
		} else if !slices.Contains(all, k) {
			all = append(all, k)
		}
	}
	return all
}

// hold reads the pin of a kind.
func (c *checkRun) hold(k *kind.Kind) error {
	read := readPin
	if isBuiltIn(k) {
		read = readBuiltInPin
	}
	p, err := read(k)
	switch {
	case err != nil:
		return err
	case p == nil && len(typesOf(k)) == 0:
		c.notes = append(c.notes, k.Name()+" reads no object: there is nothing to check")
		return nil
	case p == nil:
		return fmt.Errorf("%s: no %s beside it, so nothing says what it was written for: make it with maasctl pin", k.File(), folder.PinFile)
	}
	baseline, faults := contract.NewBaseline(k, p)
	if len(faults) > 0 {
		return faults
	}
	c.held = append(c.held, heldKind{baseline, k.Name(), k.File()})
	return nil
}

// isBuiltIn says whether a kind is one that this program brings.
func isBuiltIn(k *kind.Kind) bool { return k.File() == path.Join(builtIn, k.Name(), folder.SpecFile) }

// isRead says whether a kind at hand reads a type.
func (c *checkRun) isRead(of schema.GroupKind) bool {
	return slices.ContainsFunc(c.known, func(k *kind.Kind) bool { return k.Reads(of) })
}

// look finds what the kinds are held against.
func (c *checkRun) look(ctx context.Context) error {
	if !c.options.cluster {
		return c.lookAtFiles()
	}
	if err := c.lookAtCluster(ctx); err != nil {
		c.blind = true
		c.fault(err)
	}
	return nil
}

// types are those that the kinds read, each once.
func (c *checkRun) types() []schema.GroupKind {
	var all []schema.GroupKind
	for _, k := range c.held {
		for _, of := range k.Types() {
			if !slices.Contains(all, of) {
				all = append(all, of)
			}
		}
	}
	return all
}

// lookAtFiles reads the CRDs of the paths, and takes the types that are built into
// Kubernetes from the release that this program is built with.
func (c *checkRun) lookAtFiles() error {
	survey := contract.Look(c.options.crds...)
	for _, err := range survey.Faults {
		c.fault(err)
	}
	if len(survey.Without) > 0 {
		c.notes = append(c.notes, fmt.Sprintf("without a CustomResourceDefinition of apiextensions.k8s.io/v1, and passed over: %s", strings.Join(survey.Without, ", ")))
	}
	if c.blind = len(survey.Contracts) == 0 && len(survey.Faults) > 0; c.blind {
		return nil
	}
	files := map[schema.GroupKind][]string{}
	for _, found := range survey.Contracts {
		if slices.ContainsFunc(c.there, func(other contract.Contract) bool { return declareAlike(found, other) }) {
			continue
		}
		c.there = append(c.there, found)
		files[found.GroupKind()] = append(files[found.GroupKind()], found.Path)
	}
	for _, of := range c.types() {
		if len(files[of]) > 1 {
			c.notes = append(c.notes, fmt.Sprintf("%s is in several files, which differ: %s; each gets a verdict", of, strings.Join(files[of], ", ")))
		}
		found, ok, err := contract.BuiltIn(of)
		if err != nil {
			return err
		}
		if ok && len(files[of]) == 0 {
			c.there = append(c.there, found)
		}
	}
	return nil
}

// declareAlike says whether two CRDs are the same but for the files that they are in.
func declareAlike(a, b contract.Contract) bool {
	a.Source, a.Path = b.Source, b.Path
	return reflect.DeepEqual(a, b)
}

// lookAtCluster asks for the types of all kinds that are read, whatever their group.
func (c *checkRun) lookAtCluster(ctx context.Context) error {
	config, err := cli.Cluster(c.options.kubeconfig, "maasctl")
	if err != nil {
		return err
	}
	config.Timeout, c.host = c.options.timeout, config.Host
	cluster, err := contract.NewCluster(config)
	if err != nil {
		return err
	}
	if err := c.unanswered(cluster.List(ctx)); err != nil {
		return err
	}
	groups := map[string][]string{}
	for _, of := range c.types() {
		groups[of.Kind] = append(groups[of.Kind], of.Group)
	}
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		found, err := cluster.OfKind(ctx, name, groups[name]...)
		var unreached *url.Error
		switch {
		case errors.As(err, &unreached):
			return c.unanswered(err)
		case err != nil:
			c.fault(err)
			c.unknown = append(c.unknown, name)
		}
		c.there = append(c.there, found...)
	}
	if refused := cluster.Refused(); refused != nil {
		c.notes = append(c.notes, fmt.Sprintf("the CRDs may not be read, so schemas are those of OpenAPI, and storage versions and deprecated ones are not known: %v", refused))
	}
	return nil
}

// unanswered says of a cluster that hangs how to wait longer.
func (c *checkRun) unanswered(err error) error { return unanswered(err, c.options.timeout) }

// unanswered says of a cluster that hangs how to wait longer than it was waited.
func unanswered(err error, waited time.Duration) error {
	var unreached *url.Error
	if errors.As(err, &unreached) && unreached.Timeout() {
		return fmt.Errorf("no answer within %s, which --timeout can make longer: %w", waited, err)
	}
	return err
}
