// Package assets provides the kube-apiserver and etcd of a real control plane.
// They are built from the Go modules that conformance/controlplane pins, so
// that nothing but Go modules has to be downloaded.
package assets

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// EnvDir is the environment variable of controller-runtime's envtest that names
// a folder with ready binaries. When it is set, nothing is built.
const EnvDir = "KUBEBUILDER_ASSETS"

// ForbidVariable is the environment variable that forbids control planes, for
// whoever runs the tests that need none. Ensure then fails.
const ForbidVariable = "MAAS_NO_CONTROL_PLANE"

// Forbidden says whether control planes are forbidden.
func Forbidden() bool { return os.Getenv(ForbidVariable) != "" }

// Ensure returns a folder that holds kube-apiserver and etcd.
//
// That is the folder EnvDir names, when set; else bin/k8s under repoRoot, where
// whatever is missing, or was built from another pin, recipe or Go version, is
// built first. A build takes minutes and writes a line to progress at least
// every ten seconds; it stops when ctx is done. Any number of processes may
// call Ensure at the same time: one builds, the others wait and say so.
func Ensure(ctx context.Context, repoRoot string, progress io.Writer) (string, error) {
	if Forbidden() {
		return "", fmt.Errorf("%s is set: nothing may start a control plane; a test that needs one begins with testenv.NeedControlPlane", ForbidVariable)
	}
	if dir := os.Getenv(EnvDir); dir != "" {
		return dir, checkComplete(dir)
	}
	dir := filepath.Join(repoRoot, "bin", "k8s")
	targets, err := readTargets(filepath.Join(repoRoot, "conformance", "controlplane"))
	if err != nil {
		return "", fmt.Errorf("reading what to build: %w", err)
	}
	if len(stale(dir, targets)) == 0 {
		return dir, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("making room for the control plane binaries: %w", err)
	}
	unlock, err := lock(ctx, filepath.Join(dir, ".lock"), progress)
	if err != nil {
		return "", fmt.Errorf("waiting for another build of the control plane: %w", err)
	}
	defer unlock()
	// Whoever held the lock may have built them all.
	for _, t := range stale(dir, targets) {
		if err := t.build(ctx, dir, progress); err != nil {
			return "", fmt.Errorf("building %s %s: %w", t.name, t.version, err)
		}
	}
	return dir, nil
}

// checkComplete reports every binary that a folder given by EnvDir lacks.
func checkComplete(dir string) error {
	var missing []error
	for _, name := range []string{apiServer, etcd} {
		info, err := os.Stat(filepath.Join(dir, name))
		switch {
		case err != nil:
			missing = append(missing, fmt.Errorf("%s=%s has no usable %s: %w", EnvDir, dir, name, err))
		case info.IsDir() || info.Mode()&0o111 == 0:
			missing = append(missing, fmt.Errorf("%s=%s: %s is no executable file", EnvDir, dir, name))
		}
	}
	if len(missing) > 0 {
		missing = append(missing, fmt.Errorf("point %s at a folder with kube-apiserver and etcd, or unset it to have them built", EnvDir))
	}
	return errors.Join(missing...)
}

// stale lists the targets whose binary in dir is absent or built otherwise.
func stale(dir string, targets []target) []target {
	var out []target
	for _, t := range targets {
		_, err := os.Stat(filepath.Join(dir, t.name))
		stamp, stampErr := os.ReadFile(t.stampPath(dir))
		if err != nil || stampErr != nil || string(stamp) != t.stamp {
			out = append(out, t)
		}
	}
	return out
}
