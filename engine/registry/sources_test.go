package registry_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"k8s.io/utils/clock"

	"github.com/maas-kinds/maas/engine/registry"

	clocktesting "k8s.io/utils/clock/testing"
)

// patience is how long a test waits for what should take milliseconds.
const patience = 20 * time.Second

func specOf(name, description string) string {
	return `apiVersion: maas.opendatahub.io/v1alpha1
kind: ModelKind
metadata: {name: ` + name + `}
spec:
  description: ` + description + `
  referent: {group: example.com, kind: Widget, versions: [v1]}
  health: [{is: Ready, when: [{condition: Ready, status: "True"}]}]
  endpoint: [{path: $.status.url}]
`
}

// log is a log that may be read while it is written.
type log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *log) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(line)
}

func (l *log) has(part string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Contains(l.text.String(), part)
}

// started are sources that run until the test's end.
func started(t *testing.T, options registry.Options) *registry.Sources {
	t.Helper()
	if options.Clock == nil {
		options.Clock = clock.RealClock{}
	}
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	s, err := registry.NewSources(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the sources ended with: %v", err)
		}
	})
	return s
}

// await waits until the kinds in force are these, as "name: description", and
// these files are refused.
func await(t *testing.T, s *registry.Sources, want ...string) {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for {
		entries, changed := s.Watch()
		var got []string
		for _, entry := range entries {
			if entry.InForce != nil {
				got = append(got, entry.InForce.Name()+": "+entry.InForce.Description())
			}
			if len(entry.Refused) > 0 {
				got = append(got, "refused "+filepath.Base(entry.File))
			}
		}
		diff := cmp.Diff(want, got)
		if diff == "" {
			return
		}
		select {
		case <-changed:
		case <-deadline.C:
			t.Fatalf("kinds in force (-want +got):\n%s", diff)
		}
	}
}

func write(t *testing.T, content string, path ...string) {
	t.Helper()
	file := filepath.Join(path...)
	if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// What people do to files of a directory.
func TestPlainFiles(t *testing.T) {
	dir, text := t.TempDir(), &log{}
	s := started(t, registry.Options{Dirs: []string{dir}, Log: slog.New(slog.NewTextHandler(text, nil)),
		BuiltIn: []registry.Source{{Name: "built-in", FS: fstest.MapFS{"a.yaml": {Data: []byte(specOf("A", "built in"))}}}}})
	await(t, s, "A: built in")
	write(t, specOf("B", "dropped in"), dir, "b.yaml")
	await(t, s, "A: built in", "B: dropped in")
	write(t, specOf("A", "overridden"), dir, "A", "kind.yaml")
	await(t, s, "A: overridden", "B: dropped in")
	write(t, string(broken.Data), dir, "A", "kind.yaml")
	await(t, s, "A: overridden", "refused kind.yaml", "B: dropped in")
	if place := filepath.Join(dir, "A", "kind.yaml") + ":4"; !text.has(place) {
		t.Errorf("the log does not name %s:\n%s", place, text.text.String())
	}
	write(t, specOf("B", "changed"), dir, "b.yaml")
	await(t, s, "A: overridden", "refused kind.yaml", "B: changed")
	write(t, specOf("A", "mended"), dir, "A", "kind.yaml")
	await(t, s, "A: mended", "B: changed")
	check(t, os.RemoveAll(filepath.Join(dir, "A")))
	await(t, s, "A: built in", "B: changed")
	check(t, os.Rename(filepath.Join(dir, "b.yaml"), filepath.Join(dir, "c.yaml")))
	check(t, os.Remove(filepath.Join(dir, "c.yaml")))
	await(t, s, "A: built in")
}

// A mounted ConfigMap changes by one rename of the link that all files lead through.
func TestMountedConfigMap(t *testing.T) {
	dir := t.TempDir()
	swap := func(revision string, files map[string]string) {
		for name, content := range files {
			write(t, content, dir, revision, name)
		}
		check(t, os.Symlink(revision, filepath.Join(dir, "..data_tmp")))
		check(t, os.Rename(filepath.Join(dir, "..data_tmp"), filepath.Join(dir, "..data")))
	}
	link := func(name string) { check(t, os.Symlink(filepath.Join("..data", name), filepath.Join(dir, name))) }
	swap("..2026_1", map[string]string{"a.yaml": specOf("A", "first")})
	link("a.yaml")
	s := started(t, registry.Options{Dirs: []string{dir}})
	await(t, s, "A: first")
	swap("..2026_2", map[string]string{"a.yaml": specOf("A", "second"), "b.yaml": specOf("B", "new")})
	await(t, s, "A: second")
	link("b.yaml")
	await(t, s, "A: second", "B: new")
	swap("..2026_3", map[string]string{"b.yaml": specOf("B", "new")})
	check(t, os.Remove(filepath.Join(dir, "a.yaml")))
	await(t, s, "B: new")
}

// What nothing announces is noticed all the same.
func TestUnannouncedChange(t *testing.T) {
	dir := t.TempDir()
	elsewhere := filepath.Join(dir, "..elsewhere") // Hidden, and so not watched.
	write(t, specOf("A", "first"), elsewhere, "a.yaml")
	check(t, os.Symlink(filepath.Join("..elsewhere", "a.yaml"), filepath.Join(dir, "a.yaml")))
	clock := clocktesting.NewFakeClock(time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC))
	s := started(t, registry.Options{Dirs: []string{dir}, Clock: clock})
	await(t, s, "A: first")
	_, changed := s.Watch()
	write(t, specOf("A", "second"), elsewhere, "a.yaml")
	for stepped := false; !stepped; {
		if clock.HasWaiters() {
			clock.Step(10 * time.Second)
		}
		select {
		case <-changed:
			stepped = true
		default:
		}
	}
	await(t, s, "A: second")
}

// A directory that goes away, as a mount may, takes no kind with it.
func TestDirectoryGoesAway(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "kinds")
	write(t, specOf("A", "first"), dir, "a.yaml")
	metrics := prometheus.NewRegistry()
	clock := clocktesting.NewFakeClock(time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC))
	s := started(t, registry.Options{Dirs: []string{dir}, Registerer: metrics, Clock: clock})
	await(t, s, "A: first")
	success := func(want float64) {
		t.Helper()
		deadline := time.NewTimer(patience)
		defer deadline.Stop()
		for testutil.CollectAndCount(metrics, "maas_kind_reload_success") != 1 || gauge(t, metrics, "maas_kind_reload_success") != want {
			clock.Step(10 * time.Second)
			select {
			case <-deadline.C:
				t.Fatalf("maas_kind_reload_success is not %v", want)
			default:
			}
		}
	}
	check(t, os.RemoveAll(dir))
	success(0)
	await(t, s, "A: first")
	write(t, specOf("A", "second"), dir, "a.yaml")
	success(1)
	await(t, s, "A: second")
}

func gauge(t *testing.T, metrics *prometheus.Registry, name string) float64 {
	t.Helper()
	families, err := metrics.Gather()
	check(t, err)
	for _, family := range families {
		if family.GetName() == name {
			return family.GetMetric()[0].GetGauge().GetValue()
		}
	}
	t.Fatalf("no metric %s", name)
	return 0
}

func TestMetrics(t *testing.T) {
	dir, metrics := t.TempDir(), prometheus.NewRegistry()
	write(t, string(broken.Data), dir, "a.yaml")
	write(t, specOf("C", "in the place of the other"), dir, "c.yaml")
	s := started(t, registry.Options{Dirs: []string{dir}, Registerer: metrics, Origins: []string{"resources"},
		BuiltIn: []registry.Source{{Name: "built-in", FS: fstest.MapFS{"b.yaml": {Data: []byte(specOf("B", "built in"))}, "c.yaml": {Data: []byte(specOf("C", "built in"))}}}}})
	b, _ := s.Kinds().Lookup("B")
	c, _ := s.Kinds().Lookup("C")
	text := strings.NewReplacer("REVISION", b.Revision(), "OTHER", c.Revision(), "DIR", dir).Replace(`
# HELP maas_kind_reload_success 1 while the newest revision of every kind-spec of the source is good, or all that a file of parameters sets; 0 while one is refused.
# TYPE maas_kind_reload_success gauge
maas_kind_reload_success{source="DIR"} 0
maas_kind_reload_success{source="built-in"} 1
# HELP maas_kind_revision_info 1 for the revision of each kind that is in force, and where it comes from.
# TYPE maas_kind_revision_info gauge
maas_kind_revision_info{kind="B",revision="REVISION",source="built-in"} 1
maas_kind_revision_info{kind="C",revision="OTHER",source="DIR"} 1
# HELP maas_kinds_replaced How many kinds of the source are replaced by those of the same name of a later one.
# TYPE maas_kinds_replaced gauge
maas_kinds_replaced{source="DIR"} 0
maas_kinds_replaced{source="built-in"} 1
`)
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for err := errors.New(""); err != nil; {
		select {
		case <-deadline.C:
			t.Fatal(err)
		default:
			err = testutil.GatherAndCompare(metrics, strings.NewReader(text))
		}
	}
}

// What has to be mended before a start, and what has not.
func TestNew(t *testing.T) {
	bad := []registry.Source{{Name: "built-in", FS: fstest.MapFS{"a.yaml": {Data: []byte(string(broken.Data))}}}}
	faulty := t.TempDir()
	write(t, string(broken.Data), faulty, "a.yaml")
	for name, test := range map[string]struct {
		builtIn []registry.Source
		dirs    []string
		want    string
	}{
		"a directory that is empty":                    {nil, []string{t.TempDir()}, ""},
		"a directory with a bad spec: others go on":    {nil, []string{faulty}, ""},
		"directories that do not exist: all are named": {nil, []string{"/missing/a", "/missing/b"}, "/missing/b"},
		"what is built in is bad: the program is":      {bad, nil, "built-in/a.yaml:4: spec"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := registry.NewSources(t.Context(), registry.Options{BuiltIn: test.builtIn, Dirs: test.dirs,
				Clock: clock.RealClock{}, Log: slog.New(slog.DiscardHandler)})
			if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q in it", err, test.want)
			}
		})
	}
}

// Another origin comes last: it overrides the files, and gives way when it goes.
func TestOffer(t *testing.T) {
	dir := t.TempDir()
	write(t, specOf("A", "from a file"), dir, "a.yaml")
	s := started(t, registry.Options{Dirs: []string{dir}, Origins: []string{"resources"}})
	doc, err := s.Parser().Document("resources", "a", []byte(specOf("A", "from a resource")))
	check(t, err)
	_, before := s.Kinds().Watch()
	s.Put(t.Context(), "resources", []registry.SpecDocument{doc})
	await(t, s, "A: from a resource")
	<-before
	_, unchanged := s.Kinds().Watch()
	s.Put(t.Context(), "resources", []registry.SpecDocument{doc})
	select {
	case <-unchanged:
		t.Error("the same again has replaced the set in force")
	default:
	}
	s.Put(t.Context(), "resources", nil)
	await(t, s, "A: from a file")
}

// Directories that are given twice, or are called as another source is.
func TestDirectoryNames(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	write(t, specOf("A", "from a file"), dir, "built-in", "a.yaml")
	s := started(t, registry.Options{Dirs: []string{"built-in", filepath.Join(dir, "built-in"), "./built-in/", "built-in"},
		BuiltIn: []registry.Source{{Name: "built-in", FS: fstest.MapFS{"b.yaml": {Data: []byte(specOf("B", "built in"))}}}}})
	set := s.Kinds().Set()
	if diff := cmp.Diff([]string{"A", "B"}, set.Names()); diff != "" {
		t.Errorf("kinds (-want +got):\n%s", diff)
	}
	if faults, refused := set.Refusal("A"); refused {
		t.Errorf("refused: %v", faults)
	}
}
