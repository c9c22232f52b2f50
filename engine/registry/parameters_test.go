package registry_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/maas-kinds/maas/engine/registry"
)

// proxied says in its description which revision of the file it is of.
func proxied(description string) string {
	return strings.NewReplacer("  referent:", "  parameters: {proxyURL: {type: URL, description: where the proxy is}}\n  referent:",
		"{path: $.status.url}", "{path: $.status.url}, {value: proxyURL}").Replace(specOf("Proxied", description))
}

func set(values string) string {
	return "apiVersion: maas.opendatahub.io/v1alpha1\nkind: KindParameters\nspec: " + values + "\n"
}

// revisionOf is that of the kind with a parameter.
func revisionOf(t *testing.T, s *registry.Sources) string {
	t.Helper()
	k, ok := s.Kinds().Lookup("Proxied")
	if !ok {
		t.Fatal("the kind is not in force")
	}
	return k.Revision()
}

// What an installation sets comes, changes, breaks and goes while the kinds are
// served. The kinds that have no part in it are always in force.
func TestParametersAreFollowed(t *testing.T) {
	dir, log := t.TempDir(), &log{}
	file := filepath.Join(dir, "parameters.yaml")
	metrics := prometheus.NewPedanticRegistry()
	built := registry.Source{Name: "built-in", FS: fstest.MapFS{"a.yaml": {Data: []byte(specOf("A", "plain"))}, "p.yaml": {Data: []byte(proxied("proxied"))}}}
	s := started(t, registry.Options{BuiltIn: []registry.Source{built}, Parameters: file, Log: slog.New(slog.NewTextHandler(log, nil)), Registerer: metrics})
	await(t, s, "A: plain", "refused p.yaml")
	if !log.has("no parameters of kinds are set: their file is not there") {
		t.Error("the log does not say that there is no file")
	}
	if entries := s.Entries(); !strings.HasPrefix(entries[1].Refused.Error(), file+": spec.Proxied.proxyURL: the parameter proxyURL of the kind Proxied is not set") {
		t.Errorf("refused for %v", entries[1].Refused)
	}
	write(t, set("{Proxied: {proxyURL: https://a.example.com}}"), file)
	await(t, s, "A: plain", "Proxied: proxied")
	first := revisionOf(t, s)
	write(t, set("{Proxied: {proxyURL: 80}}"), file)
	await(t, s, "A: plain", "Proxied: proxied", "refused p.yaml")
	if got := revisionOf(t, s); got != first {
		t.Errorf("with a wrong value revision %s is in force, before it was %s", got, first)
	}
	write(t, set("{Proxied: {proxyURL: https://b.example.com}}"), file)
	await(t, s, "A: plain", "Proxied: proxied")
	second := revisionOf(t, s)
	if second == first {
		t.Error("another value is no other revision")
	}
	if wrong, err := testutil.GatherAndCount(metrics, "maas_kind_reload_success"); err != nil || wrong != 2 {
		t.Errorf("%d sources say whether they are good (%v), want 2", wrong, err)
	}
	for _, broken := range []struct{ content, says string }{
		{"kind: [", "not valid YAML"},
		{set("{Proxied: {proxyURL: https://b.example.com}, Nobody: {}}"), "spec.Nobody: no kind is called"},
	} {
		write(t, broken.content, file)
		for {
			_, changed := s.Watch()
			if log.has(broken.says) {
				break
			}
			<-changed
		}
		await(t, s, "A: plain", "Proxied: proxied")
		if got := revisionOf(t, s); got != second {
			t.Errorf("%s: revision %s is in force, before it was %s", broken.says, got, second)
		}
	}
	check(t, os.Remove(file))
	await(t, s, "A: plain", "Proxied: proxied", "refused p.yaml")
}

// A mounted ConfigMap is swapped as a whole, and one that is optional is an empty
// folder until it is there.
func TestParametersOfAConfigMap(t *testing.T) {
	dir := t.TempDir()
	mount := filepath.Join(dir, "mount")
	check(t, os.Mkdir(mount, 0o750))
	s := started(t, registry.Options{Parameters: filepath.Join(mount, "parameters.yaml"),
		BuiltIn: []registry.Source{{Name: "built-in", FS: fstest.MapFS{"p.yaml": {Data: []byte(proxied("proxied"))}}}}})
	await(t, s, "refused p.yaml")
	publish := func(version, content string) {
		t.Helper()
		write(t, content, mount, version, "parameters.yaml")
		link := filepath.Join(mount, "..data_tmp")
		check(t, os.Symlink(version, link))
		check(t, os.Rename(link, filepath.Join(mount, "..data")))
	}
	publish("..1", set("{Proxied: {proxyURL: https://a.example.com}}"))
	check(t, os.Symlink("..data/parameters.yaml", filepath.Join(mount, "parameters.yaml")))
	await(t, s, "Proxied: proxied")
	publish("..2", set("{}"))
	await(t, s, "Proxied: proxied", "refused p.yaml")
}

// A file that leads out of its folder is not read, nor one without an end.
func TestHostileParameters(t *testing.T) {
	for name, fill := range map[string]func(t *testing.T, file string){
		"a link elsewhere": func(t *testing.T, file string) {
			write(t, set("{Proxied: {proxyURL: https://s3cr3t.example.com}}"), filepath.Dir(filepath.Dir(file)), "outside.yaml")
			check(t, os.Symlink("../outside.yaml", file))
		},
		"a device":  func(t *testing.T, file string) { check(t, os.Symlink("/dev/zero", file)) },
		"too large": func(t *testing.T, file string) { write(t, strings.Repeat("#", 1<<20+1), file) },
		"a folder":  func(t *testing.T, file string) { check(t, os.Mkdir(file, 0o750)) },
	} {
		t.Run(name, func(t *testing.T) {
			log, file := &log{}, filepath.Join(t.TempDir(), "in", "parameters.yaml")
			check(t, os.Mkdir(filepath.Dir(file), 0o750))
			fill(t, file)
			s := started(t, registry.Options{Parameters: file, Log: slog.New(slog.NewTextHandler(log, nil)),
				BuiltIn: []registry.Source{{Name: "built-in", FS: fstest.MapFS{"p.yaml": {Data: []byte(proxied("proxied"))}}}}})
			await(t, s, "refused p.yaml")
			if !log.has("parameters.yaml: cannot be read: ") || log.has("s3cr3t") {
				t.Error("the log does not say that the file cannot be read, or quotes what it may not")
			}
		})
	}
}
