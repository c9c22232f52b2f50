package main

import (
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	authenticationv1 "k8s.io/api/authentication/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/yaml"

	corev1 "k8s.io/api/core/v1"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/conformance/object"
	"github.com/maas-kinds/maas/conformance/testenv"
	"github.com/maas-kinds/maas/engine/plan"
)

// plannedKind is a kind of ConfigMaps, which every cluster has.
const plannedKind = `apiVersion: maas.opendatahub.io/v1alpha1
kind: ModelKind
metadata: {name: planned}
spec:
  name: Planned
  description: A backend that a ConfigMap stands for
  referent: {group: "", kind: ConfigMap, versions: [v1]}
  health: [{name: up, is: Ready, when: [{path: $.data.verdict, equals: Up}]}]
  endpoint: [{name: first, path: $.data.url}]
`

// planner is a cluster with two models of a ModelKind.
type planner struct {
	env                   *testenv.Env
	namespace, kubeconfig string
}

func newPlanner(t *testing.T) planner {
	t.Helper()
	env := testenv.Start(t)
	p := planner{env, env.Namespace(t), testenv.Kubeconfig(t, env.Config)}
	env.Apply(t, objectsIn(t, strings.ReplaceAll(plannedKind+`---
apiVersion: v1
kind: ConfigMap
metadata: {name: granite, namespace: NAMESPACE}
data: {verdict: Up, url: "https://granite.example.com/v1", other: "https://elsewhere.example.com/v1"}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: slow, namespace: NAMESPACE}
data: {verdict: Starting, url: "https://slow.example.com/v1", other: "https://slow.example.com/v1"}
---
apiVersion: maas.opendatahub.io/v1alpha1
kind: MaaSModel
metadata: {name: granite, namespace: NAMESPACE}
spec: {modelRef: {kind: Planned, name: granite}}
---
apiVersion: maas.opendatahub.io/v1alpha1
kind: MaaSModel
metadata: {name: slow, namespace: NAMESPACE}
spec: {modelRef: {kind: Planned, name: slow}}
---
apiVersion: maas.opendatahub.io/v1alpha1
kind: MaaSModel
metadata: {name: knative, namespace: NAMESPACE}
spec: {modelRef: {kind: KnativeService, name: none}}
`, "NAMESPACE", p.namespace))...)
	return p
}

func objectsIn(t testing.TB, text string) []*unstructured.Unstructured {
	t.Helper()
	objects, err := object.Read([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return objects
}

func (p planner) plan(t *testing.T, spec string, args ...string) result {
	t.Helper()
	file := filepath.Join(t.TempDir(), "kind.yaml")
	if err := os.WriteFile(file, []byte(spec), 0o600); err != nil {
		t.Fatal(err)
	}
	return maasctl(t, "", append([]string{"plan", "-f", file, "--kubeconfig", p.kubeconfig, "--trusted-hosts", "*"}, args...)...)
}

func planned(t *testing.T, got result) planReport {
	t.Helper()
	var r planReport
	if err := json.Unmarshal([]byte(got.out), &r); err != nil {
		t.Fatalf("exit %d: %v: %s%s", got.code, err, got.out, got.errOut)
	}
	return r
}

func change(old, replacement string) string {
	return strings.Replace(plannedKind, old, replacement, 1)
}

// What a change would do in a real cluster, and what the exit code says of it.
func TestPlan(t *testing.T) {
	p := newPlanner(t)
	for name, test := range map[string]struct {
		spec   string
		args   []string
		code   int
		result planResult
		// effects are of granite and of slow.
		granite, slow plan.Effect
		says          []string
	}{
		"the same":        {plannedKind, nil, cli.OK, planNone, "", "", nil},
		"does harm":       {change("equals: Up", "equals: Running"), nil, cli.Failure, planHarm, plan.EffectNotReady, "", []string{"Ready Ready → Unhealthy BackendProgressing", "1 worse off", "2 as before"}},
		"another host":    {change("$.data.url", "$.data.other"), nil, cli.Failure, planHarm, plan.EffectMoved, "", []string{"https://granite.example.com/v1 → https://elsewhere.example.com/v1"}},
		"no harm":         {change("description: A", "model: {displayName: [{constant: Granite}]}\n  description: A"), nil, cli.OK, planChange, plan.EffectChanged, plan.EffectChanged, []string{`displayName none → "Granite"`}},
		"no harm in CI":   {change("description: A", "model: {displayName: [{constant: Granite}]}\n  description: A"), []string{"--fail-on", "change"}, cli.Failure, planChange, plan.EffectChanged, plan.EffectChanged, nil},
		"better":          {change("equals: Up", "in: [Up, Starting]"), nil, cli.OK, planChange, "", plan.EffectBetter, []string{"~ kind   Planned"}},
		"a type too much": {change("  endpoint: [", "  subjects: [{as: gate, object: {group: policy, kind: PodDisruptionBudget, versions: [v1]}}]\n  endpoint: [{of: gate, path: $.spec.url}, "), nil, cli.OK, planChange, "", "", []string{"+ watch  policy/v1 PodDisruptionBudget", `+ role   list and watch poddisruptionbudgets in API group "policy"`}},
	} {
		t.Run(name, func(t *testing.T) {
			got := p.plan(t, test.spec, append(test.args, "-o", "json")...)
			r := planned(t, got)
			if got.code != test.code || r.Result != test.result || got.errOut != "" {
				t.Errorf("exit %d, %s: %s; want %d, %s", got.code, r.Result, got.errOut, test.code, test.result)
			}
			effects := map[string]plan.Effect{}
			for _, c := range r.Changes {
				effects[c.Name] = c.Effect
			}
			if effects["granite"] != test.granite || effects["slow"] != test.slow || r.Summary.Models != 3 {
				t.Errorf("effects %v of %d models, want %q and %q of 3", effects, r.Summary.Models, test.granite, test.slow)
			}
			inYAML := p.plan(t, test.spec, append(test.args, "-o", "yaml")...)
			same := planReport{}
			if err := yaml.Unmarshal([]byte(inYAML.out), &same); err != nil || same.Result != r.Result {
				t.Errorf("YAML says %s, and JSON %s: %v", same.Result, r.Result, err)
			} else if diff := cmp.Diff(r.Changes, same.Changes); diff != "" {
				t.Errorf("changes (-JSON +YAML):\n%s", diff)
			}
			text := p.plan(t, test.spec, test.args...)
			for _, said := range test.says {
				if words := strings.Join(strings.Fields(text.out), " "); !strings.Contains(words, strings.Join(strings.Fields(said), " ")) {
					t.Errorf("the text lacks %q:\n%s", said, text.out)
				}
			}
		})
	}
}

// What would be without a ModelKind, and what is no name of one.
func TestPlanDeletion(t *testing.T) {
	p := newPlanner(t)
	plan := func(args ...string) result {
		return maasctl(t, "", append([]string{"plan", "--kubeconfig", p.kubeconfig, "--trusted-hosts", "*"}, args...)...)
	}
	got := plan("--delete", "planned", "-o", "json")
	r := planned(t, got)
	if got.code != cli.Failure || r.Result != planHarm || len(r.Files) != 0 || len(r.Kinds) != 1 || r.Kinds[0].After != nil || r.Kinds[0].Models != 2 {
		t.Errorf("exit %d: %s%s", got.code, got.out, got.errOut)
	}
	got = plan("--delete", "planned", "-o", "wide")
	for _, said := range []string{"without the ModelKind planned on http", "2 worse off", "granite (Planned): Ready Ready → Failed KindUnknown", "- kind   Planned is not in force any longer"} {
		if !strings.Contains(got.out, said) {
			t.Errorf("it does not say %q:\n%s", said, got.out)
		}
	}
	got = plan("--delete", "plannd", "--delete", "none")
	for _, said := range []string{"--delete plannd: no such ModelKind is in the cluster, there are planned", "--delete none", "nothing was planned"} {
		if got.code != cli.Usage || !strings.Contains(got.errOut, said) {
			t.Errorf("exit %d, it does not say %q:\n%s", got.code, said, got.errOut)
		}
	}
	if got = p.plan(t, plannedKind, "--delete", "planned"); got.code != cli.Usage || !strings.Contains(got.errOut, "say one of the two") {
		t.Errorf("exit %d: %s", got.code, got.errOut)
	}
}

// Nothing is planned from half of what there is, and every fault is told at once.
func TestPlanBadInput(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"faulty/A.yaml": strings.Replace(spec("A"), "description", "descripton", 1), "faulty/B.yaml": strings.Replace(spec("B"), "description", "descripton", 1),
		"good.yaml": spec("C"), "empty/README": "none",
	})
	var silence net.ListenConfig
	silent, err := silence.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = silent.Close() }()
	at := func(host string) string { return testenv.Kubeconfig(t, &rest.Config{Host: "http://" + host}) }
	in := func(name string) string { return filepath.Join(dir, name) }
	for name, test := range map[string]struct {
		args []string
		says []string
	}{
		"kinds with faults":    {[]string{"-f", in("faulty")}, []string{"A.yaml:5: spec.descripton", "B.yaml:5: spec.descripton", "faults"}},
		"no kind":              {[]string{"-f", in("empty")}, []string{"no kind-spec here"}},
		"no file":              {[]string{"-f", in("none.yaml")}, []string{"none.yaml", "cannot be read"}},
		"a cluster that hangs": {[]string{"-f", in("good.yaml"), "--timeout", "300ms", "--kubeconfig", at(silent.Addr().String())}, []string{"no answer within 300ms, which --timeout can make longer", "nothing was planned"}},
		"one that refuses":     {[]string{"-f", in("good.yaml"), "--kubeconfig", at(testenv.FreeAddress(t))}, []string{"connection refused", "nothing was planned"}},
		"parameters":           {[]string{"-f", in("good.yaml"), "--parameters", in("none")}, []string{"--parameters: reading"}},
		"three slips":          {[]string{"--fail-on", "never", "-o", "xml"}, []string{"-f is missing", `--fail-on "never"`, `-o "xml"`}},
	} {
		t.Run(name, func(t *testing.T) {
			got := maasctl(t, "", append([]string{"plan"}, test.args...)...)
			if got.code != cli.Usage {
				t.Errorf("exit %d, want %d", got.code, cli.Usage)
			}
			for _, said := range test.says {
				if !strings.Contains(got.out+got.errOut, said) {
					t.Errorf("it does not say %q:\n%s%s", said, got.out, got.errOut)
				}
			}
		})
	}
}

// The cluster is asked with get and list, and may refuse: what depends on that is
// said to be undecided.
func TestPlanOnlyReads(t *testing.T) {
	p := newPlanner(t)
	role := &rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: "planner"}, Rules: []rbacv1.PolicyRule{
		{APIGroups: []string{v1alpha1.GroupVersion.Group}, Resources: []string{"maasmodels", "modelkinds"}, Verbs: []string{"list"}},
	}}
	binding := &rbacv1.ClusterRoleBinding{ObjectMeta: metav1.ObjectMeta{Name: "planner"},
		RoleRef:  rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: role.Name},
		Subjects: []rbacv1.Subject{{Kind: "ServiceAccount", Namespace: p.namespace, Name: "planner"}}}
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: p.namespace, Name: "planner"}}
	token := &authenticationv1.TokenRequest{}
	for _, create := range []func() error{
		func() error { return p.env.Client.Create(t.Context(), role) },
		func() error { return p.env.Client.Create(t.Context(), binding) },
		func() error { return p.env.Client.Create(t.Context(), account) },
		func() error { return p.env.Client.SubResource("token").Create(t.Context(), account, token) },
	} {
		if err := create(); err != nil {
			t.Fatal(err)
		}
	}
	limited := rest.AnonymousClientConfig(p.env.Config)
	limited.BearerToken = token.Status.Token
	p.kubeconfig = testenv.Kubeconfig(t, limited)
	harmful := change("equals: Up", "equals: Running")
	got := p.plan(t, harmful, "-o", "json")
	r := planned(t, got)
	if got.code != cli.Usage || r.Result != planIncomplete || r.Summary.Effects[plan.EffectUndecided] != 2 || !strings.Contains(r.Changes[0].Why, "configmaps") {
		t.Errorf("exit %d, %s, %+v: %s", got.code, r.Result, r.Summary, got.out)
	}

	asked := &requests{}
	config := rest.CopyConfig(p.env.Config)
	proxied := asked.front(t, config)
	p.kubeconfig = testenv.Kubeconfig(t, proxied)
	if got = p.plan(t, harmful); got.code != cli.Failure {
		t.Fatalf("exit %d: %s%s", got.code, got.out, got.errOut)
	}
	if diff := cmp.Diff([]string{"GET"}, asked.verbs()); diff != "" {
		t.Errorf("methods, and watches (-want +got):\n%s", diff)
	}
	if lists := asked.count("/maasmodels"); lists != 1 {
		t.Errorf("%d requests for MaaSModels, want one list", lists)
	}
	if lists := asked.count("/configmaps"); lists != 1 {
		t.Errorf("%d requests for ConfigMaps, want one list", lists)
	}
}

// requests keeps what is asked of a cluster.
type requests struct {
	mu    sync.Mutex
	asked []*http.Request
}

// front is a cluster in front of another one.
func (r *requests) front(t *testing.T, cluster *rest.Config) *rest.Config {
	t.Helper()
	transport, err := rest.TransportFor(cluster)
	if err != nil {
		t.Fatal(err)
	}
	to, err := url.Parse(cluster.Host)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Transport: transport, Rewrite: func(request *httputil.ProxyRequest) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.asked = append(r.asked, request.In)
		request.SetURL(to)
	}}
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	return &rest.Config{Host: server.URL}
}

// verbs are the methods that were used, and "watch".
func (r *requests) verbs() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []string
	for _, request := range r.asked {
		all = append(all, request.Method)
		if request.URL.Query().Get("watch") != "" {
			all = append(all, "watch")
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (r *requests) count(part string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for _, request := range r.asked {
		if strings.HasSuffix(request.URL.Path, part) {
			n++
		}
	}
	return n
}
