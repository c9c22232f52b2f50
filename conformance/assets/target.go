package assets

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"golang.org/x/mod/modfile"
)

const (
	apiServer = "kube-apiserver"
	etcd      = "etcd"
)

// target is one binary to build.
type target struct {
	name      string   // of the binary
	pkg       string   // its main package
	version   string   // of the module that holds pkg
	moduleDir string   // folder of the go.mod that pins it
	flags     []string // of go build
	stamp     string   // everything that decides what the binary is
}

// stampPath is where the stamp of the binary in dir is kept.
func (t target) stampPath(dir string) string {
	return filepath.Join(dir, t.name+".built-from")
}

// readTargets reads the pinned versions from the go.mod in moduleDir.
func readTargets(moduleDir string) ([]target, error) {
	goMod, err := os.ReadFile(filepath.Join(moduleDir, "go.mod"))
	if err != nil {
		return nil, err
	}
	goSum, err := os.ReadFile(filepath.Join(moduleDir, "go.sum"))
	if err != nil {
		return nil, err
	}
	parsed, err := modfile.Parse(filepath.Join(moduleDir, "go.mod"), goMod, nil)
	if err != nil {
		return nil, err
	}
	kubernetes, err := requiredVersion(parsed, "k8s.io/kubernetes")
	if err != nil {
		return nil, err
	}
	etcdServer, err := requiredVersion(parsed, "go.etcd.io/etcd/server/v3")
	if err != nil {
		return nil, err
	}
	pins := fmt.Sprintf("%x", sha256.Sum256(append(goMod, goSum...)))
	// Without the version stamp the API server calls itself v0.0.0 and turns
	// features on and off by that.
	versionFlag := "-X k8s.io/component-base/version.gitVersion=" + kubernetes
	return []target{
		newTarget(etcd, "go.etcd.io/etcd/server/v3", etcdServer, moduleDir, "-s -w", pins),
		newTarget(apiServer, "k8s.io/kubernetes/cmd/kube-apiserver", kubernetes, moduleDir, "-s -w "+versionFlag, pins),
	}, nil
}

func newTarget(name, pkg, version, moduleDir, ldflags, pins string) target {
	t := target{
		name: name, pkg: pkg, version: version, moduleDir: moduleDir,
		flags: []string{"-trimpath", "-ldflags=" + ldflags},
	}
	t.stamp = strings.Join([]string{
		pkg + " " + version,
		runtime.Version(),
		"go build " + strings.Join(t.flags, " "),
		"sha256 of go.mod and go.sum: " + pins,
	}, "\n") + "\n"
	return t
}

func requiredVersion(file *modfile.File, module string) (string, error) {
	for _, r := range file.Require {
		if r.Mod.Path == module {
			return r.Mod.Version, nil
		}
	}
	return "", fmt.Errorf("%s: no require line for %s", file.Syntax.Name, module)
}
