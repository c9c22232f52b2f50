package install

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/conformance/testenv"
)

// System is the namespace of the install.
const System = "maas-system"

// Sources has go test keep a result only as long as what programs and manifests
// are made from: it sees what a test reads, but not what go build or kustomize
// does for it. A test calls it beside BuildPrograms, which TestMain may call too
// early for go test to see anything.
func Sources(t testing.TB) {
	t.Helper()
	for _, room := range []string{"api", "cmd", "config", "conformance", "engine", "kinds", "schemas"} {
		err := filepath.WalkDir(filepath.Join(testenv.Root(t), room), func(_ string, _ fs.DirEntry, err error) error { return err })
		if err != nil {
			t.Fatal(err)
		}
	}
}

// Programs builds the commands of an install, and maasctl, into a folder.
func Programs(t testing.TB) string {
	t.Helper()
	Sources(t)
	dir := t.TempDir()
	if err := BuildPrograms(t.Context(), testenv.Root(t), dir, Commands()...); err != nil {
		t.Fatal(err)
	}
	return dir
}

// Commands are the names of all that an install is made and watched with.
func Commands() []string { return []string{"maas-controller", "maas-api", "maasctl"} }

// BuildPrograms builds commands of the repository at root into dir.
func BuildPrograms(ctx context.Context, root, dir string, commands ...string) error {
	command := exec.CommandContext(ctx, "go", "build", "-o", dir+string(filepath.Separator))
	for _, name := range commands {
		command.Args = append(command.Args, "./cmd/"+name)
	}
	command.Dir = root
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("building the commands: %w\n%s", err, out)
	}
	return nil
}

// Arguments are those of a Deployment, with the kinds in another folder.
func Arguments(d appsv1.Deployment, kinds string, more ...string) []string {
	var args []string
	for _, arg := range d.Spec.Template.Spec.Containers[0].Args {
		args = append(args, strings.Replace(arg, d.Spec.Template.Spec.Containers[0].VolumeMounts[0].MountPath, kinds, 1))
	}
	if d.Name == "maas-controller" { // in a Pod the namespace is found in a file
		args = append(args, "--leader-election-namespace", System)
	}
	return append(args, more...)
}

// Kubeconfig authenticates as Login does.
func Kubeconfig(t testing.TB, env *testenv.Env, account string) string {
	t.Helper()
	config, err := Login(t.Context(), env.Config, env.Client, account)
	if err != nil {
		t.Fatal(err)
	}
	return testenv.Kubeconfig(t, config)
}

// Login authenticates by a token of a service account of the install, as a Pod does.
func Login(ctx context.Context, admin *rest.Config, c client.Client, account string) (*rest.Config, error) {
	request := &authenticationv1.TokenRequest{}
	of := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: System, Name: account}}
	if err := c.SubResource("token").Create(ctx, of, request); err != nil {
		return nil, fmt.Errorf("making a token of the account %s: %w", account, err)
	}
	config := &rest.Config{Host: admin.Host, BearerToken: request.Status.Token}
	config.CAData = admin.CAData
	return config, nil
}

// Output is what a program has written.
type Output struct {
	mu      sync.Mutex
	written bytes.Buffer
}

// String gives all of it.
func (o *Output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.written.String()
}

// Write implements io.Writer.
func (o *Output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.written.Write(p)
}

// Start runs a program until the test ends; it must then stop by SIGTERM. It
// gives what the program writes.
func Start(t testing.TB, program string, args []string) *Output {
	t.Helper()
	log, _ := Begin(t, program, args)
	return log
}

// Begin is Start for a program that stop may end before the test does.
func Begin(t testing.TB, program string, args []string) (log *Output, stop func()) {
	t.Helper()
	log = &Output{}
	command := exec.CommandContext(context.WithoutCancel(t.Context()), program, args...)
	command.Stdout, command.Stderr = log, log
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	stop = sync.OnceFunc(func() {
		_ = command.Process.Signal(syscall.SIGTERM)
		err := command.Wait()
		if err != nil || t.Failed() || strings.Contains(log.String(), "forbidden") {
			t.Errorf("%s: %v\n%s", filepath.Base(program), err, log.String())
		}
	})
	t.Cleanup(stop)
	return log, stop
}
