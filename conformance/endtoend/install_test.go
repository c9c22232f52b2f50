package endtoend_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance"
	"github.com/maas-kinds/maas/conformance/attacks/isolate"
	"github.com/maas-kinds/maas/conformance/cases"
	"github.com/maas-kinds/maas/conformance/install"
	"github.com/maas-kinds/maas/conformance/testenv"
	"github.com/maas-kinds/maas/engine/phase"
	"github.com/maas-kinds/maas/engine/registry"
	"github.com/maas-kinds/maas/kinds"
)

const (
	// patience is how long to wait for what should take a second.
	patience = time.Minute
	// podNetwork is what the cluster's one node gives its Pods addresses from.
	podNetwork = "10.244.0.0/24"
	apiAddress = "10.96.7.7:8080"
)

// world is a cluster with the install, and the objects of all kinds in it.
type world struct {
	env       *testenv.Env
	manifests []*unstructured.Unstructured
	backends  *backends
	folders   []*cases.Folder
	plays     []*play
	// controller is what it writes.
	controller *install.Output
}

func newWorld(t *testing.T) *world {
	t.Helper()
	env := server.Env(t)
	w := &world{env: env, manifests: install.Build(t, "config/default"), backends: newBackends(t, startNames(t))}
	install.Apply(t, env, w.manifests)
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "one"}, Spec: corev1.NodeSpec{PodCIDR: podNetwork, PodCIDRs: []string{podNetwork}}}
	if err := env.Client.Create(t.Context(), node); err != nil {
		t.Fatal(err)
	}
	suite, err := conformance.New()
	if err != nil {
		t.Fatal(err)
	}
	folders, err := suite.Load(registry.Source{Name: "kinds", FS: kinds.FS})
	if err != nil {
		t.Fatal(err)
	}
	w.folders = folders
	installTypes(t, env, folders)
	machine, err := phase.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		w.plays = append(w.plays, playsOf(t, machine, folder)...)
	}
	for _, p := range w.plays {
		p.put(t, env)
	}
	return w
}

// start starts the programs as their Deployments say, with more flags for both.
func (w *world) start(t *testing.T, more ...string) {
	t.Helper()
	// Where they listen is all that is said beside: this machine is all Pods at once.
	own := map[string][]string{
		"maas-controller": {"--metrics-bind-address=0", "--health-probe-bind-address=0"},
		"maas-api":        {"--metrics-listen=0", "--listen=" + apiAddress, "--shutdown-delay=0s"},
	}
	for _, d := range install.Of[appsv1.Deployment](t, w.manifests, "Deployment") {
		account := d.Spec.Template.Spec.ServiceAccountName
		args := install.Arguments(d, t.TempDir(), append(own[d.Name], "--kubeconfig", install.Kubeconfig(t, w.env, account))...)
		output := install.Start(t, install.Program(t, d.Name), append(args, more...))
		if d.Name == "maas-controller" {
			w.controller = output
		}
	}
}

// awaitReady waits until the controller has made every model Ready, and said of
// those that unlisted gives why the API shows them to nobody.
func (w *world) awaitReady(t *testing.T, unlisted func(*play) bool) {
	t.Helper()
	for _, p := range w.plays {
		testenv.Eventually(t, patience, func() error {
			if err := w.env.Client.Get(t.Context(), client.ObjectKeyFromObject(p.model), p.model); err != nil {
				return err
			}
			said := meta.IsStatusConditionTrue(p.model.Status.Conditions, v1alpha1.ConditionUnlisted)
			if p.model.Status.Phase != v1alpha1.PhaseReady || said != unlisted(p) {
				return fmt.Errorf("%s is to be Ready, and Unlisted %t: %+v", p.token, unlisted(p), p.model.Status)
			}
			return nil
		})
	}
}

// list gives the ids of the models that a caller sees.
func list(t *testing.T, token string) ([]string, error) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+apiAddress+"/v1/models", nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := (&http.Client{Timeout: 20 * time.Second}).Do(request)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		return nil, err
	}
	var reply struct{ Data []struct{ ID string } }
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the API answers %d: %s", response.StatusCode, body)
	}
	if err := json.Unmarshal(body, &reply); err != nil {
		return nil, err
	}
	ids := []string{}
	for _, model := range reply.Data {
		ids = append(ids, model.ID)
	}
	slices.Sort(ids)
	return ids, nil
}

// Every kind is Ready, and who may use its backend, and nobody else, finds it: with
// the flags of the install where the endpoint is a Service's, and with those that
// the condition Unlisted names where it is not.
func TestDefaultInstall(t *testing.T) {
	isolate.Require(t)
	w := newWorld(t)
	outside := func(p *play) bool { return p.outside }
	told := map[string]bool{}
	t.Run("as it is installed", func(t *testing.T) {
		w.start(t)
		w.awaitReady(t, outside)
		for _, p := range w.plays {
			w.backends.serve(t, p.model.Status.Endpoint, p.token)
			if c := meta.FindStatusCondition(p.model.Status.Conditions, v1alpha1.ConditionUnlisted); c != nil {
				_, flags, _ := strings.Cut(c.Message, "give maas-api and maas-controller ")
				for flag := range strings.FieldsSeq(flags) {
					told[flag] = true
				}
			}
		}
		w.look(t, outside)
		t.Run("as backends' own controllers write", w.playExamples)
		t.Run("without backends", w.playAbsent)
		for line := range strings.Lines(w.controller.String()) {
			if strings.Contains(line, `"level":"ERROR"`) || strings.Contains(line, `"level":"WARN"`) {
				t.Errorf("the controller writes %s", line)
			}
		}
	})
	t.Run("as its conditions say", func(t *testing.T) {
		w.start(t, slices.Sorted(maps.Keys(told))...)
		nobody := func(*play) bool { return false }
		w.awaitReady(t, nobody)
		w.look(t, nobody)
	})
}

// look asks for every model, as who may use it and as somebody who may not.
func (w *world) look(t *testing.T, unlisted func(*play) bool) {
	t.Helper()
	for _, p := range w.plays {
		t.Run(p.kind+"/"+p.title, func(t *testing.T) {
			t.Parallel()
			testenv.Eventually(t, patience, func() error {
				ids, err := list(t, p.token)
				if err != nil {
					return err
				}
				if slices.Contains(ids, p.model.Status.ID) == unlisted(p) {
					return fmt.Errorf("%s at %s is to be found: %t, and there are %q", p.model.Status.ID, p.model.Status.Endpoint, !unlisted(p), ids)
				}
				return nil
			})
			ids, err := list(t, "somebody-else")
			if err != nil || slices.Contains(ids, p.model.Status.ID) != (p.shown && !unlisted(p)) {
				t.Errorf("somebody whom no backend lets in finds %q (%v)", ids, err)
			}
		})
	}
}
