package assets_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/maas-kinds/maas/conformance/assets"
)

// checkout writes a repository whose control plane modules are small local
// ones of the same names, so that real builds take a second.
func checkout(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	write(t, root, "conformance/controlplane/go.mod", `module github.com/maas-kinds/maas/conformance/controlplane

go 1.26

require (
	go.etcd.io/etcd/server/v3 v3.7.0
	k8s.io/component-base v0.37.2
	k8s.io/kubernetes v1.37.2
)

replace (
	go.etcd.io/etcd/server/v3 => ./etcd
	k8s.io/component-base => ./component-base
	k8s.io/kubernetes => ./kubernetes
)
`)
	write(t, root, "conformance/controlplane/go.sum", "")
	write(t, root, "conformance/controlplane/etcd/go.mod", "module go.etcd.io/etcd/server/v3\n\ngo 1.26\n")
	write(t, root, "conformance/controlplane/etcd/main.go", "package main\n\nfunc main() { print(\"etcd\") }\n")
	write(t, root, "conformance/controlplane/component-base/go.mod", "module k8s.io/component-base\n\ngo 1.26\n")
	write(t, root, "conformance/controlplane/component-base/version/version.go", "package version\n\nvar gitVersion = \"v0.0.0\"\n\nfunc Get() string { return gitVersion }\n")
	write(t, root, "conformance/controlplane/kubernetes/go.mod", "module k8s.io/kubernetes\n\ngo 1.26\n\nrequire k8s.io/component-base v0.37.2\n")
	write(t, root, "conformance/controlplane/kubernetes/cmd/kube-apiserver/main.go", `package main

import "k8s.io/component-base/version"

func main() { print(version.Get()) }
`)
	return root
}

func write(t *testing.T, root, name, content string) {
	t.Helper()
	path := filepath.Join(root, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func ensure(t *testing.T, root string) (dir, progress string) {
	t.Helper()
	var out bytes.Buffer
	dir, err := assets.Ensure(t.Context(), root, &out)
	if err != nil {
		t.Fatalf("Ensure: %v\n%s", err, out.String())
	}
	return dir, out.String()
}

func TestEnsureBuildsOnceAndStampsTheVersion(t *testing.T) {
	t.Setenv(assets.EnvDir, "")
	t.Setenv(assets.ForbidVariable, "")
	root := checkout(t)

	dir, progress := ensure(t, root)
	if want := filepath.Join(root, "bin", "k8s"); dir != want {
		t.Errorf("folder = %s, want %s", dir, want)
	}
	for _, want := range []string{"building etcd v3.7.0", "building kube-apiserver v1.37.2", "built kube-apiserver v1.37.2"} {
		if !strings.Contains(progress, want) {
			t.Errorf("progress lacks %q:\n%s", want, progress)
		}
	}
	version, err := exec.CommandContext(t.Context(), filepath.Join(dir, "kube-apiserver")).CombinedOutput()
	if err != nil || string(version) != "v1.37.2" {
		t.Errorf("kube-apiserver calls itself %q (%v), want v1.37.2", version, err)
	}
	if _, progress := ensure(t, root); progress != "" {
		t.Errorf("a second call builds again:\n%s", progress)
	}
}

func TestEnsureRebuildsWhatIsStale(t *testing.T) {
	t.Setenv(assets.EnvDir, "")
	t.Setenv(assets.ForbidVariable, "")
	tests := map[string]struct {
		change func(t *testing.T, root string)
		want   []string // binaries that are built again
		keeps  []string
	}{
		"binary removed": {
			change: func(t *testing.T, root string) { remove(t, root, "bin/k8s/etcd") },
			want:   []string{"etcd"}, keeps: []string{"kube-apiserver"},
		},
		"stamp removed, as when a build was cut off before it": {
			change: func(t *testing.T, root string) { remove(t, root, "bin/k8s/kube-apiserver.built-from") },
			want:   []string{"kube-apiserver"}, keeps: []string{"etcd"},
		},
		"built by another Go version": {
			change: func(t *testing.T, root string) {
				stamp, err := os.ReadFile(filepath.Join(root, "bin/k8s/etcd.built-from"))
				if err != nil {
					t.Fatal(err)
				}
				write(t, root, "bin/k8s/etcd.built-from", strings.Replace(string(stamp), "\ngo", "\ngo1.0 not go", 1))
			},
			want: []string{"etcd"}, keeps: []string{"kube-apiserver"},
		},
		"pin moved": {
			change: func(t *testing.T, root string) {
				path := filepath.Join(root, "conformance/controlplane/go.mod")
				goMod, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				write(t, root, "conformance/controlplane/go.mod", strings.Replace(string(goMod), "v1.37.2", "v1.37.3", 1))
			},
			want: []string{"etcd", "kube-apiserver"},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			root := checkout(t)
			ensure(t, root)
			tc.change(t, root)
			_, progress := ensure(t, root)
			for _, binary := range tc.want {
				if !strings.Contains(progress, "built "+binary) {
					t.Errorf("%s was not built again:\n%s", binary, progress)
				}
			}
			for _, binary := range tc.keeps {
				if strings.Contains(progress, "built "+binary) {
					t.Errorf("%s was built for no reason:\n%s", binary, progress)
				}
			}
		})
	}
}

func remove(t *testing.T, root, name string) {
	t.Helper()
	if err := os.Remove(filepath.Join(root, filepath.FromSlash(name))); err != nil {
		t.Fatal(err)
	}
}

func TestEnsureReportsWhatTheCompilerSays(t *testing.T) {
	t.Setenv(assets.EnvDir, "")
	t.Setenv(assets.ForbidVariable, "")
	root := checkout(t)
	write(t, root, "conformance/controlplane/etcd/main.go", "package main\n\nfunc main() { noSuchThing() }\n")

	_, err := assets.Ensure(t.Context(), root, &bytes.Buffer{})
	if err == nil || !strings.Contains(err.Error(), "building etcd v3.7.0") || !strings.Contains(err.Error(), "noSuchThing") {
		t.Fatalf("error = %v, want what failed and the compiler's message", err)
	}
	if _, statErr := os.Stat(filepath.Join(root, "bin/k8s/etcd")); !errors.Is(statErr, os.ErrNotExist) {
		t.Errorf("a failed build leaves a binary behind: %v", statErr)
	}
}

func TestEnsureStopsWithItsContext(t *testing.T) {
	t.Setenv(assets.EnvDir, "")
	t.Setenv(assets.ForbidVariable, "")
	root := checkout(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := assets.Ensure(ctx, root, &bytes.Buffer{}); !errors.Is(err, context.Canceled) {
		t.Fatalf("error = %v, want context.Canceled", err)
	}
	ensure(t, root) // and leaves nothing that is in the way of the next one
}

func TestEnsureWaitsForAnotherProcess(t *testing.T) {
	t.Setenv(assets.EnvDir, "")
	t.Setenv(assets.ForbidVariable, "")
	root := checkout(t)
	write(t, root, "bin/k8s/.lock", "")
	held, err := os.Open(filepath.Join(root, "bin/k8s/.lock"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = held.Close() }()
	if err := syscall.Flock(int(held.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}

	progress := make(lines, 100)
	done := make(chan error, 1)
	go func() {
		_, err := assets.Ensure(t.Context(), root, progress)
		done <- err
	}()
	if first := <-progress; !strings.Contains(first, "another process is building") || !strings.Contains(first, ".lock") {
		t.Errorf("the first line while waiting is %q", first)
	}
	if err := syscall.Flock(int(held.Fd()), syscall.LOCK_UN); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Errorf("Ensure after the wait: %v", err)
	}
}

func TestEnsureBuildsOnceForManyCallers(t *testing.T) {
	t.Setenv(assets.EnvDir, "")
	t.Setenv(assets.ForbidVariable, "")
	root := checkout(t)
	const callers = 3
	var (
		group    sync.WaitGroup
		progress [callers]bytes.Buffer
		failures [callers]error
	)
	for i := range callers {
		group.Go(func() { _, failures[i] = assets.Ensure(t.Context(), root, &progress[i]) })
	}
	group.Wait()
	var all strings.Builder
	for i := range callers {
		if failures[i] != nil {
			t.Errorf("caller %d: %v", i, failures[i])
		}
		all.Write(progress[i].Bytes())
	}
	if got := strings.Count(all.String(), "built kube-apiserver"); got != 1 {
		t.Errorf("kube-apiserver was built %d times, want once:\n%s", got, all.String())
	}
}

// lines passes on each write, which is a line of progress.
type lines chan string

func (l lines) Write(p []byte) (int, error) {
	l <- string(p)
	return len(p), nil
}

func TestEnsureTakesTheFolderOfTheEnvironment(t *testing.T) {
	dir := t.TempDir()
	t.Setenv(assets.EnvDir, dir)
	t.Setenv(assets.ForbidVariable, "")
	_, err := assets.Ensure(t.Context(), t.TempDir(), &bytes.Buffer{})
	if err == nil || !strings.Contains(err.Error(), "kube-apiserver") || !strings.Contains(err.Error(), "etcd") {
		t.Fatalf("error = %v, want it to name both missing binaries", err)
	}

	for _, name := range []string{"kube-apiserver", "etcd"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	got, err := assets.Ensure(t.Context(), t.TempDir(), &bytes.Buffer{})
	if err != nil || got != dir {
		t.Errorf("Ensure = %q, %v, want %q and nothing built", got, err, dir)
	}
}

func TestFindRoot(t *testing.T) {
	root, err := assets.FindRoot(".")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(root, "conformance", "controlplane", "go.mod")); err != nil {
		t.Errorf("%s is not the root: %v", root, err)
	}
	// The nested module is inside the repository, not its root.
	nested, err := assets.FindRoot(filepath.Join(root, "conformance", "controlplane"))
	if err != nil || nested != root {
		t.Errorf("FindRoot of the nested module = %q, %v, want %q", nested, err, root)
	}
	if _, err := assets.FindRoot(t.TempDir()); err == nil {
		t.Error("a folder outside the repository has no root")
	}
}

// Where control planes are forbidden none is built, and none is taken that is there.
func TestEnsureIsForbidden(t *testing.T) {
	t.Setenv(assets.ForbidVariable, "1")
	root := checkout(t)
	for _, ready := range []string{"", t.TempDir()} {
		t.Setenv(assets.EnvDir, ready)
		if dir, err := assets.Ensure(t.Context(), root, io.Discard); err == nil || !strings.Contains(err.Error(), "NeedControlPlane") {
			t.Errorf("%s=%s gives %q, %v", assets.EnvDir, ready, dir, err)
		}
	}
	if _, err := os.Stat(filepath.Join(root, "bin")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("something was built: %v", err)
	}
}
