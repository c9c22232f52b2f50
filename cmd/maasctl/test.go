package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"

	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/conformance"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/kinds"
)

const testHelp = `Prove kinds: L0 the schema and the folder, L1 the kind-spec against its pin, L2 the
cases and what they cover, L3 generated faults and mutants. No cluster is asked.

Usage:
  maasctl test [KIND-DIR...] [FLAGS]

A KIND-DIR is the folder of one kind, or a folder of such folders; without one
it is the built-in catalogue. Cases are files in the kind's folder cases/: the
first YAML document says what is expected, the referent and related objects
follow as kubectl get -o yaml prints them.

Examples:
  maasctl test
  maasctl test kinds/llmisvc -v
  maasctl test kinds/MyKind --write-expectations
  maasctl test kinds --report report.yaml --junit junit.xml

Exit codes: 0 every check passed or was skipped; 1 a check failed, or a folder
cannot be read; 2 the command line is wrong.
`

// testOptions are the flags of test.
type testOptions struct {
	output  string
	verbose bool
	write   bool
}

func (o *testOptions) register(flags *flag.FlagSet) {
	flags.StringVar(&o.output, "o", "text", "`FORMAT` of the output: text (default text)")
	flags.BoolVar(&o.verbose, "v", false, "list every check, also those that passed")
	flags.BoolVar(&o.write, "write-expectations", false, "write what is decided now into cases that have no expect yet, for you to check;\nno other case is touched")
}

func test(ctx context.Context, args []string, std streams) error {
	var o testOptions
	flags := cli.NewFlags("maasctl test")
	o.register(flags)
	dirs, helped, err := parseMixed(flags, testHelp, args, std.out)
	if helped || err != nil {
		return err
	}
	if fault := o.fault(dirs); fault != "" {
		return usageError{flags.Name(), fault}
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
	var proofs []conformance.Proof
	for _, folder := range folders {
		proof, err := suite.Prove(ctx, folder, conformance.Levels())
		if err != nil {
			return err
		}
		proofs = append(proofs, proof)
	}
	if err := writeProofs(std.out, proofs, o.verbose); err != nil {
		return err
	}
	for _, proof := range proofs {
		if proof.Failed() {
			return errReported
		}
	}
	return nil
}

func (o *testOptions) fault(dirs []string) string {
	switch {
	case o.output != "text":
		return fmt.Sprintf("-o %q is no format, write text", o.output)
	case o.write && len(dirs) == 0:
		return "--write-expectations needs a KIND-DIR: the built-in catalogue cannot be written"
	}
	return ""
}

// kindFolders are the folders to prove; the built-in ones where none is given.
func kindFolders(dirs []string) ([]kind.Source, error) {
	if len(dirs) == 0 {
		return []kind.Source{{Name: "kinds", FS: kinds.FS}}, nil
	}
	var sources []kind.Source
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

// writeExpectations completes the cases on disk that have no expect.
func writeExpectations(ctx context.Context, suite *conformance.Suite, folders []*conformance.Folder, out interface{ Write([]byte) (int, error) }) error {
	written := 0
	for _, folder := range folders {
		for _, check := range folder.Schema {
			if check.Outcome == conformance.Failed {
				return fmt.Errorf("nothing is written while there are faults:\n%s", check.Message)
			}
		}
		for _, c := range folder.Cases {
			if c.Expect != nil {
				continue
			}
			content, err := os.ReadFile(c.File)
			if err != nil {
				return err
			}
			completed, err := suite.Complete(ctx, folder, c, content)
			if err != nil {
				return err
			}
			if err := os.WriteFile(c.File, completed, 0o644); err != nil {
				return err
			}
			fmt.Fprintf(out, "%s: written, check that it is right\n", c.File)
			written++
		}
	}
	if written == 0 {
		fmt.Fprintln(out, "every case has its expect already")
	}
	return nil
}
