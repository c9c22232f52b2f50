package api

import (
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/registry"
)

// showsOf renders models with kinds of the test's own, by the probe that each has.
func (s *service) showsOf(t *testing.T, probes map[string]string, models ...*v1alpha1.MaaSModel) {
	t.Helper()
	files := fstest.MapFS{}
	for name, probe := range probes {
		files[name+".yaml"] = &fstest.MapFile{Data: []byte(`apiVersion: maas.opendatahub.io/v1alpha1
kind: ModelKind
metadata: {name: ` + name + `}
spec:
  description: a backend of this test
  referent: {group: example.com, kind: ` + name + `, versions: [v1]}
  health:
    - {is: Ready, when: [{condition: Ready, status: "True"}]}
    - {is: Servable, when: [{condition: Asleep, status: "True"}]}
  noFailure: it exists in a test only
  endpoint: [{path: $.status.url}]
  probe: ` + probe + "\n")}
	}
	set, err := registry.Load(registry.Source{FS: files})
	if err != nil {
		t.Fatal(err)
	}
	s.renderer.Kinds.Replace(set) // the metrics know these kinds as well
	s.show(t, models...)
}

func ofKind(name string) func(*v1alpha1.MaaSModel) {
	return func(m *v1alpha1.MaaSModel) { m.Status.Kind = name }
}

// A login page answers 200 to everybody, and is no list of models.
func TestPagesLetNobodyIn(t *testing.T) {
	says := func(status int, contentType string) *backend {
		return startBackend(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header()["Content-Type"] = []string{contentType}
			if contentType == "" {
				w.Header()["Content-Type"] = nil // not sniffed either
			}
			w.WriteHeader(status)
			if r.Method == http.MethodGet {
				_, _ = w.Write([]byte("<!doctype html><title>Log in</title>"))
			}
		})
	}
	page, hidden := says(200, "text/html; charset=utf-8"), says(200, "text/html; token="+secret)
	list, text, untyped, notAllowed := says(200, "application/json"), says(200, "text/plain"), says(200, ""), says(405, "text/html")
	all := map[string]*backend{"page": page, "hidden": hidden, "list": list, "text": text, "untyped": untyped, "405": notAllowed}
	for name, tc := range map[string]struct {
		probe string
		want  []string
		// unexpected says what the log says of those that are not listed.
		unexpected string
	}{
		"by default":             {"{path: /v1/models}", []string{"405", "list", "text", "untyped"}, "it answers with a page of HTML"},
		"asked with HEAD":        {"{method: HEAD}", []string{"405", "list", "text", "untyped"}, "it answers with a page of HTML"},
		"JSON":                   {"{expect: JSON}", []string{"405", "list"}, "it answers with something else than JSON"},
		"anything":               {"{expect: Anything}", []string{"405", "hidden", "list", "page", "text", "untyped"}, ""},
		"JSON, and 405 means no": {"{expect: JSON, accept: [2xx]}", []string{"list"}, "it answers with something else than JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			s := startService(t, loopback())
			var models []*v1alpha1.MaaSModel
			for id, b := range all {
				models = append(models, model("lab/"+id, b.URL, ofKind("Own")))
			}
			s.showsOf(t, map[string]string{"Own": tc.probe}, models...)
			for _, token := range []string{secret, "bob"} {
				got := s.get(t, "/v1/models", token)
				if diff := cmp.Diff(tc.want, got.ids(t)); diff != "" {
					t.Errorf("ids (-want +got):\n%s", diff)
				}
				if got.Header.Get("X-Models-Incomplete") != "" {
					t.Error("a page is a decision, and leaves no gap")
				}
			}
			if tc.unexpected != "" {
				if n := strings.Count(s.log.String(), `"model":"lab/page","url":"`+page.URL+`/v1/models","reason":"`+tc.unexpected); n != 1 {
					t.Errorf("the log names the page %d times, want once:\n%s", n, s.log)
				}
				if !strings.Contains(s.metrics(t), `maas_api_probe_duration_seconds_count{kind="Own",outcome="unexpected"}`) {
					t.Error("pages are not counted")
				}
			}
			s.clean(t)
		})
	}
}
