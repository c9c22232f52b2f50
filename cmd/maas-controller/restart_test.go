package main

import (
	"net/http"
	"strings"
	"syscall"
	"testing"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/conformance/testenv"
)

// An API server that is restarted does not end a leader that has the time to
// wait for it: it goes on, and writes nothing that it would not have written
// anyway. A leader that cannot renew its lease in time ends, as it has to, and
// its successor goes on where it has stopped.
func TestAPIServerRestarts(t *testing.T) {
	plane := testenv.StartPlane(t)
	namespace := plane.Namespace(t)
	elect := []string{"--leader-elect", "--leader-election-namespace", namespace, "--leader-election-retry-period=500ms"}
	patient := append(elect, "--leader-election-lease-duration=240s", "--leader-election-renew-deadline=180s")
	p := startProgram(t, "the patient one", plane.Config, patient...)
	names := createModels(t, plane.Env, namespace, 6)
	before := expectPhase(t, plane.Env, namespace, v1alpha1.PhaseReady)

	plane.StopServer(t)
	plane.StartServer(t)
	setReady(t, plane.Env, namespace, "no", names[0])
	expectOne(t, plane.Env, namespace, names[0], v1alpha1.PhaseUnhealthy)
	setReady(t, plane.Env, namespace, "yes", names[0])
	after := expectPhase(t, plane.Env, namespace, v1alpha1.PhaseReady)
	p.running(t)
	get(t, "http://"+p.health+"/readyz", http.StatusOK)
	for _, name := range names[1:] {
		if was, is := before[name].ResourceVersion, after[name].ResourceVersion; was != is {
			t.Errorf("%s was written without need, at resourceVersion %s after %s: %+v", name, is, was, after[name].Status)
		}
	}
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if <-p.ended; p.code != cli.OK {
		t.Errorf("exit code %d after SIGTERM", p.code)
	}

	short := append(elect, "--leader-election-lease-duration=6s", "--leader-election-renew-deadline=5s")
	p = startProgram(t, "the one that loses its lease", plane.Config, short...)
	setReady(t, plane.Env, namespace, "no", names...)
	expectPhase(t, plane.Env, namespace, v1alpha1.PhaseUnhealthy)
	plane.StopServer(t)
	if <-p.ended; p.code != cli.Failure || !strings.Contains(p.log.String(), "leader election lost") {
		t.Errorf("exit code %d, want %d with the lost lease in the log", p.code, cli.Failure)
	}
	plane.StartServer(t)
	setReady(t, plane.Env, namespace, "yes", names...)
	startProgram(t, "its successor", plane.Config, short...)
	expectPhase(t, plane.Env, namespace, v1alpha1.PhaseReady)
}
