package upgrade_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/maas-kinds/maas/conformance/install"
	"github.com/maas-kinds/maas/conformance/testenv"
)

// version is a state of the repository, as somebody installs it.
type version struct {
	name      string
	programs  string // the folder that they are in
	manifests []*unstructured.Unstructured
}

// present is this checkout.
func present(t *testing.T) version {
	t.Helper()
	return version{"the present state", install.Programs(t), install.Build(t, "config/default")}
}

// earlier is the state that UPGRADE_FROM names, else the file FROM.
func earlier(t *testing.T) version {
	t.Helper()
	revision := os.Getenv("UPGRADE_FROM")
	if revision == "" {
		content, err := os.ReadFile("FROM")
		if err != nil {
			t.Fatal(err)
		}
		_, revision, _ = strings.Cut(strings.TrimSpace(string(content)), "\n")
	}
	root, bin := t.TempDir(), t.TempDir()
	checkOut(t, revision, root)
	if err := install.BuildPrograms(t.Context(), root, bin, "maas-controller", "maas-api"); err != nil {
		t.Fatal(err)
	}
	manifests, err := install.Kustomize(t.Context(), root, "config/default")
	if err != nil {
		t.Fatal(err)
	}
	return version{revision, bin, manifests}
}

// checkOut puts the files of a revision into a folder, and leaves the checkout alone.
// The test is skipped where there is no history.
func checkOut(t *testing.T, revision, dir string) {
	t.Helper()
	git := func(args ...string) error {
		command := exec.CommandContext(t.Context(), "git", args...)
		command.Dir = testenv.Root(t)
		out, err := command.CombinedOutput()
		if err != nil {
			return errors.New(strings.TrimSpace(string(out)))
		}
		return nil
	}
	if err := git("cat-file", "-e", revision+"^{commit}"); err != nil {
		if os.Getenv("CI") != "" || os.Getenv("UPGRADE_FROM") != "" {
			t.Fatalf("%s cannot be upgraded from: clone with the whole history: %v", revision, err)
		}
		t.Skipf("%s is not in this checkout, so that nothing can be upgraded from it: clone with the whole history: %v", revision, err)
	}
	archive := filepath.Join(t.TempDir(), "archive.tar")
	if err := git("archive", "--format=tar", "--output="+archive, revision); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), "tar", "-xf", archive, "-C", dir).CombinedOutput(); err != nil {
		t.Fatalf("unpacking %s: %v\n%s", revision, err, out)
	}
}

// running is a version at work.
type running struct {
	api  string
	stop func()
}

// start has both programs run as their Deployments say.
func (v version) start(t *testing.T, c *cluster) running {
	t.Helper()
	listen := testenv.FreeAddress(t)
	own := map[string][]string{
		"maas-controller": {"--metrics-bind-address=0", "--health-probe-bind-address=0"},
		"maas-api":        {"--metrics-listen=0", "--listen", listen, "--shutdown-delay=0s", "--dial-map=*.example.com=" + c.backend},
	}
	var stops []func()
	for _, d := range install.Of[appsv1.Deployment](t, v.manifests, "Deployment") {
		account := d.Spec.Template.Spec.ServiceAccountName
		args := append(own[d.Name], "--kubeconfig", install.Kubeconfig(t, c.Env, account), "--allow-cidr=127.0.0.0/8", "--trusted-hosts=example.com,svc", "--allow-http")
		_, stop := install.Begin(t, filepath.Join(v.programs, d.Name), install.Arguments(d, t.TempDir(), args...))
		stops = append(stops, stop)
	}
	return running{"http://" + listen, func() {
		for _, stop := range stops {
			stop()
		}
	}}
}
