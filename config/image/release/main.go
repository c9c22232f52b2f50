// Command release writes what a release of maasctl is made of, and publishes nothing:
// an archive for each platform, what each is made of, checksums, and the manifest by
// which krew installs it as kubectl maas.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/maas-kinds/maas/config/image/build"
)

const help = `release builds maasctl from source and writes into DIR, all of it or nothing:

  maasctl_VERSION_OS_ARCH.tar.gz   maasctl, its manual, completions and licence; .zip for windows
  ....cdx.json                     the modules in it with their licences, with --sbom
  checksums.txt                    SHA-256 of these
  maas.yaml                        the manifest for krew

The date of everything inside is $SOURCE_DATE_EPOCH, in seconds since 1970: the same
source, version and date give the same files, byte for byte.

Flags:
`

// epoch is the variable that reproducible builds take their date from.
const epoch = "SOURCE_DATE_EPOCH"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Getenv(epoch), os.Stdout)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(os.Stderr, "release: %v\n", err)
		os.Exit(1)
	}
}

// settings are what the command line asks for.
type settings struct {
	source    build.Source
	out       string
	url       string
	sbom      string
	platforms []platform
}

type platform struct{ os, arch string }

// versions are those that krew takes.
var versions = regexp.MustCompile(`^v[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$`)

func parse(args []string, date string, stdout io.Writer) (*settings, error) {
	s := &settings{}
	flags := flag.NewFlagSet("release", flag.ContinueOnError)
	flags.SetOutput(stdout)
	flags.Usage = func() { fmt.Fprint(stdout, help); flags.PrintDefaults() }
	flags.StringVar(&s.source.Folder, "source", ".", "`DIR` of the module that has cmd/maasctl")
	flags.StringVar(&s.out, "out", "bin/release", "`DIR` to write; what is in it is replaced")
	flags.StringVar(&s.source.Version, "version", "v0.0.0-dev", "`VERSION` of the release")
	flags.StringVar(&s.source.Revision, "revision", "", "`COMMIT` of the source, for --version")
	flags.StringVar(&s.url, "url", "https://github.com/maas-kinds/maas/releases/download", "`URL` below which krew finds VERSION/ARCHIVE")
	flags.StringVar(&s.sbom, "sbom", "", "`PROGRAM` cyclonedx-gomod, to write what each archive is made of")
	platforms := flags.String("platforms", "linux/amd64,linux/arm64,darwin/amd64,darwin/arm64,windows/amd64,windows/arm64", "`LIST` of platforms, each OS/ARCHITECTURE")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	seconds, err := strconv.ParseInt(date, 10, 64)
	switch {
	case err != nil:
		return nil, fmt.Errorf("$%s is %q: write seconds since 1970, for example that of the commit", epoch, date)
	case flags.NArg() > 0:
		return nil, fmt.Errorf("unexpected argument %q: everything is said with flags", flags.Arg(0))
	case !versions.MatchString(s.source.Version):
		return nil, fmt.Errorf("--version %q is none, write for example v1.2.3", s.source.Version)
	}
	s.source.Created = time.Unix(seconds, 0).UTC()
	for text := range strings.SplitSeq(*platforms, ",") {
		goos, arch, ok := strings.Cut(text, "/")
		if !ok || goos == "" || arch == "" || strings.Contains(arch, "/") {
			return nil, fmt.Errorf("--platforms: %q is none, write for example linux/arm64", text)
		}
		s.platforms = append(s.platforms, platform{goos, arch})
	}
	return s, nil
}

// run is main without the process. It writes a line about each file.
func run(ctx context.Context, args []string, date string, stdout io.Writer) (err error) {
	s, err := parse(args, date, stdout)
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "maas-release-")
	if err != nil {
		return fmt.Errorf("making a folder for the binaries: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	made, err := s.make(ctx, work)
	if err != nil {
		return err
	}
	if err := replace(s.out, made); err != nil {
		return err
	}
	for _, f := range made {
		fmt.Fprintf(stdout, "%s  %d bytes\n", filepath.Join(s.out, f.name), len(f.content))
	}
	return nil
}

// replace writes a folder beside the one that it then takes the place of.
func replace(folder string, files []file) error {
	partial := folder + ".partial"
	err := errors.Join(os.RemoveAll(partial), os.MkdirAll(partial, 0o750))
	for _, f := range files {
		err = errors.Join(err, os.WriteFile(filepath.Join(partial, f.name), f.content, 0o600))
	}
	if err == nil {
		err = errors.Join(os.RemoveAll(folder), os.Rename(partial, folder))
	}
	if err != nil {
		return errors.Join(fmt.Errorf("writing %s: %w", folder, err), os.RemoveAll(partial))
	}
	return nil
}
