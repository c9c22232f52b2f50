package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/conformance/testenv"
)

// patience is how long a test waits for what should take a second.
const patience = time.Minute

var server testenv.Shared

// asProgram, where it is set in its environment, makes the test binary be
// maas-controller: a process of its own, which can be killed.
const asProgram = "MAAS_CONTROLLER_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	os.Exit(server.Main(m))
}

func TestExitCodes(t *testing.T) {
	dir := t.TempDir()
	kubeconfig := testenv.Kubeconfig(t, &rest.Config{Host: "https://127.0.0.1:1"})
	for name, test := range map[string]struct {
		args []string
		code int
		// says are parts of the output, all of them.
		says []string
	}{
		"help":                          {[]string{"--help"}, cli.OK, []string{"Usage:", "--kinds-dir DIR", "Exit codes"}},
		"the version":                   {[]string{"--version"}, cli.OK, []string{"maas-controller ", "(commit "}},
		"a flag that is none":           {[]string{"--kind-dir=x"}, cli.Usage, []string{"kind-dir", "--help"}},
		"an argument":                   {[]string{"start"}, cli.Usage, []string{`unexpected argument "start"`}},
		"a format that is none":         {[]string{"--log-format=xml"}, cli.Usage, []string{"json or text"}},
		"a level that is none":          {[]string{"--log-level=loud"}, cli.Usage, []string{"log-level", "loud"}},
		"a CIDR that is an address":     {[]string{"--allow-cidr=127.0.0.0/8,10.0.0.1"}, cli.Usage, []string{"10.0.0.1", "127.0.0.0/8"}},
		"a domain that is none":         {[]string{"--cluster-domain=cluster..local", "--cluster-cidrs=10.96.0.1"}, cli.Usage, []string{"--cluster-domain", "--cluster-cidrs", "10.96.0.1"}},
		"a policy that is none":         {[]string{"--cross-namespace=allow"}, cli.Usage, []string{`"allow" is no policy`, "kind, grant or deny"}},
		"an election without a place":   {[]string{"--leader-elect"}, cli.Usage, []string{"--leader-election-namespace"}},
		"a lease that two could hold":   {[]string{"--leader-election-lease-duration=5s"}, cli.Usage, []string{"5s", "renew deadline of 10s", "two replicas"}},
		"a deadline before a retry":     {[]string{"--leader-election-retry-period=9s"}, cli.Usage, []string{"more than 10.8s"}},
		"a retry without a pause":       {[]string{"--leader-election-retry-period=0"}, cli.Usage, []string{"more than 0"}},
		"a kinds-dir that is not there": {[]string{"--kinds-dir", filepath.Join(dir, "none"), "--kubeconfig", kubeconfig}, cli.Failure, []string{"--kinds-dir", "none"}},
		"no cluster, and no kinds-dir":  {[]string{"--kinds-dir", filepath.Join(dir, "none"), "--kubeconfig", filepath.Join(dir, "kc")}, cli.Failure, []string{"--kinds-dir", "--kubeconfig"}},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			if code := run(t.Context(), test.args, &out, &out); code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
			for _, says := range test.says {
				if !strings.Contains(out.String(), says) {
					t.Errorf("the output does not say %q:\n%s", says, out.String())
				}
			}
		})
	}
}

// Inside a Pod replicas elect a leader without being told to.
func TestLeaderElectionDefault(t *testing.T) {
	for name, test := range map[string]struct {
		args      []string
		namespace string
		want      bool
	}{
		"in a Pod":                    {nil, "maas-system", true},
		"in a Pod, and not wanted":    {[]string{"--leader-elect=false"}, "maas-system", false},
		"on somebody's machine":       {nil, "", false},
		"on a machine, and asked for": {[]string{"--leader-elect", "--leader-election-namespace=default"}, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := parse(test.args, test.namespace, io.Discard)
			if err != nil || s.leaderElect != test.want {
				t.Errorf("leaderElect is %v (%v), want %v", s.leaderElect, err, test.want)
			}
		})
	}
	if _, err := parse([]string{"-h"}, "", io.Discard); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("-h gives %v", err)
	}
}

// process is a running maas-controller.
type process struct {
	log     lockedBuffer
	health  string
	metrics string
	code    chan int
	cancel  context.CancelFunc
}

type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.String()
}

func start(t *testing.T, config *rest.Config, args ...string) *process {
	t.Helper()
	p := &process{health: testenv.FreeAddress(t), metrics: testenv.FreeAddress(t), code: make(chan int, 1)}
	args = append([]string{"--kubeconfig", testenv.Kubeconfig(t, config),
		"--health-probe-bind-address", p.health, "--metrics-bind-address", p.metrics}, args...)
	var ctx context.Context
	ctx, p.cancel = context.WithCancel(context.WithoutCancel(t.Context()))
	go func() { p.code <- run(ctx, args, io.Discard, &p.log) }()
	t.Cleanup(func() {
		p.cancel()
		if t.Failed() {
			t.Log(p.log.String())
		}
	})
	return p
}

// stop is what SIGTERM does.
func (p *process) stop(t *testing.T) {
	t.Helper()
	p.cancel()
	if code := <-p.code; code != cli.OK {
		t.Errorf("exit code %d after SIGTERM, want 0", code)
	}
}

// get waits until a URL answers with a status, and gives the body.
func get(t *testing.T, url string, status int) string {
	t.Helper()
	var body string
	testenv.Eventually(t, patience, func() error {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		response, err := new(http.Client).Do(request)
		if err != nil {
			return err
		}
		content, err := io.ReadAll(response.Body)
		err = errors.Join(err, response.Body.Close())
		if body = string(content); err != nil || response.StatusCode != status {
			return fmt.Errorf("%s answers %d (%v): %s", url, response.StatusCode, err, body)
		}
		return nil
	})
	return body
}

// grant gives a user the roles of config/rbac, the namespaced ones in the given
// namespace, and what the kind in testdata needs.
func grant(t *testing.T, env *testenv.Env, user, namespace string) {
	t.Helper()
	subjects := []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: user}}
	role := func(kind, name string) rbacv1.RoleRef {
		return rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: kind, Name: name}
	}
	configmaps := &rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: "reads-configmaps"}, Rules: []rbacv1.PolicyRule{
		{APIGroups: []string{""}, Resources: []string{"configmaps"}, Verbs: []string{"list", "watch"}}}}
	dir := filepath.Join(testenv.Root(t), "config", "rbac")
	env.Apply(t, testenv.ReadObjects(t, filepath.Join(dir, "controller.yaml"))...)
	env.Apply(t, testenv.ReadObjects(t, filepath.Join(dir, "controller-kinds.yaml"))...)
	// The policy beside the role is for the whole cluster, and for an install's own namespace.
	ids := testenv.ReadObjects(t, filepath.Join(dir, "controller-ids.yaml"))[:1]
	ids[0].SetNamespace(namespace)
	env.Apply(t, ids...)
	// So is the one beside this.
	revisions := testenv.ReadObjects(t, filepath.Join(dir, "kind-revisions.yaml"))[:1]
	revisions[0].SetNamespace(namespace)
	env.Apply(t, revisions...)
	election := testenv.ReadObjects(t, filepath.Join(dir, "controller-leader-election.yaml"))
	election[0].SetNamespace(namespace)
	env.Apply(t, election...)
	for _, object := range []client.Object{
		configmaps,
		&rbacv1.ClusterRoleBinding{ObjectMeta: metav1.ObjectMeta{Name: "a"}, Subjects: subjects, RoleRef: role("ClusterRole", "maas-controller-base")},
		&rbacv1.ClusterRoleBinding{ObjectMeta: metav1.ObjectMeta{Name: "b"}, Subjects: subjects, RoleRef: role("ClusterRole", configmaps.Name)},
		&rbacv1.ClusterRoleBinding{ObjectMeta: metav1.ObjectMeta{Name: "d"}, Subjects: subjects, RoleRef: role("ClusterRole", "maas-controller-kinds")},
		&rbacv1.RoleBinding{ObjectMeta: metav1.ObjectMeta{Name: "c", Namespace: namespace}, Subjects: subjects, RoleRef: role("Role", "maas-controller-leader-election")},
		&rbacv1.RoleBinding{ObjectMeta: metav1.ObjectMeta{Name: "e", Namespace: namespace}, Subjects: subjects, RoleRef: role("Role", "maas-controller-ids")},
		&rbacv1.RoleBinding{ObjectMeta: metav1.ObjectMeta{Name: "f", Namespace: namespace}, Subjects: subjects, RoleRef: role("Role", "maas-controller-kind-revisions")},
	} {
		if err := env.Client.Create(t.Context(), object); err != nil {
			t.Fatal(err)
		}
	}
}

// The program on a real API server, with the roles of config/rbac and no other,
// with a kind of its own, as the leader.
func TestProgram(t *testing.T) {
	env := server.Env(t)
	namespace := env.Namespace(t)
	config := rest.CopyConfig(env.Config)
	config.Impersonate.UserName = "system:serviceaccount:maas-system:maas-controller"
	grant(t, env, config.Impersonate.UserName, namespace)
	model := &v1alpha1.MaaSModel{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "settings"},
		Spec:       v1alpha1.MaaSModelSpec{ModelRef: v1alpha1.ModelReference{Kind: "Settings", Name: "absent"}},
	}
	if err := env.Client.Create(t.Context(), model); err != nil {
		t.Fatal(err)
	}
	p := start(t, config, "--kinds-dir", "testdata/kinds", "--leader-elect", "--leader-election-namespace", namespace)
	get(t, "http://"+p.health+"/healthz", http.StatusOK)
	testenv.Eventually(t, patience, func() error {
		if err := env.Client.Get(t.Context(), client.ObjectKeyFromObject(model), model); err != nil {
			return err
		}
		if model.Status.Phase != v1alpha1.PhasePending || model.Status.Kind != "Settings" {
			return fmt.Errorf("status is %+v", model.Status)
		}
		return nil
	})
	get(t, "http://"+p.health+"/readyz", http.StatusOK)
	expectHeld(t, env, namespace, namespace, map[string]string{"settings": ""})
	series := fmt.Sprintf(`maas_model_phase{kind="Settings",name="settings",namespace=%q,phase="Pending"} 1`, namespace)
	if body := get(t, "http://"+p.metrics+"/metrics", http.StatusOK); !strings.Contains(body, series) {
		t.Errorf("/metrics does not have %s", series)
	}
	p.stop(t)
	for line := range strings.Lines(p.log.String()) {
		if strings.Contains(line, "forbidden") {
			t.Errorf("the roles do not suffice: %s", line)
		}
	}
	lease := &coordinationv1.Lease{}
	if err := env.Client.Get(t.Context(), client.ObjectKey{Namespace: namespace, Name: leaseName}, lease); err != nil {
		t.Fatal(err)
	}
	if holder := lease.Spec.HolderIdentity; holder != nil && *holder != "" {
		t.Errorf("the lease is still held by %s", *holder)
	}
}

// Without its own CRD the controller says what to install, and waits for it.
func TestWaitsForItsCRD(t *testing.T) {
	env := testenv.Start(t)
	env.UninstallCRDs(t, "maasmodels.maas.opendatahub.io")
	p := start(t, env.Config)
	testenv.Eventually(t, patience, func() error {
		if !strings.Contains(p.log.String(), "kubectl apply -k config/crd") {
			return errors.New("the log does not say what to do: " + p.log.String())
		}
		return nil
	})
	get(t, "http://"+p.health+"/healthz", http.StatusOK)
	get(t, "http://"+p.health+"/readyz", http.StatusInternalServerError)
	env.InstallCRDs(t, filepath.Join(testenv.Root(t), "config", "crd"))
	get(t, "http://"+p.health+"/readyz", http.StatusOK)
	p.stop(t)
}
