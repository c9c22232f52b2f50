package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/conformance"
	"github.com/maas-kinds/maas/engine/registry"
	"github.com/maas-kinds/maas/kinds"
)

const testHelp = `Prove kinds: L0 the schema and the folder, L1 the kind-spec against its pin and
its sources, L2 the cases and what they cover, L3 generated faults and mutants. No cluster is asked,
unless --cluster, in a checkout of this repository, adds L4, the life cycle on a real
API server under exactly the roles of config/rbac and maasctl rbac, and L5, the listing
in front of real HTTP backends.

Usage:
  maasctl test [KIND-DIR...] [FLAGS]

A KIND-DIR is the folder of one kind, or a folder of such folders; without one
it is the built-in catalogue. Cases are in the kind's file cases.yaml: objects as
kubectl get -o yaml prints them, and for each case what is different about them
and what has to follow.

Examples:
  maasctl test
  maasctl test kinds/llmisvc -v
  maasctl test kinds/MyKind --write-expectations
  maasctl test kinds --report report.yaml --junit junit.xml
  maasctl test kinds/MyKind --cluster
  maasctl test kinds/MyKind --cluster --kubeconfig ~/.kube/config

--cluster starts a control plane of its own, which is built first where that is
needed (minutes, once). With --kubeconfig it is an existing cluster, in which
namespaces and roles named maas-test-*, and the CRDs that it lacks, come and go. What was there stays: a kind whose types the cluster
serves already is skipped, because its operator would act on the test's objects.
CRDs are the published ones in CRD_DIR, or in ../shared/crds beside the checkout,
else minimal ones made from the kind-spec.

Exit codes: 0 every check passed or was skipped; 1 a check failed, or a folder
cannot be read; 2 the command line is wrong.
`

// maxHeap in bytes is where it is no longer worth memory to collect less often.
const maxHeap = 256 << 20

// testOptions are the flags of test.
type testOptions struct {
	output        string
	report, junit string
	verbose       bool
	write         bool
	cluster       bool
	kubeconfig    string
}

func (o *testOptions) register(flags *flag.FlagSet) {
	flags.StringVar(&o.output, "o", "text", formatUsage)
	flags.StringVar(&o.report, "report", "", "`FILE` for the report, YAML in the manner of Gateway API's ConformanceReport")
	flags.StringVar(&o.junit, "junit", "", "`FILE` for the checks as JUnit XML")
	flags.BoolVar(&o.verbose, "v", false, "list every check, also those that passed")
	flags.BoolVar(&o.write, "write-expectations", false, "write what is decided now where a case does not say yet what it expects, for you\nto check; nothing else is touched")
	flags.BoolVar(&o.cluster, "cluster", false, "add L4 and L5, on a control plane that is started for this, or on that of --kubeconfig")
	flags.StringVar(&o.kubeconfig, "kubeconfig", "", "kubeconfig `FILE` of an existing cluster for --cluster")
}

func testCommand() command {
	var o testOptions
	return command{
		use: "test [KIND-DIR...]", summary: "prove kinds by their cases, and hold them against faults and mutants", help: testHelp,
		flags: o.register, run: o.test, arguments: onlyFolders,
		values: map[string]cobra.CompletionFunc{"output": oneOf(reportFormats()...)},
	}
}

func (o *testOptions) test(ctx context.Context, dirs []string, std ioStreams) error {
	if fault := o.fault(dirs); fault != "" {
		return usageError{fault}
	}
	suite, err := conformance.New()
	if err != nil {
		return err
	}
	sources, err := kindFolders(dirs)
	if err != nil {
		return err
	}
	folders, err := suite.Load(sources...)
	if err != nil {
		return err
	}
	if o.write {
		return writeExpectations(ctx, suite, folders, std.out)
	}
	// A short run that makes many small objects: collecting them less often
	// saves a third of its time.
	debug.SetGCPercent(1000)
	prove := func() ([]conformance.Proof, error) {
		defer std.progress.End()
		return suite.ProveAll(ctx, folders, conformance.Levels(), func() { std.progress.Step("proving kinds", len(folders)) })
	}
	if o.cluster {
		prove = func() ([]conformance.Proof, error) { return o.proveOnCluster(ctx, suite, folders, std.err) }
	}
	if !o.cluster { // There the programs of the install run in this one.
		debug.SetMemoryLimit(maxHeap)
	}
	proofs, err := prove()
	if err != nil {
		return err
	}
	if err := o.show(std.laidOut(o.output), proofs); err != nil {
		return err
	}
	for _, proof := range proofs {
		if proof.Failed() {
			return errReported
		}
	}
	return nil
}

// show writes the outcome where it is wanted.
func (o *testOptions) show(std ioStreams, proofs []conformance.Proof) error {
	report := conformance.NewReport(proofs, suiteVersion(), time.Now())
	if o.report != "" {
		content, err := report.YAML()
		if err != nil {
			return err
		}
		if err := writeFile(o.report, content, 0o600); err != nil {
			return fmt.Errorf("--report: %w", err)
		}
	}
	if o.junit != "" {
		content, err := conformance.JUnit(proofs)
		if err != nil {
			return err
		}
		if err := writeFile(o.junit, content, 0o600); err != nil {
			return fmt.Errorf("--junit: %w", err)
		}
	}
	switch o.output {
	case "json":
		encoder := json.NewEncoder(std.out)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		return encoder.Encode(report)
	case "yaml":
		content, err := report.YAML()
		if err != nil {
			return err
		}
		_, err = std.out.Write(content)
		return err
	}
	return writeProofs(std, proofs, o.verbose)
}

// suiteVersion is the version, with the commit where that does not say it.
func suiteVersion() string {
	build := cli.ReadBuild()
	if build.Commit == "" || strings.Contains(build.Version, "-") {
		return build.Version
	}
	return build.Version + " " + build.Commit
}

func (o *testOptions) fault(dirs []string) string {
	switch {
	case o.kubeconfig != "" && !o.cluster:
		return "--kubeconfig is for --cluster: add it, or leave both out"
	case o.write && o.cluster:
		return "--write-expectations needs no --cluster: leave one of them out"
	case o.write && len(dirs) == 0:
		return "--write-expectations needs a KIND-DIR: the built-in catalogue cannot be written"
	}
	return formatFault(o.output, reportFormats())
}

// kindFolders are the folders to prove; the built-in ones where none is given, and
// else in the background, for kinds to hand on to.
func kindFolders(dirs []string) ([]registry.Source, error) {
	if len(dirs) == 0 {
		return []registry.Source{{Name: "kinds", FS: kinds.FS}}, nil
	}
	sources := []registry.Source{{Name: builtIn, FS: kinds.FS, Background: true}}
	for _, dir := range dirs {
		info, err := os.Stat(dir)
		if err == nil && !info.IsDir() {
			err = &fs.PathError{Op: "reading", Path: dir, Err: errors.New("is a file: give the folder of the kind")}
		}
		if err != nil {
			return nil, err
		}
		sources = append(sources, source(dir))
	}
	return sources, nil
}
