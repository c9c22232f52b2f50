package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/maas-kinds/maas/config/image/build"
)

const date = "1760000000"

// tiny is a module that is built as this one is, and takes seconds.
var tiny = map[string]string{
	"go.mod":                    "module github.com/maas-kinds/maas\n\ngo 1.26.0\n",
	"LICENSE":                   "as you like\n",
	"cmd/internal/cli/build.go": "package cli\n\nvar stamp string\n\nfunc Stamp() string { return stamp }\n",
	"cmd/maasctl/main.go": `package main

import (
	"fmt"
	"os"

	"github.com/maas-kinds/maas/cmd/internal/cli"
)

func main() {
	switch os.Args[1] {
	case "man":
		if os.Mkdir(os.Args[2], 0o700) != nil || os.WriteFile(os.Args[2]+"/maasctl.1", []byte(".TH"), 0o600) != nil {
			os.Exit(1)
		}
	case "completion":
		fmt.Println("for", os.Args[2])
	default:
		fmt.Println(cli.Stamp())
	}
}
`,
}

// However often and wherever it is built, a release is the same, byte for byte.
func TestReleaseIsReproducible(t *testing.T) {
	var first map[string]string
	for range 2 {
		source, out := t.TempDir(), filepath.Join(t.TempDir(), "release")
		for name, content := range tiny {
			path := filepath.Join(source, name)
			if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(content), 0o600)); err != nil {
				t.Fatal(err)
			}
		}
		args := []string{"-source", source, "-out", out, "-version", "v1.2.3", "-revision", "abc", "-platforms", runtime.GOOS + "/" + runtime.GOARCH}
		if err := run(t.Context(), args, date, io.Discard); err != nil {
			t.Fatal(err)
		}
		made := read(t, out)
		if first == nil {
			first = made
		}
		for name := range first {
			if made[name] != first[name] {
				t.Errorf("%s differs from one build to the next", name)
			}
		}
	}
	archive := "maasctl_v1.2.3_" + runtime.GOOS + "_" + runtime.GOARCH + ".tar.gz"
	if len(first) != 3 || !strings.HasSuffix(first["checksums.txt"], "  "+archive+"\n") || !strings.Contains(first["maas.yaml"], archive) {
		t.Errorf("a release of %d files: %v", len(first), first["checksums.txt"])
	}
	files := untar(t, first[archive])
	for name, want := range map[string]string{"LICENSE": "as you like\n", "completions/_maasctl": "for zsh\n", "completions/maasctl.bash": "for bash\n", "man/maasctl.1": ".TH"} {
		if files[name] != want {
			t.Errorf("%s is %q, want %q", name, files[name], want)
		}
	}
	binary := filepath.Join(t.TempDir(), "maasctl")
	if err := os.WriteFile(binary, []byte(files["maasctl"]), 0o700); err != nil {
		t.Fatal(err)
	}
	said, err := exec.CommandContext(t.Context(), binary, "--version").Output()
	if want := "v1.2.3,abc,2025-10-09T08:53:20Z\n"; err != nil || string(said) != want {
		t.Errorf("it says of itself %q, want %q: %v", said, want, err)
	}
}

// Windows has its own kind of archive, and each platform its line in the manifest.
func TestPack(t *testing.T) {
	s := &settings{url: "https://example.com/d", source: build.Source{Version: "v1.2.3", Created: time.Unix(1760000000, 0)}}
	windows := platform{"windows", "arm64"}
	packed, err := s.pack(windows, []file{{windows.program(), 0o755, []byte("MZ")}, {"LICENSE", 0o644, []byte("as you like")}})
	if err != nil || packed.name != "maasctl_v1.2.3_windows_arm64.zip" {
		t.Fatalf("%s: %v", packed.name, err)
	}
	reader, err := zip.NewReader(bytes.NewReader(packed.content), int64(len(packed.content)))
	if err != nil || len(reader.File) != 2 || reader.File[0].Name != "maasctl.exe" || !reader.File[0].Modified.Equal(s.source.Created) {
		t.Errorf("the archive is not as it should be: %v", err)
	}
	const want = `    - selector: {matchLabels: {os: windows, arch: arm64}}
      uri: https://example.com/d/v1.2.3/maasctl_v1.2.3_windows_arm64.zip
      sha256: 5d3bd68165b0af1e0b8e7c6c8c0c5a3a
      bin: maasctl.exe
      files:
        - {from: maasctl.exe, to: .}
        - {from: LICENSE, to: .}
`
	manifest := string(s.krew([]archived{{windows, packed}}).content)
	for line := range strings.Lines(want) {
		if strings.Contains(line, "sha256") {
			line = "      sha256: " + strings.Fields(string(checksums([]file{packed}).content))[0] + "\n"
		}
		if !strings.Contains(manifest, line) {
			t.Errorf("%q is missing in:\n%s", line, manifest)
		}
	}
}

func TestParse(t *testing.T) {
	for name, test := range map[string]struct {
		args []string
		date string
		says string
	}{
		"an argument":               {[]string{"maasctl"}, date, "unexpected argument"},
		"a version krew refuses":    {[]string{"-version", "1.2"}, date, "v1.2.3"},
		"a platform without a part": {[]string{"-platforms", "linux"}, date, `"linux"`},
		"no date":                   {nil, "", "SOURCE_DATE_EPOCH"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := parse(test.args, test.date, io.Discard); err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error %v, want one that says %q", err, test.says)
			}
		})
	}
}

// What fails leaves the release that was there, and nothing beside it.
func TestFailureLeavesWhatWasThere(t *testing.T) {
	parent := t.TempDir()
	out := filepath.Join(parent, "release")
	if err := errors.Join(os.Mkdir(out, 0o700), os.WriteFile(filepath.Join(out, "old"), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), []string{"-source", parent, "-out", out}, date, io.Discard); err == nil {
		t.Fatal("a folder without a module was built")
	}
	entries, err := os.ReadDir(parent)
	if _, gone := os.Stat(filepath.Join(out, "old")); err != nil || gone != nil || len(entries) != 1 {
		t.Errorf("left: %v, %v, %v", entries, err, gone)
	}
}

func read(t *testing.T, folder string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, entry := range entries {
		content, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[entry.Name()] = string(content)
	}
	return files
}

func untar(t *testing.T, content string) map[string]string {
	t.Helper()
	decompressed, err := gzip.NewReader(strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	files, reader := map[string]string{}, tar.NewReader(decompressed)
	for {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(reader)
		if err != nil {
			t.Fatal(err)
		}
		files[header.Name] = string(content)
	}
}
