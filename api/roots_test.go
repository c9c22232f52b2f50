package api

import (
	"encoding/pem"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/maas-kinds/maas/conformance/testenv"
)

// The file of --backend-ca-file is read to a limit: a wrong path may lead to a
// disk's worth of data. Whatever is wrong in it is said at once.
func TestRootsAreChecked(t *testing.T) {
	certificate := newAuthority(t, "one").pem
	padded := func(size int) string { return certificate + strings.Repeat("\n", size-len(certificate)) }
	garbled := strings.Replace(certificate, "\nMII", "\n!!!", 1)
	other := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("other")}))
	for name, test := range map[string]struct {
		content string
		// says nothing where the file is good.
		says []string
	}{
		"a certificate":                {certificate, nil},
		"text between two":             {"# one\n" + certificate + "# two\r\n" + newAuthority(t, "two").pem, nil},
		"as long as it may be":         {padded(1 << 20), nil},
		"a byte longer":                {padded(1<<20 + 1), []string{"it has 1048577 bytes, and a file of certificates may have 1048576"}},
		"no certificate":               {"a: 1\n", []string{"holds no certificate in PEM"}},
		"nothing":                      {"", []string{"holds no certificate in PEM"}},
		"half of one":                  {certificate[:len(certificate)/2], []string{"1 PEM blocks, and 1 of them"}},
		"one and half of another":      {certificate + certificate[:len(certificate)/2], []string{"2 PEM blocks, and 1 of them"}},
		"a garbled one between two":    {certificate + garbled + certificate, []string{"3 PEM blocks, and 1 of them"}},
		"two things wrong, both said":  {certificate + other + garbled, []string{"PEM block 2 is no certificate", "3 PEM blocks, and 1 of them"}},
		"many things wrong, few named": {strings.Repeat(other, 500), []string{"PEM block 10 is no certificate", "and 490 more"}},
	} {
		t.Run(name, func(t *testing.T) {
			o := loopback()
			o.BackendCAFile = filepath.Join(t.TempDir(), "ca.pem")
			if err := os.WriteFile(o.BackendCAFile, []byte(test.content), 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := newRoots(o)
			if (err == nil) != (test.says == nil) || (got == nil) != (err != nil) {
				t.Fatalf("got %v, %v", got, err)
			}
			for _, text := range test.says {
				if !strings.Contains(err.Error(), text) || !strings.Contains(err.Error(), "--backend-ca-file: "+o.BackendCAFile) {
					t.Errorf("got %v, want it to say %q of the file", err, text)
				}
			}
		})
	}
}

// What --backend-ca-file holds is in force seconds later, however it was changed:
// an endpoint that was left alone for its certificate is listed again.
func TestRootsAreFollowed(t *testing.T) {
	for name, test := range map[string]struct {
		// place makes the file, change changes it.
		place, change func(t *testing.T, dir, content string)
	}{
		"written over": {writeRoots, writeRoots},
		"renamed to":   {writeRoots, renameRoots},
		"mounted":      {mountRoots, mountRoots}, // a ConfigMap or a Secret
	} {
		t.Run(name, func(t *testing.T) {
			first, second := newAuthority(t, "first"), newAuthority(t, "second")
			dir := t.TempDir()
			test.place(t, dir, first.pem)
			sealed := startSealed(t, first)
			r := runSealed(t, dir, sealed)
			r.eventually(t, r.url+"/v1/models", "sealed")

			sealed.show(t, second)
			r.eventuallyHidden(t)
			says := []string{"signed by an authority that is not trusted", "--backend-ca-file", `"model":"`, "/sealed", sealed.Listener.Addr().String()}
			for _, text := range says {
				if !strings.Contains(r.log.String(), text) {
					t.Errorf("the log does not say %q:\n%s", text, r.log)
				}
			}
			test.change(t, dir, first.pem+second.pem)
			r.eventually(t, r.url+"/v1/models", "sealed")
			// The backend goes on trusting its connection; it is the list that must not.
			test.change(t, dir, first.pem)
			r.eventuallyHidden(t)
			if told := strings.Count(r.log.String(), says[0]); told > 3 { // once for each set of authorities
				t.Errorf("the log says %d times why the endpoint is not trusted", told)
			}
		})
	}
}

// A fault in the file leaves the last good certificates in force, and is said.
func TestFaultsInRootsChangeNothing(t *testing.T) {
	first, second := newAuthority(t, "first"), newAuthority(t, "second")
	for name, test := range map[string]struct {
		spoil func(t *testing.T, dir string)
		says  string
	}{
		"it is gone": {func(t *testing.T, dir string) {
			if err := os.Remove(filepath.Join(dir, rootsFile)); err != nil {
				t.Fatal(err)
			}
		}, "no such file"},
		"it is empty": {func(t *testing.T, dir string) { writeRoots(t, dir, "") }, "holds no certificate"},
		// In one step, or it would be empty for a moment.
		"half of it is there": {func(t *testing.T, dir string) { renameRoots(t, dir, second.pem+first.pem[:99]) }, "cut off"},
		"it is a folder": {func(t *testing.T, dir string) {
			if err := os.Remove(filepath.Join(dir, rootsFile)); err != nil {
				t.Fatal(err)
			}
			if err := os.Mkdir(filepath.Join(dir, rootsFile), 0o700); err != nil {
				t.Fatal(err)
			}
		}, "no regular file"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			writeRoots(t, dir, first.pem)
			sealed := startSealed(t, first)
			r := runSealed(t, dir, sealed)
			r.eventually(t, r.url+"/v1/models", "sealed")
			r.eventually(t, r.metrics+"/metrics", "maas_api_backend_ca_reload_success 1")

			test.spoil(t, dir)
			r.eventually(t, r.metrics+"/metrics", "maas_api_backend_ca_reload_success 0")
			for _, text := range []string{test.says, filepath.Join(dir, rootsFile), "has a fault", "hint"} {
				if !strings.Contains(r.log.String(), text) {
					t.Errorf("the log does not say %q:\n%s", text, r.log)
				}
			}
			sealed.show(t, first) // anew: every connection is made again
			r.eventually(t, r.url+"/v1/models", "sealed")
			if told := strings.Count(r.log.String(), "has a fault"); told != 1 {
				t.Errorf("the log says %d times that there is a fault", told)
			}

			if err := os.RemoveAll(filepath.Join(dir, rootsFile)); err != nil {
				t.Fatal(err)
			}
			writeRoots(t, dir, second.pem)
			sealed.show(t, second)
			r.eventually(t, r.metrics+"/metrics", "maas_api_backend_ca_reload_success 1")
			r.eventually(t, r.url+"/v1/models", "sealed")
		})
	}
}

func TestNoRootsNoMetric(t *testing.T) {
	r := runAPI(t, loopback())
	r.eventually(t, r.metrics+"/metrics", "maas_api_catalog_models")
	if _, text, err := r.get(t, r.metrics+"/metrics"); err != nil || strings.Contains(text, "maas_api_backend_ca") {
		t.Errorf("without --backend-ca-file there is a metric of it, %v", err)
	}
}

const rootsFile = "ca.crt"

func writeRoots(t *testing.T, dir, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, rootsFile), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func renameRoots(t *testing.T, dir, content string) {
	t.Helper()
	beside := t.TempDir()
	writeRoots(t, beside, content)
	if err := os.Rename(filepath.Join(beside, rootsFile), filepath.Join(dir, rootsFile)); err != nil {
		t.Fatal(err)
	}
}

// mountRoots changes a volume as the kubelet does: the file is a link through
// ..data, a link to a folder, which another takes the place of. Source:
// kubernetes/kubernetes, pkg/volume/util/atomic_writer.go.
func mountRoots(t *testing.T, dir, content string) {
	t.Helper()
	versions, err := filepath.Glob(filepath.Join(dir, "..v*"))
	if err != nil {
		t.Fatal(err)
	}
	version := filepath.Join(dir, fmt.Sprintf("..v%d", len(versions)))
	if err := os.Mkdir(version, 0o700); err != nil {
		t.Fatal(err)
	}
	writeRoots(t, version, content)
	data, file := filepath.Join(dir, "..data"), filepath.Join(dir, rootsFile)
	if err := os.Symlink(filepath.Base(version), data+"_tmp"); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(data+"_tmp", data); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join("..data", rootsFile), file); err != nil && !os.IsExist(err) {
		t.Fatal(err)
	}
}

// runSealed runs an API that trusts the authorities in a folder's file, and lists
// the backend there.
func runSealed(t *testing.T, dir string, sealed *sealed) *running {
	t.Helper()
	namespace := apiServer.Env(t).Namespace(t)
	publish(t, namespace, "sealed", sealed.URL)
	o := loopback()
	o.Namespaces, o.BackendCAFile = []string{namespace}, filepath.Join(dir, rootsFile)
	o.Limits.VerdictTTL, o.Limits.BreakerOpen = 0, 100*time.Millisecond
	return runAPI(t, o)
}

// eventuallyHidden waits until nobody can be asked.
func (r *running) eventuallyHidden(t *testing.T) {
	t.Helper()
	testenv.Eventually(t, soon, func() error {
		r.clock.Step(time.Second)
		if got, body, err := r.get(t, r.url+"/v1/models"); err != nil || got != http.StatusServiceUnavailable {
			return fmt.Errorf("the list is %d, %q, %w", got, body, err)
		}
		return nil
	})
}
