package authors_test

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// The environment of a naive maasctl: its fault, and where maasctl itself is.
const (
	faultVariable   = "MAAS_AUTHORS_FAULT"
	programVariable = "MAAS_AUTHORS_PROGRAM"
)

// glut in bytes is where a fault stops that has no end: more than a row
// allows, and nothing that harms the machine.
const glut = (maxMemory + maxMemory/4) << 10

// flawed is a maasctl with a fault: it does what it must not, and for the rest
// it is maasctl itself.
func flawed(f fault, args []string) (exit int) {
	visit(f)
	if f == plainYAML {
		return plainRole()
	}
	var out bytes.Buffer
	itself := exec.Command(os.Getenv(programVariable), args...) //nolint:noctx // the test ends both
	itself.Stdout, itself.Stderr = &out, &out
	err := itself.Run()
	if exited := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exited) {
		_, _ = fmt.Fprintln(os.Stdout, err)
	}
	exit = itself.ProcessState.ExitCode()
	text := out.String()
	switch {
	case f == panics && exit != 0:
		panic("planted")
	case f == keepsSilent:
		return 0
	case f == plainMermaid:
		text = unescape(text)
	case f == plainXML:
		unescapeFiles("*.xml")
	}
	_, _ = fmt.Fprint(os.Stdout, text)
	return exit
}

// visit does to every file of the folder what the fault says.
func visit(f fault) {
	_ = filepath.WalkDir(".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || file == "." {
			return err
		}
		link, regular := entry.Type()&fs.ModeSymlink != 0, entry.Type().IsRegular()
		switch {
		case f == printsRaw:
			printRaw(file, regular)
		case f == readsAll && (link || regular):
			keep(int64(len(some(file, glut/16))) * 16)
		case f == followsLinks && link:
			_, _ = fmt.Fprintln(os.Stdout, file, string(some(file, 4<<10)))
		case f == writesThrough && link:
			_ = os.WriteFile(file, []byte("written\n"), 0o600)
			_ = os.WriteFile(filepath.Join(file, "made.yaml"), []byte("written\n"), 0o600)
		case f == expandsAll && regular:
			keep(expanded(some(file, 17<<20)))
		case f == padsDocuments && regular:
			keep(padded(some(file, 17<<20)))
		case f == blocks && !entry.IsDir():
			if opened, err := os.Open(file); err == nil {
				_ = opened.Close()
			}
		}
		return nil
	})
	if f == obeysNames {
		for _, match := range definedKind.FindAllSubmatch(some(crdFile, 1<<20), -1) {
			_ = os.MkdirAll("out", 0o750)
			_ = os.WriteFile(filepath.Join("out", string(match[1])+".yaml"), []byte("written\n"), 0o600)
		}
	}
}

// printRaw prints the name of a file, what is in it, and the values that this means.
func printRaw(file string, regular bool) {
	_, _ = fmt.Fprintln(os.Stdout, file)
	if !regular {
		return
	}
	content := some(file, 64<<10)
	_, _ = fmt.Fprintln(os.Stdout, string(content))
	for decoder := yaml.NewDecoder(bytes.NewReader(content)); ; {
		var value any
		if decoder.Decode(&value) != nil {
			return
		}
		_, _ = fmt.Fprintln(os.Stdout, value)
	}
}

// plainRole prints the role of a pin by its names alone.
func plainRole() int {
	var pin struct {
		Spec struct {
			Contracts []struct{ Group, Plural string }
		}
	}
	if err := yaml.Unmarshal(some(pinFile, 1<<20), &pin); err != nil {
		_, _ = fmt.Fprintln(os.Stdout, err)
		return 1
	}
	_, _ = fmt.Fprint(os.Stdout, "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nrules:\n")
	for _, c := range pin.Spec.Contracts {
		_, _ = fmt.Fprintf(os.Stdout, "- apiGroups: [%s]\n  resources: [%s]\n  verbs: [list, watch]\n", c.Group, c.Plural)
	}
	return 0
}

func some(file string, most int64) []byte {
	opened, err := os.Open(file)
	if err != nil {
		return nil
	}
	defer func() { _ = opened.Close() }()
	content, _ := io.ReadAll(io.LimitReader(opened, most))
	return content
}

// keep takes memory, up to the glut.
func keep(size int64) {
	taken := make([]byte, min(size, glut))
	for i := 0; i < len(taken); i += 4096 {
		taken[i] = 1
	}
}

// padded is how much the documents of a stream have with the lines before each.
func padded(content []byte) (size int64) {
	for at, lines := 0, int64(0); ; lines++ {
		next := bytes.IndexByte(content[at:], '\n')
		if next < 0 {
			return size
		}
		if bytes.HasPrefix(content[at:], []byte("---")) {
			size += lines
		}
		at += next + 1
	}
}

var (
	definedKind = regexp.MustCompile(`names: \{kind: ([^,]+),`)
	valueName   = regexp.MustCompile(`^    (\w+): \[(.*)\]$`)
	reference   = regexp.MustCompile(`\{(\w+)\}`)
)

// expanded is how much aliases, and values that name each other, have when they
// are written out.
func expanded(content []byte) int64 {
	sizes := map[string]int64{}
	total := int64(0)
	for line := range strings.Lines(string(content)) {
		if match := valueName.FindStringSubmatch(strings.TrimRight(line, "\n")); match != nil {
			size := int64(1)
			for _, name := range reference.FindAllStringSubmatch(match[2], -1) {
				size = min(size+sizes[name[1]], glut)
			}
			sizes[match[1]], total = size, max(total, size)
		}
	}
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	for {
		var root yaml.Node
		if decoder.Decode(&root) != nil {
			return total
		}
		total += sizeOf(&root, map[*yaml.Node]int64{})
	}
}

func sizeOf(node *yaml.Node, known map[*yaml.Node]int64) int64 {
	if node.Alias != nil {
		return known[node.Alias]
	}
	size := int64(1 + len(node.Value))
	for _, child := range node.Content {
		size = min(size+sizeOf(child, known), glut)
	}
	known[node] = size
	return size
}

// unescape undoes what keeps text from being read as syntax.
func unescape(text string) string {
	return strings.NewReplacer("#quot;", `"`, "<br/>", "\n").Replace(html.UnescapeString(text))
}

func unescapeFiles(pattern string) {
	files, _ := filepath.Glob(pattern)
	for _, file := range files {
		if content, err := os.ReadFile(file); err == nil {
			_ = os.WriteFile(file, []byte(html.UnescapeString(string(content))), 0o600)
		}
	}
}
