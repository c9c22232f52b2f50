package manifests_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/install"
	"github.com/maas-kinds/maas/conformance/object"
	"github.com/maas-kinds/maas/conformance/testenv"
)

// Exit code 2 is a wrong command line, and 1 the cluster that is not there.
func TestFlags(t *testing.T) {
	if testing.Short() {
		t.Skip("builds both programs")
	}
	bin := install.Programs(t)
	for _, overlay := range []string{"config/default", "config/strict"} {
		for _, d := range install.Of[appsv1.Deployment](t, install.Build(t, overlay), "Deployment") {
			run := func(more ...string) (int, string) {
				args := append(install.Arguments(d, t.TempDir(), "--kubeconfig", filepath.Join(bin, "none")), more...)
				out, err := exec.CommandContext(t.Context(), filepath.Join(bin, d.Name), args...).CombinedOutput()
				var exit *exec.ExitError
				if !errors.As(err, &exit) {
					t.Fatalf("%s of %s: %v\n%s", d.Name, overlay, err, out)
				}
				return exit.ExitCode(), string(out)
			}
			if code, out := run(); code != 1 || !strings.Contains(out, "finding the cluster") {
				t.Errorf("%s of %s: exit code %d\n%s", d.Name, overlay, code, out)
			}
			if code, out := run("--no-such-flag"); code != 2 {
				t.Errorf("%s of %s: exit code %d\n%s", d.Name, overlay, code, out)
			}
		}
	}
}

// Both programs run with the arguments and under the accounts of config/, with
// a kind that came with its own role: its model gets ready, and is listed.
func TestPrograms(t *testing.T) {
	env := server.Env(t)
	bin, root := install.Programs(t), filepath.Join(testenv.Root(t), "conformance", "manifests", "testdata")
	objects := install.Build(t, "config/default")
	install.Apply(t, env, objects)
	env.InstallCRDs(t, filepath.Join(root, "crd.yaml"))
	env.Apply(t, roleOf(t, bin, root)...)
	install.Aggregate(t, env)
	kinds := mounted(t, filepath.Join(root, "gadget", "kind.yaml"))

	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "{}") }))
	t.Cleanup(backend.Close)
	namespace := env.Namespace(t)
	env.Apply(t, &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "gadgets.example.com/v1", "kind": "Gadget", "metadata": map[string]any{"name": "g", "namespace": namespace},
		"status": map[string]any{"phase": "Running", "url": backend.URL},
	}})
	model := &v1alpha1.MaaSModel{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "g"},
		Spec:       v1alpha1.MaaSModelSpec{ModelRef: v1alpha1.ModelReference{Kind: "Gadget", Name: "g"}},
	}
	if err := env.Client.Create(t.Context(), model); err != nil {
		t.Fatal(err)
	}
	listen := testenv.FreeAddress(t)
	own := map[string][]string{
		"maas-controller": {"--allow-cidr=127.0.0.0/8", "--metrics-bind-address=0", "--health-probe-bind-address=0"},
		"maas-api": {"--allow-cidr=127.0.0.0/8", "--metrics-listen=0", "--listen", listen, "--allow-http",
			"--trusted-hosts=127.0.0.1", "--shutdown-delay=0s"},
	}
	for _, d := range install.Of[appsv1.Deployment](t, objects, "Deployment") {
		account := d.Spec.Template.Spec.ServiceAccountName
		args := install.Arguments(d, kinds, append(own[d.Name], "--kubeconfig", install.Kubeconfig(t, env, account))...)
		install.Start(t, filepath.Join(bin, d.Name), args)
	}
	testenv.Eventually(t, patience, func() error {
		if err := env.Client.Get(t.Context(), client.ObjectKeyFromObject(model), model); err != nil {
			return err
		}
		if model.Status.Phase != v1alpha1.PhaseReady {
			return fmt.Errorf("status is %+v", model.Status)
		}
		return listed(t.Context(), "http://"+listen+"/v1/models")
	})
}

func listed(ctx context.Context, url string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer somebody")
	response, err := new(http.Client).Do(request)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if err != nil || !bytes.Contains(body, []byte(`"id":"g"`)) {
		return fmt.Errorf("%s answers %d (%v): %s", url, response.StatusCode, err, body)
	}
	return nil
}

// roleOf is what maasctl rbac prints for the kind of testdata.
func roleOf(t *testing.T, bin, testdata string) []*unstructured.Unstructured {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "gadget")
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(testdata, "gadget"))); err != nil {
		t.Fatal(err)
	}
	maasctl := func(args ...string) []byte {
		command := exec.CommandContext(t.Context(), filepath.Join(bin, "maasctl"), args...)
		var errs strings.Builder
		command.Stderr = &errs
		out, err := command.Output()
		if err != nil {
			t.Fatalf("maasctl %v: %v\n%s%s", args, err, out, errs.String())
		}
		return out
	}
	maasctl("pin", "--crd", filepath.Join(testdata, "crd.yaml"), "--upstream", "example/gadgets@v1", dir)
	objects, err := object.Read(maasctl("rbac", dir))
	if err != nil {
		t.Fatal(err)
	}
	return objects
}

// mounted is a folder as kubelet mounts a ConfigMap with one key.
func mounted(t *testing.T, file string) string {
	t.Helper()
	dir := t.TempDir()
	content, err := os.ReadFile(file)
	if err == nil {
		err = os.Mkdir(filepath.Join(dir, "..1"), 0o700)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "..1", "gadget.yaml"), content, 0o600)
	}
	if err == nil {
		err = errors.Join(os.Symlink("..1", filepath.Join(dir, "..data")), os.Symlink("..data/gadget.yaml", filepath.Join(dir, "gadget.yaml")))
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}
