package engine_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/go-logr/logr"
	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/maas-kinds/maas/engine/registry"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/rest"
	"k8s.io/klog/v2" //nolint:depguard // client-go logs there, and what it says is part of the tests
	"sigs.k8s.io/controller-runtime/pkg/client"
	ctrllog "sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/manager"

	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/testenv"
	"github.com/maas-kinds/maas/engine"
	"github.com/maas-kinds/maas/engine/kind"
)

// patience is how long a test waits for what should take milliseconds.
const patience = 30 * time.Second

var (
	server testenv.Shared
	// libraryLog is what client-go and controller-runtime say outside of any context.
	libraryLog = &logged{}
)

func TestMain(m *testing.M) {
	flag.Parse()
	// Most of a test is waiting. Each test more at a time takes an API server more.
	if err := flag.Set("test.parallel", strconv.Itoa(runtime.GOMAXPROCS(0)+1)); err != nil {
		panic(err)
	}
	klog.SetLogger(libraryLog.logger())
	ctrllog.SetLogger(libraryLog.logger())
	code := server.Main(m)
	// Each controller's log has what is said in its context, see run; nothing else is
	// to be said aloud.
	for _, line := range libraryLog.loud() {
		fmt.Fprintln(os.Stderr, "logged outside of any controller:", line)
		code = max(code, 1)
	}
	os.Exit(code)
}

// logged keeps a log as JSON lines.
type logged struct {
	mu    sync.Mutex
	lines bytes.Buffer
}

func (l *logged) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lines.Write(line)
}

func (l *logged) logger() logr.Logger {
	return logr.FromSlogHandler(slog.NewJSONHandler(l, nil))
}

// isCutOff says of a line whether client-go tells in it, as an error, of a request whose own
// end comes while a watch begins, or while a reply is read: nothing is wrong.
func isCutOff(said string) bool {
	about, ended := strings.CutSuffix(said, ": context canceled")
	return ended && (about == "ERROR Unexpected error when reading response body" || strings.HasPrefix(about, "ERROR Failed to watch: "))
}

// loud are the lines of level WARN and ERROR.
func (l *logged) loud() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var loud []string
	for line := range strings.Lines(l.lines.String()) {
		var entry struct{ Level, Msg, Error, Err string }
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			loud = append(loud, fmt.Sprintf("%q is no log line: %v", line, err))
		} else if said := fmt.Sprintf("%s %s: %s%s", entry.Level, entry.Msg, entry.Error, entry.Err); entry.Level != "INFO" && !isCutOff(said) {
			loud = append(loud, said)
		}
	}
	return loud
}

func (l *logged) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lines.String()
}

// controller is one running engine.
type controller struct {
	manager  manager.Manager
	registry *prometheus.Registry
	log      *logged
	stop     func()
}

type setting func(*rest.Config, *manager.Options, *engine.Options)

// testLabel is the label of goroutines that says which test they are of.
const testLabel = "test"

// goroutines counts those of a test's engine and of what it started after it that are
// in a package, or anywhere for "".
func goroutines(t testing.TB, in string) int {
	t.Helper()
	var profile bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&profile, 1); err != nil {
		t.Fatal(err)
	}
	count, label := 0, fmt.Sprintf("%q:%q", testLabel, t.Name())
	_, stacks, _ := strings.Cut(profile.String(), "\n") // how many there are altogether
	for stack := range strings.SplitSeq(stacks, "\n\n") {
		if strings.Contains(stack, label) && strings.Contains(stack, in) {
			var alike int
			if _, err := fmt.Sscanf(stack, "%d @", &alike); err != nil {
				t.Fatalf("reading the profile of goroutines: %v\n%s", err, stack)
			}
			count += alike
		}
	}
	return count
}

// run starts an engine that stops at the test's end, or before when stop is called.
// Its goroutines bear the name of the test, see goroutines, and its log has what
// client-go and controller-runtime say of it.
func run(t testing.TB, env *testenv.Env, kinds *kind.Set, settings ...setting) *controller {
	t.Helper()
	c := &controller{registry: prometheus.NewRegistry(), log: &logged{}}
	named := pprof.WithLabels(context.WithoutCancel(t.Context()), pprof.Labels(testLabel, t.Name()))
	pprof.SetGoroutineLabels(named)
	config := rest.CopyConfig(env.Config)
	config.QPS = -1
	grace := patience
	options := manager.Options{
		Scheme: env.Client.Scheme(), Logger: c.log.logger(), GracefulShutdownTimeout: &grace, Cache: engine.CacheOptions(),
		Metrics: metricsserver.Options{BindAddress: "0"},
	}
	settled := engine.Options{Kinds: kind.NewLive(kinds), Registerer: c.registry}
	for _, set := range settings {
		set(config, &options, &settled)
	}
	var err error
	if c.manager, err = manager.New(config, options); err != nil {
		t.Fatalf("making the manager: %v", err)
	}
	if err := engine.Setup(c.manager, settled); err != nil {
		t.Fatalf("setting up the engine: %v", err)
	}
	ctx, cancel := context.WithCancel(klog.NewContext(named, c.log.logger()))
	done := make(chan error, 1)
	go func() { done <- c.manager.Start(ctx) }()
	c.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the manager ended with: %v", err)
		}
		if t.Failed() {
			t.Log(c.log.text())
		}
	})
	t.Cleanup(c.stop)
	return c
}

type testOutput struct{ testing.TB }

func (o testOutput) Write(p []byte) (int, error) {
	o.Logf("%s", p)
	return len(p), nil
}

// widgets are backends of a type that one test has for itself.
type widgets struct {
	env   *testenv.Env
	group string
	scope string
	kinds *kind.Set
	// crossNamespace is what the kind says of references into another namespace.
	crossNamespace kind.CrossNamespace
}

// newWidgets makes a type named after the test, without installing it.
func newWidgets(t testing.TB, env *testenv.Env, crossNamespace kind.CrossNamespace) *widgets {
	t.Helper()
	name := strings.ToLower(strings.NewReplacer("/", "-", "_", "-").Replace(t.Name()))
	w := &widgets{env: env, group: name + ".example.com", scope: "Namespaced"}
	w.crossNamespace = crossNamespace
	w.kinds = load(t, w.spec(t))
	return w
}

func load(t testing.TB, specs ...string) *kind.Set {
	t.Helper()
	files := fstest.MapFS{}
	for i, spec := range specs {
		files[fmt.Sprintf("%d.yaml", i)] = &fstest.MapFile{Data: []byte(spec)}
	}
	kinds, err := registry.Load(registry.Source{FS: files})
	if err != nil {
		t.Fatalf("loading kind-specs: %v", err)
	}
	return kinds
}

func read(t testing.TB, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func (w *widgets) install(t testing.TB) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "crd.yaml")
	crd := strings.NewReplacer("GROUP", w.group, "SCOPE", w.scope).Replace(read(t, "testdata/widget-crd.yaml"))
	if err := os.WriteFile(file, []byte(crd), 0o600); err != nil {
		t.Fatal(err)
	}
	w.env.InstallCRDs(t, file)
}

func (w *widgets) uninstall(t testing.TB) {
	t.Helper()
	w.env.UninstallCRDs(t, "widgets."+w.group)
}

// facts are a widget's status.
type facts map[string]any

// apply creates or changes a widget. Its status is of its first generation.
func (w *widgets) apply(t testing.TB, namespace, name string, status facts) *unstructured.Unstructured {
	t.Helper()
	all := map[string]any{"observedGeneration": int64(1)}
	for field, value := range status {
		all[field] = value
	}
	widget := &unstructured.Unstructured{Object: map[string]any{"spec": map[string]any{}, "status": all}}
	widget.SetAPIVersion(w.group + "/v1")
	widget.SetKind("Widget")
	widget.SetNamespace(namespace)
	widget.SetName(name)
	w.env.Apply(t, widget)
	return widget
}

func (w *widgets) delete(t testing.TB, widget *unstructured.Unstructured) {
	t.Helper()
	if err := w.env.Client.Delete(t.Context(), widget.DeepCopy()); err != nil {
		t.Fatalf("deleting %s: %v", widget.GetName(), err)
	}
}

// createModel makes a MaaSModel of the same name as its referent.
func createModel(t testing.TB, env *testenv.Env, namespace string, ref v1alpha1.ModelReference) *v1alpha1.MaaSModel {
	t.Helper()
	model := &v1alpha1.MaaSModel{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: ref.Name},
		Spec:       v1alpha1.MaaSModelSpec{ModelRef: ref},
	}
	create(t, env, model)
	return model
}

// create removes the model at the test's end: other tests count theirs.
func create(t testing.TB, env *testenv.Env, model *v1alpha1.MaaSModel) {
	t.Helper()
	if err := env.Client.Create(t.Context(), model); err != nil {
		t.Fatalf("creating the MaaSModel: %v", err)
	}
	t.Cleanup(func() {
		err := env.Client.Delete(context.WithoutCancel(t.Context()), model)
		if client.IgnoreNotFound(err) != nil {
			t.Errorf("deleting the MaaSModel: %v", err)
		}
	})
}

func refresh(t testing.TB, env *testenv.Env, model *v1alpha1.MaaSModel) error {
	t.Helper()
	key := client.ObjectKeyFromObject(model)
	return env.Client.Get(t.Context(), key, model)
}

// stands is what a test expects of a status.
type stands struct {
	Phase            v1alpha1.Phase
	Endpoint, Reason string
}

// expect waits until the model stands as wanted.
func expect(t testing.TB, env *testenv.Env, model *v1alpha1.MaaSModel, want stands) {
	t.Helper()
	testenv.Eventually(t, patience, func() error {
		if err := refresh(t, env, model); err != nil {
			return err
		}
		if got := standing(model); got != want {
			return fmt.Errorf("%s stands at %+v, want %+v; conditions: %v", model.Name, got, want, messages(model))
		}
		return nil
	})
}

func standing(model *v1alpha1.MaaSModel) stands {
	got := stands{Phase: model.Status.Phase, Endpoint: model.Status.Endpoint}
	if ready := meta.FindStatusCondition(model.Status.Conditions, v1alpha1.ConditionReady); ready != nil {
		got.Reason = ready.Reason
	}
	return got
}

func messages(model *v1alpha1.MaaSModel) []string {
	var all []string
	for _, c := range model.Status.Conditions {
		all = append(all, fmt.Sprintf("%s=%s %s: %s", c.Type, c.Status, c.Reason, c.Message))
	}
	return all
}

// counted reads a counter or gauge by its name and the values of its labels.
func counted(t testing.TB, registry *prometheus.Registry, name string, labels map[string]string) (float64, error) {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatalf("gathering metrics: %v", err)
	}
	for _, family := range families {
		if family.GetName() != name {
			continue
		}
	metric:
		for _, metric := range family.GetMetric() {
			for _, pair := range metric.GetLabel() {
				if want, asked := labels[pair.GetName()]; asked && want != pair.GetValue() {
					continue metric
				}
			}
			return metric.GetCounter().GetValue() + metric.GetGauge().GetValue(), nil
		}
	}
	return 0, errors.New("no such metric: " + name + fmt.Sprint(labels))
}
