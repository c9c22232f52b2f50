package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/maas-kinds/maas/cmd/internal/cli"
)

// allocated is how many bytes the function allocates, whatever it frees again.
func allocated(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// What is read of a stranger's file has an end, whatever is in it.
func TestInputIsBounded(t *testing.T) {
	const megabyte = 1 << 20
	const widget = "---\napiVersion: example.com/v2\nkind: Widget\nmetadata: {name: w}\n"
	for name, test := range map[string]struct {
		stdin string
		most  uint64
		want  string
	}{
		"nothing but document marks":    {strings.Repeat("---\n", 400_000), 64 * megabyte, "standard input holds no object"},
		"marks, and comments":           {strings.Repeat("---\n# c\n", 200_000), 64 * megabyte, "standard input holds no object"},
		"many documents":                {strings.Repeat(widget, 5000), 256 * megabyte, "standard input: line 4001: more than 1000 YAML documents"},
		"too much":                      {strings.Repeat(" ", 5<<20), 64 * megabyte, "reading standard input: it has more than 4194304 bytes, and a file of objects may have 4194304"},
		"nesting without an end":        {strings.Repeat("[", 1<<20), 512 * megabyte, "there is too much in it"},
		"aliases that multiply":         {bomb(), 512 * megabyte, "with its aliases written out it has more than"},
		"a million values":              {"a: [" + strings.Repeat("1,", 2_000_000) + "1]\n", 2048 * megabyte, "there is too much in it"},
		"a fault in a later document":   {widget + "---\n\n---\na: b\na: c\n", 64 * megabyte, "line 9: key \"a\" already set"},
		"a fault of form further below": {widget + "---\n# c\na: [\n", 64 * megabyte, "document 2: yaml: line 7: did not find expected node content"},
	} {
		t.Run(name, func(t *testing.T) {
			var got result
			used := allocated(func() {
				got = maasctl(t, test.stdin, "explain", "--kinds-dir", "testdata/kinds", "-f", "-")
			})
			if got.code != cli.Failure || !strings.Contains(got.errOut, test.want) {
				t.Errorf("exit %d, %.300s\nwant %s", got.code, got.errOut, test.want)
			}
			if used > test.most {
				t.Errorf("it took %d bytes, and %d are more than enough", used, test.most)
			}
		})
	}
}

// bomb has nine levels of ten aliases each.
func bomb() string {
	var b strings.Builder
	b.WriteString("a0: &a0 [x]\n")
	for i := 1; i < 10; i++ {
		fmt.Fprintf(&b, "a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i-1), 10), ","))
	}
	return b.String()
}

// A link to a device has no end, and a link out of a folder may lead to what
// only this user may read. Links inside are how mounted ConfigMaps are made.
func TestLinksInStrangersFolders(t *testing.T) {
	const secret = "s3cr3t-text"
	elsewhere := t.TempDir()
	write(t, elsewhere, map[string]string{"outside.yaml": secret + ": 1\n"})
	outside := filepath.Join(elsewhere, "outside.yaml")
	good, err := os.ReadFile("testdata/kinds/Widget/kind.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		links map[string]string
		args  []string
		code  int
		want  string
	}{
		"a kind-spec without an end": {map[string]string{"kind.yaml": "/dev/zero"}, []string{"lint"}, cli.Failure, "kind.yaml:1: cannot be read:"},
		"a kind-spec outside":        {map[string]string{"kind.yaml": outside}, []string{"lint"}, cli.Failure, "kind.yaml:1: cannot be read: path escapes from parent"},
		"a pin outside":              {map[string]string{"referent.yaml": outside}, []string{"lint"}, cli.Failure, "path escapes from parent"},
		"a pin without an end":       {map[string]string{"referent.yaml": "/dev/zero"}, []string{"lint"}, cli.Failure, "path escapes from parent"},
		"a case outside":             {map[string]string{"cases.yaml": outside}, []string{"test"}, cli.Failure, "path escapes from parent"},
		"cases without an end":       {map[string]string{"cases.yaml": "/dev/zero"}, []string{"test"}, cli.Failure, "path escapes from parent"},
		"as a ConfigMap is mounted":  {map[string]string{"kind.yaml": "..data/kind.yaml", "..data": "..2026"}, []string{"lint"}, cli.OK, ""},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{"Widget/..2026/kind.yaml": string(good)}
			if test.links["kind.yaml"] == "" {
				files["Widget/kind.yaml"] = string(good)
			}
			dir := t.TempDir()
			write(t, dir, files)
			folder := filepath.Join(dir, "Widget")
			for link, to := range test.links {
				if err := os.MkdirAll(filepath.Dir(filepath.Join(folder, link)), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.Symlink(to, filepath.Join(folder, link)); err != nil {
					t.Fatal(err)
				}
			}
			got := maasctl(t, "", append(test.args, folder)...)
			if got.code != test.code || !strings.Contains(got.out+got.errOut, test.want) || strings.Contains(got.out+got.errOut, secret) {
				t.Errorf("exit %d, want %d and %q\n%s%s", got.code, test.code, test.want, got.out, got.errOut)
			}
		})
	}
}
