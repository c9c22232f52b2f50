package soak

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"

	"github.com/maas-kinds/maas/conformance/command"
	"github.com/maas-kinds/maas/conformance/crd"
	"github.com/maas-kinds/maas/conformance/install"
	"github.com/maas-kinds/maas/conformance/testenv"
)

// Options are what is played.
type Options struct {
	Seed uint64
	// Lasts is for how long, about: what has to wait makes it longer.
	Lasts  time.Duration
	Models int
	// Root of the repository.
	Root string
	// Programs is a folder with maas-controller and maas-api; empty to have them built.
	Programs string
	// Dir is where the processes' logs go. It has to be there.
	Dir string
	// Progress is told what is being done.
	Progress io.Writer
}

// Check reports everything that is wrong, each with its flag.
func (o Options) Check() error {
	var errs []error
	if least := 2 * restFor; o.Lasts < least {
		errs = append(errs, fmt.Errorf("--time: %s is less than %s: nothing would happen", o.Lasts, least))
	}
	if o.Models < 10 || o.Models > 1000 {
		errs = append(errs, fmt.Errorf("--models: %d is not between 10 and 1000", o.Models))
	}
	return errors.Join(errs...)
}

// session is one run.
type session struct {
	Options
	plane    *plane
	client   dynamic.Interface
	http     *http.Client // of the API server
	plain    *http.Client
	backends *backends
	world    *world
	programs map[string]*program
	metrics  map[string]string
	api      string
	calm     *calm
	start    time.Time
	history  history
	result   Result
	saying   sync.Mutex
}

// Run plays, and says what was wrong. Whatever it has started is ended when it
// returns. The error says that it could not be played.
func Run(ctx context.Context, o Options) (result Result, err error) {
	if err := o.Check(); err != nil {
		return Result{}, err
	}
	s := &session{
		Options: o, calm: newCalm(), programs: map[string]*program{}, metrics: map[string]string{},
		plain:  &http.Client{Transport: &http.Transport{}},
		result: Result{Seed: o.Seed, Models: len(theCast(o.Models)), Steps: map[Action]int{}},
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := s.setUp(ctx); err != nil {
		return Result{}, err
	}
	err = s.play(ctx, Plan(o.Seed, o.Lasts, o.Models))
	return s.result, err
}

// say tells of the play: those who act and those who look do it at the same time.
func (s *session) say(format string, args ...any) {
	s.saying.Lock()
	defer s.saying.Unlock()
	_, _ = fmt.Fprintf(s.Progress, format+"\n", args...)
}

func (s *session) close() error {
	var errs []error
	for _, name := range []string{theController, theAPI} {
		if p := s.programs[name]; p != nil {
			errs = append(errs, p.end(15), p.log.Close())
		}
	}
	if s.backends != nil {
		s.backends.close()
	}
	if s.plane != nil {
		errs = append(errs, s.plane.stop(), s.plane.server.log.Close())
	}
	return errors.Join(errs...)
}

func (s *session) setUp(ctx context.Context) error {
	if s.Programs == "" {
		s.say("building %s and %s", theController, theAPI)
		s.Programs = s.Dir
		if err := install.BuildPrograms(ctx, s.Root, s.Dir, theController, theAPI); err != nil {
			return err
		}
	}
	log, err := os.Create(filepath.Join(s.Dir, theServer+".log"))
	if err != nil {
		return err
	}
	if s.plane, err = startPlane(ctx, s.Root, s.Progress, log); err != nil {
		return errors.Join(err, log.Close())
	}
	s.programs[theServer], s.metrics[theServer] = s.plane.server, strings.TrimSuffix(s.plane.config.Host, "/")+"/metrics"
	if err := s.prepare(ctx); err != nil {
		return err
	}
	if s.backends, err = startBackends(ctx); err != nil {
		return err
	}
	return s.startPrograms(ctx)
}

// prepare makes the API server serve everything, and brings the cast on.
func (s *session) prepare(ctx context.Context) error {
	config := rest.CopyConfig(s.plane.config)
	config.QPS = -1
	config.WarningHandler = rest.NoWarnings{}
	var clientErr, httpErr error
	s.client, clientErr = dynamic.NewForConfig(config)
	s.http, httpErr = rest.HTTPClientFor(config)
	crds, crdErr := crd.Read(filepath.Join(s.Root, "config", "crd"))
	if err := errors.Join(clientErr, httpErr, crdErr); err != nil {
		return err
	}
	if err := crd.Install(ctx, config, crds...); err != nil {
		return err
	}
	own := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": namespace}}}
	if _, err := s.client.Resource(schema.GroupVersionResource{Version: "v1", Resource: "namespaces"}).Create(ctx, own, metav1.CreateOptions{}); err != nil {
		return fmt.Errorf("making the namespace: %w", err)
	}
	s.world = newWorld(s.client, theCast(s.Models))
	return s.world.mend(ctx)
}

func (s *session) startPrograms(ctx context.Context) error {
	kubeconfig, kinds := filepath.Join(s.Dir, "kubeconfig"), filepath.Join(s.Dir, "kinds")
	gadget, err := files.ReadFile("kinds/gadget.yaml")
	err = errors.Join(err, testenv.WriteKubeconfig(s.plane.config, kubeconfig), os.MkdirAll(kinds, 0o755))
	if err := errors.Join(err, os.WriteFile(filepath.Join(kinds, "gadget.yaml"), gadget, 0o600)); err != nil {
		return err
	}
	addresses, err := command.FreeAddresses(ctx, 4)
	if err != nil {
		return err
	}
	// Both are told the same of where callers' credentials may go.
	same := []string{"--kubeconfig=" + kubeconfig, "--kinds-dir=" + kinds, "--allow-cidr=127.0.0.0/8", "--trusted-hosts=" + domain, "--allow-http"}
	s.api = addresses[0]
	err = errors.Join(
		s.startProgram(ctx, theController, addresses[2], "http://"+addresses[3]+"/readyz", slices.Concat(same, []string{
			"--metrics-bind-address=" + addresses[2], "--health-probe-bind-address=" + addresses[3], "--leader-elect=false"})),
		s.startProgram(ctx, theAPI, addresses[1], "http://"+addresses[0]+"/readyz", slices.Concat(same, s.backends.dialMap(), []string{
			"--metrics-listen=" + addresses[1], "--listen=" + addresses[0], "--shutdown-delay=0", "--drain-timeout=1s"})),
	)
	for _, name := range []string{theController, theAPI} {
		if err == nil {
			err = s.programs[name].awaitReady(ctx, s.plain, readyWithin)
		}
	}
	return err
}

func (s *session) startProgram(ctx context.Context, name, metrics, ready string, args []string) error {
	log, err := os.Create(filepath.Join(s.Dir, name+".log"))
	if err != nil {
		return err
	}
	s.programs[name] = &program{name: name, path: filepath.Join(s.Programs, name), args: args, ready: ready, log: log}
	s.metrics[name] = "http://" + metrics + "/metrics"
	return s.programs[name].start(ctx)
}
