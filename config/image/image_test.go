package main

import (
	"archive/tar"
	"bytes"
	"crypto/x509"
	"debug/elf"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

const date = "1760000000"

// both are the platforms of a release.
var both = []v1.Platform{{OS: "linux", Architecture: "amd64"}, {OS: "linux", Architecture: "arm64"}}

// TestArchive is about everything but compilers: the binaries are words.
func TestArchive(t *testing.T) {
	first, second := filepath.Join(t.TempDir(), "a.tar"), filepath.Join(t.TempDir(), "b.tar")
	for _, path := range []string{first, second} {
		var programs []program
		for _, platform := range both {
			programs = append(programs, program{platform, []byte("for " + platform.String())})
		}
		made, err := assemble("maas-api", release{"1.2.3", "abc", time.Unix(1760000000, 0).UTC()}, programs)
		if err != nil {
			t.Fatal(err)
		}
		if err := made.archive(path); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(read(t, first), read(t, second)) {
		t.Error("the same input gives two archives that differ")
	}

	images := load(t, first, "maas-api", "1.2.3")
	for _, platform := range both {
		image := images[platform.String()]
		if image == nil {
			t.Errorf("no image for %s", platform)
			continue
		}
		if content := extract(t, image)["maas-api"].content; string(content) != "for "+platform.String() {
			t.Errorf("%s runs %q", platform, content)
		}
		config, err := image.ConfigFile()
		if err != nil {
			t.Fatal(err)
		}
		labels := config.Config.Labels
		if config.Platform().String() != platform.String() || config.Created.Unix() != 1760000000 ||
			labels["org.opencontainers.image.version"] != "1.2.3" || labels["org.opencontainers.image.revision"] != "abc" {
			t.Errorf("%s: %+v", platform, config)
		}
	}
	// Docker without the containerd image store reads another description.
	docker, err := tarball.ImageFromPath(first, nil)
	if err != nil {
		t.Fatal(err)
	}
	if content := extract(t, docker)["maas-api"].content; string(content) != "for linux/amd64" {
		t.Errorf("Docker would run %q", content)
	}
}

// TestImages builds the images of this machine's architecture as `make image`
// does, and runs what is in them.
func TestImages(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles the commands, which takes a minute")
	}
	platform, out := v1.Platform{OS: "linux", Architecture: runtime.GOARCH}, t.TempDir()
	source, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	commands := []string{"maas-api", "maas-controller", "maasctl"}
	args := append([]string{"-source", source, "-out", out, "-tag", "test", "-platforms", platform.String()}, commands...)
	if err := run(t.Context(), args, date, io.Discard); err != nil {
		t.Fatal(err)
	}
	for _, command := range commands {
		t.Run(command, func(t *testing.T) {
			image := load(t, filepath.Join(out, command+".tar"), command, "test")[platform.String()]
			config, err := image.ConfigFile()
			if err != nil {
				t.Fatal(err)
			}
			if c := config.Config; c.User != "65532:65532" || !slices.Equal(c.Entrypoint, []string{"/" + command}) || len(c.Cmd) > 0 {
				t.Errorf("runs %q %q as %q", c.Entrypoint, c.Cmd, c.User)
			}
			files := extract(t, image)
			checkFiles(t, command, files)
			checkAuthorities(t, files["etc/ssl/certs/ca-certificates.crt"].content)
			checkBinary(t, files[command].content, source)
			root := unpack(t, files)
			if runtime.GOOS != "linux" {
				t.Skip("what is in the image runs on Linux only")
			}
			checkRuns(t, filepath.Join(root, command))
		})
	}
}

func TestParse(t *testing.T) {
	for name, test := range map[string]struct {
		args []string
		date string
		says string
	}{
		"no command":                {nil, date, "maas-controller"},
		"a tag that is none":        {[]string{"-tag", "a b", "maas-api"}, date, "a b"},
		"a command that is a path":  {[]string{"../X"}, date, "X"},
		"a platform without a part": {[]string{"-platforms", "linux/amd64,linux", "maas-api"}, date, `"linux"`},
		"no date":                   {[]string{"maas-api"}, "", "SOURCE_DATE_EPOCH"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := parse(test.args, test.date, io.Discard); err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error %v, want one that says %q", err, test.says)
			}
		})
	}
	if _, err := parse([]string{"-help"}, "", io.Discard); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("-help gives %v", err)
	}
}

// A command that does not compile leaves no archive, and says the compiler's words.
func TestNoSuchCommand(t *testing.T) {
	out := t.TempDir()
	err := run(t.Context(), []string{"-source", "../..", "-out", out, "none"}, date, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "cmd/none") {
		t.Errorf("error %v, want one that names cmd/none", err)
	}
	if left, _ := os.ReadDir(out); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// checkFiles holds an image to having nothing but what it needs: no shell, and
// nothing that gives somebody more than they came with.
func checkFiles(t *testing.T, command string, files map[string]packed) {
	t.Helper()
	want := []string{command, "etc", "etc/group", "etc/passwd", "etc/ssl", "etc/ssl/certs", "etc/ssl/certs/ca-certificates.crt"}
	var got []string
	for path, f := range files {
		got = append(got, path)
		mode := f.header.FileInfo().Mode()
		if f.header.Uid != 0 || f.header.Gid != 0 || mode.Perm()&0o022 != 0 || mode&(os.ModeSetuid|os.ModeSetgid|os.ModeSymlink|os.ModeDevice) != 0 {
			t.Errorf("%s is %s of %d:%d", path, mode, f.header.Uid, f.header.Gid)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("files %q, want %q", got, want)
	}
	if passwd := string(files["etc/passwd"].content); !strings.Contains(passwd, "\nnonroot:x:65532:65532:") {
		t.Errorf("/etc/passwd does not know the user:\n%s", passwd)
	}
}

func checkAuthorities(t *testing.T, content []byte) {
	t.Helper()
	known := 0
	for block, rest := pem.Decode(content); block != nil; block, rest = pem.Decode(rest) {
		authority, err := x509.ParseCertificate(block.Bytes)
		if err != nil || !authority.IsCA {
			t.Errorf("certificate %d is no authority (%v)", known, err)
		}
		known++
	}
	if known < 100 {
		t.Errorf("%d certificate authorities, far fewer than there are", known)
	}
}

// checkBinary wants a file that needs no other, and that tells nothing about
// the machine that built it.
func checkBinary(t *testing.T, content []byte, source string) {
	t.Helper()
	binary, err := elf.NewFile(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	if machine := map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}[runtime.GOARCH]; binary.Machine != machine {
		t.Errorf("built for %s, want %s", binary.Machine, machine)
	}
	for _, program := range binary.Progs {
		if program.Type == elf.PT_INTERP || program.Type == elf.PT_DYNAMIC {
			t.Error("the binary needs a dynamic linker, and the image has none")
		}
	}
	if bytes.Contains(content, []byte(source+"/")) {
		t.Errorf("the binary holds the path %s: it differs with where it was built", source)
	}
}

// load reads the archive of a command: its images by platform.
func load(t *testing.T, path, command, tag string) map[string]v1.Image {
	t.Helper()
	folder := unpack(t, untar(t, bytes.NewReader(read(t, path))))
	index, err := layout.ImageIndexFromPath(folder)
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := index.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	if len(manifest.Manifests) != 1 {
		t.Fatalf("%d images in one archive, want 1", len(manifest.Manifests))
	}
	only := manifest.Manifests[0]
	if a := only.Annotations; a["org.opencontainers.image.ref.name"] != tag || a["io.containerd.image.name"] != "docker.io/library/"+command+":"+tag {
		t.Errorf("names %v", a)
	}
	platforms, err := index.ImageIndex(only.Digest)
	if err != nil {
		t.Fatal(err)
	}
	if manifest, err = platforms.IndexManifest(); err != nil {
		t.Fatal(err)
	}
	images := map[string]v1.Image{}
	for _, m := range manifest.Manifests {
		if images[m.Platform.String()], err = platforms.Image(m.Digest); err != nil {
			t.Fatal(err)
		}
	}
	return images
}

// packed is an entry of an archive.
type packed struct {
	header  *tar.Header
	content []byte
}

func extract(t *testing.T, image v1.Image) map[string]packed {
	t.Helper()
	content := mutate.Extract(image)
	entries := untar(t, content)
	if err := content.Close(); err != nil {
		t.Fatal(err)
	}
	return entries
}

func untar(t *testing.T, from io.Reader) map[string]packed {
	t.Helper()
	entries, reader := map[string]packed{}, tar.NewReader(from)
	for {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return entries
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(reader)
		if err != nil {
			t.Fatal(err)
		}
		if stamp := fmt.Sprint(header.ModTime.Unix()); stamp != date {
			t.Errorf("%s is of %s, want %s: the archive differs with when it was built", header.Name, stamp, date)
		}
		entries[filepath.Clean(header.Name)] = packed{header, content}
	}
}

// unpack writes entries into a folder.
func unpack(t *testing.T, entries map[string]packed) string {
	t.Helper()
	root := t.TempDir()
	for path, e := range entries {
		if e.header.Typeflag == tar.TypeDir {
			continue
		}
		path = filepath.Join(root, path)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, e.content, e.header.FileInfo().Mode())); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}
