package upgrade_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/meta"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/install"
	"github.com/maas-kinds/maas/conformance/object"
	"github.com/maas-kinds/maas/conformance/testenv"
)

// patience is how long anything may take on a machine that does much beside.
const patience = 2 * time.Minute

// cluster is an API server with models in it, and a backend that lets everybody in.
type cluster struct {
	*testenv.Env
	namespace, backend string
}

func newCluster(t *testing.T) *cluster {
	t.Helper()
	env := testenv.Start(t)
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"object":"list","data":[]}`)
	}))
	t.Cleanup(backend.Close)
	return &cluster{env, env.Namespace(t), strings.TrimPrefix(backend.URL, "http://")}
}

// put applies a file of testdata.
func (c *cluster) put(t *testing.T, file string) {
	t.Helper()
	content, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	objects, err := object.Read([]byte(strings.ReplaceAll(string(content), "NAMESPACE", c.namespace)))
	if err != nil {
		t.Fatal(err)
	}
	c.Apply(t, objects...)
}

// populate brings models in, and what they are of.
func (c *cluster) populate(t *testing.T) {
	t.Helper()
	c.InstallCRDs(t, "testdata/crd.yaml")
	c.put(t, "gadget.yaml")
	install.Aggregate(t, c.Env)
	c.put(t, "models.yaml")
}

// outcome is what a status says that people and programs go by.
type outcome struct {
	Phase    v1alpha1.Phase
	Endpoint string
	Context  int64
}

// expected is what each model has to be, whichever version decides.
func (c *cluster) expected() map[string]outcome {
	service := "http://service." + c.namespace + ".svc"
	return map[string]outcome{
		"service":  {v1alpha1.PhaseReady, service, 0},
		"alias":    {v1alpha1.PhaseReady, service, 0},
		"outside":  {v1alpha1.PhaseReady, "http://outside.example.com", 0},
		"gadget":   {v1alpha1.PhaseReady, "http://gadget.example.com", 8192},
		"broken":   {v1alpha1.PhaseFailed, "http://broken.example.com", 0},
		"starting": {v1alpha1.PhasePending, "", 0},
		"missing":  {v1alpha1.PhasePending, "", 0},
		"unknown":  {v1alpha1.PhaseFailed, "", 0},
	}
}

// since is when each condition became what it is, of each model: what changes for a
// moment and back has another time afterwards.
type since map[string]time.Time

// settle waits until all models are as expected, for the spec that they have now.
func (c *cluster) settle(t *testing.T) since {
	t.Helper()
	var times since
	testenv.Eventually(t, patience, func() error {
		var list v1alpha1.MaaSModelList
		if err := c.Client.List(t.Context(), &list, client.InNamespace(c.namespace)); err != nil {
			return err
		}
		got := map[string]outcome{}
		times = since{}
		for _, m := range list.Items {
			if m.Status.ObservedGeneration != m.Generation {
				return fmt.Errorf("%s is of generation %d, and its status of %d", m.Name, m.Generation, m.Status.ObservedGeneration)
			}
			o := outcome{Phase: m.Status.Phase, Endpoint: m.Status.Endpoint}
			if m.Status.Model != nil {
				o.Context = m.Status.Model.ContextLength
			}
			got[m.Name] = o
			for _, conditionType := range []string{v1alpha1.ConditionReady, v1alpha1.ConditionBackendReady, v1alpha1.ConditionEndpointResolved, v1alpha1.ConditionReferenceResolved} {
				if condition := meta.FindStatusCondition(m.Status.Conditions, conditionType); condition != nil {
					times[m.Name+" "+conditionType] = condition.LastTransitionTime.Time
				}
			}
		}
		if diff := cmp.Diff(c.expected(), got); diff != "" {
			return fmt.Errorf("the models are otherwise (-want +got):\n%s", diff)
		}
		return nil
	})
	return times
}

// touch says in each spec what it says anyway, or no longer: nothing follows from it
// but a generation, which only a controller takes over that has looked at the model.
func (c *cluster) touch(t *testing.T) {
	t.Helper()
	var list v1alpha1.MaaSModelList
	if err := c.Client.List(t.Context(), &list, client.InNamespace(c.namespace)); err != nil {
		t.Fatal(err)
	}
	for _, m := range list.Items {
		namespace := fmt.Sprintf("%q", c.namespace)
		if m.Spec.ModelRef.Namespace != "" {
			namespace = "null"
		}
		patch := client.RawPatch("application/merge-patch+json", fmt.Appendf(nil, `{"spec":{"modelRef":{"namespace":%s}}}`, namespace))
		if err := c.Client.Patch(t.Context(), &m, patch); err != nil {
			t.Fatal(err)
		}
	}
}

// entry is what every version says of a model in the list.
type entry struct {
	ID      string `json:"id"`
	Created int64  `json:"created"`
	OwnedBy string `json:"owned_by"`
	Ready   bool   `json:"ready"`
}

// list is what a caller gets from an API, once it has everything that is expected.
func (c *cluster) list(t *testing.T, api string) []entry {
	t.Helper()
	var reply struct {
		Data []entry `json:"data"`
	}
	testenv.Eventually(t, patience, func() error {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, api+"/v1/models", http.NoBody)
		if err != nil {
			return err
		}
		request.Header.Set("Authorization", "Bearer somebody")
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		defer response.Body.Close()
		reply.Data = nil
		if err := json.NewDecoder(response.Body).Decode(&reply); err != nil {
			return fmt.Errorf("status %d: %w", response.StatusCode, err)
		}
		ready := 0
		for _, e := range reply.Data {
			if e.Ready {
				ready++
			}
		}
		if ready != 2 { // gadget and outside: nothing resolves a Service's name here
			return fmt.Errorf("%d models are listed as ready, want 2: %+v", ready, reply.Data)
		}
		return nil
	})
	return reply.Data
}
