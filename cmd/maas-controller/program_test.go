package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/testenv"
)

// program is maas-controller in a process of its own.
type program struct {
	name, health, metrics string

	command *exec.Cmd
	log     lockedBuffer
	// ended is closed when the process is no more, and code is its exit code then.
	ended chan struct{}
	code  int
}

// startProgram starts the program with the kind of testdata. It is killed at the
// test's end.
func startProgram(t *testing.T, name string, config *rest.Config, args ...string) *program {
	t.Helper()
	p := &program{name: name, health: testenv.FreeAddress(t), metrics: testenv.FreeAddress(t), ended: make(chan struct{})}
	args = append([]string{"--kubeconfig", testenv.Kubeconfig(t, config), "--kinds-dir", "testdata/kinds",
		"--health-probe-bind-address", p.health, "--metrics-bind-address", p.metrics}, args...)
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p.command = exec.CommandContext(context.WithoutCancel(t.Context()), binary, args...)
	p.command.Env = append(os.Environ(), asProgram+"=1")
	p.command.Stdout, p.command.Stderr = &p.log, &p.log
	if err := p.command.Start(); err != nil {
		t.Fatalf("starting %s: %v", name, err)
	}
	go func() {
		defer close(p.ended)
		_ = p.command.Wait()
		p.code = p.command.ProcessState.ExitCode()
	}()
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Logf("%s said:\n%s", name, p.log.String())
		}
	})
	return p
}

// kill is kill -9.
func (p *program) kill() {
	_ = p.command.Process.Kill()
	<-p.ended
}

// running fails the test if the process has ended.
func (p *program) running(t *testing.T) {
	t.Helper()
	select {
	case <-p.ended:
		t.Fatalf("%s has ended with exit code %d", p.name, p.code)
	default:
	}
}

// backend is one of the kind in testdata.
func backend(namespace, name, ready string) *corev1.ConfigMap {
	return &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
		Data:       map[string]string{"ready": ready, "url": "http://" + name + ".example.com"},
	}
}

// createModels makes models with backends that are ready.
func createModels(t *testing.T, env *testenv.Env, namespace string, count int) []string {
	t.Helper()
	names := make([]string, count)
	for i := range names {
		names[i] = fmt.Sprintf("model-%02d", i)
		model := &v1alpha1.MaaSModel{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: names[i]},
			Spec: v1alpha1.MaaSModelSpec{ModelRef: v1alpha1.ModelReference{Kind: "Settings", Name: names[i]}}}
		for _, object := range []client.Object{backend(namespace, names[i], "yes"), model} {
			if err := env.Client.Create(t.Context(), object); err != nil {
				t.Fatal(err)
			}
		}
	}
	return names
}

func setReady(t *testing.T, env *testenv.Env, namespace, ready string, names ...string) {
	t.Helper()
	for _, name := range names {
		if err := env.Client.Update(t.Context(), backend(namespace, name, ready)); err != nil {
			t.Fatal(err)
		}
	}
}

// expectPhase waits until all the models of a namespace are in a phase.
func expectPhase(t *testing.T, env *testenv.Env, namespace string, want v1alpha1.Phase) map[string]v1alpha1.MaaSModel {
	t.Helper()
	found := map[string]v1alpha1.MaaSModel{}
	testenv.Eventually(t, patience, func() error {
		models := &v1alpha1.MaaSModelList{}
		if err := env.Client.List(t.Context(), models, client.InNamespace(namespace)); err != nil {
			return err
		}
		for _, model := range models.Items {
			if model.Status.Phase != want {
				return fmt.Errorf("%s is %s, want %s", model.Name, model.Status.Phase, want)
			}
			found[model.Name] = model
		}
		return nil
	})
	return found
}

// expectOne waits until one model is in a phase.
func expectOne(t *testing.T, env *testenv.Env, namespace, name string, want v1alpha1.Phase) {
	t.Helper()
	model := &v1alpha1.MaaSModel{}
	testenv.Eventually(t, patience, func() error {
		if err := env.Client.Get(t.Context(), client.ObjectKey{Namespace: namespace, Name: name}, model); err != nil {
			return err
		}
		if model.Status.Phase != want {
			return fmt.Errorf("%s is %s, want %s", name, model.Status.Phase, want)
		}
		return nil
	})
}
