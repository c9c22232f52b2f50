// Command image builds OCI images of the commands of this project, one archive
// a command with an image for each platform, and needs no container engine. It
// is a module of its own so that what it requires stays out of the product.
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
	"strconv"
	"strings"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/maas-kinds/maas/config/image/build"
)

const help = `image builds COMMANDs from source and writes each as an OCI archive, DIR/COMMAND.tar.

The date of everything inside is $SOURCE_DATE_EPOCH, in seconds since 1970: the
same source, tag and date give the same archive, byte for byte.

Usage:
  image [FLAGS] COMMAND...

Flags:
`

// epoch is the variable that reproducible builds take their date from.
const epoch = "SOURCE_DATE_EPOCH"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Getenv(epoch), os.Stdout)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(os.Stderr, "image: %v\n", err)
		os.Exit(1)
	}
}

// settings are what the command line asks for.
type settings struct {
	source    string
	out       string
	release   release
	platforms []v1.Platform
	commands  []string
}

// run is main without the process. It writes a line about each archive.
func run(ctx context.Context, args []string, date string, stdout io.Writer) (err error) {
	s, err := parse(args, date, stdout)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(s.out, 0o750); err != nil {
		return fmt.Errorf("making the folder for the archives: %w", err)
	}
	built, err := os.MkdirTemp("", "maas-image-")
	if err != nil {
		return fmt.Errorf("making a folder for the binaries: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(built)) }()
	source := build.Source{Folder: s.source, Version: s.release.tag, Revision: s.release.revision, Created: s.release.created}
	for _, platform := range s.platforms {
		if err := source.Commands(ctx, binaries(built, platform), s.commands, platform.OS, platform.Architecture); err != nil {
			return err
		}
	}
	for _, command := range s.commands {
		file := filepath.Join(s.out, command+".tar")
		if err := s.write(built, command, file); err != nil {
			return fmt.Errorf("%s: %w", command, err)
		}
		fmt.Fprintf(stdout, "%s: %s:%s for %s\n", file, command, s.release.tag, list(s.platforms))
	}
	return nil
}

// binaries is the folder of what is built for a platform.
func binaries(built string, platform v1.Platform) string {
	return filepath.Join(built, strings.NewReplacer("/", "-", ":", "-").Replace(platform.String()))
}

// write makes the archive of one command.
func (s *settings) write(built, command, file string) error {
	var programs []program
	for _, platform := range s.platforms {
		binary, err := os.ReadFile(filepath.Join(binaries(built, platform), command))
		if err != nil {
			return fmt.Errorf("reading what was built: %w", err)
		}
		programs = append(programs, program{platform, binary})
	}
	images, err := assemble(command, s.release, programs)
	if err != nil {
		return err
	}
	return images.archive(file)
}

func parse(args []string, date string, stdout io.Writer) (*settings, error) {
	s := &settings{}
	flags := flag.NewFlagSet("image", flag.ContinueOnError)
	flags.SetOutput(stdout)
	flags.Usage = func() { fmt.Fprint(stdout, help); flags.PrintDefaults() }
	flags.StringVar(&s.source, "source", ".", "`DIR` of the module that has cmd/COMMAND")
	flags.StringVar(&s.out, "out", "bin/images", "`DIR` that the archives are written to")
	flags.StringVar(&s.release.tag, "tag", "dev", "`TAG` of the images")
	flags.StringVar(&s.release.revision, "revision", "", "`COMMIT` of the source, for the labels and --version")
	platforms := flags.String("platforms", "linux/amd64,linux/arm64", "`LIST` of platforms, each OS/ARCHITECTURE")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	s.commands = flags.Args()
	if len(s.commands) == 0 {
		return nil, errors.New("name the commands to build, for example maas-controller")
	}
	for _, command := range s.commands {
		if _, err := name.NewTag(command + ":" + s.release.tag); err != nil {
			return nil, fmt.Errorf("no image can have this name: %w", err)
		}
	}
	seconds, err := strconv.ParseInt(date, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("$%s is %q: write seconds since 1970, for example that of the commit", epoch, date)
	}
	s.release.created = time.Unix(seconds, 0).UTC()
	for text := range strings.SplitSeq(*platforms, ",") {
		platform, err := v1.ParsePlatform(text)
		if err != nil || platform.OS == "" || platform.Architecture == "" {
			return nil, fmt.Errorf("--platforms: %q is none, write for example linux/arm64", text)
		}
		s.platforms = append(s.platforms, *platform)
	}
	return s, nil
}

func list(platforms []v1.Platform) string {
	var names []string
	for _, platform := range platforms {
		names = append(names, platform.String())
	}
	return strings.Join(names, ", ")
}
