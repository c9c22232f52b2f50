package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/testenv"
)

var server testenv.Shared

func TestMain(m *testing.M) { os.Exit(server.Main(m)) }

func TestUsage(t *testing.T) {
	empty := t.TempDir()
	broken := t.TempDir()
	if err := os.WriteFile(filepath.Join(broken, "kind.yaml"), []byte("kind: [\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	kubeconfig := filepath.Join(empty, "none")
	for name, test := range map[string]struct {
		args []string
		code int
		// says must all be in the output.
		says []string
	}{
		"help is no error":                           {[]string{"--help"}, 0, []string{"GET /v1/models", "-trusted-hosts", "Exit code"}},
		"the version is no error":                    {[]string{"--version"}, 0, []string{"maas-api ", "(commit "}},
		"a flag there is not":                        {[]string{"--frobnicate"}, 2, []string{"frobnicate", "--help"}},
		"an argument":                                {[]string{"serve"}, 2, []string{"unexpected argument", "serve"}},
		"a value that is no duration":                {[]string{"--budget=soon"}, 2, []string{"budget"}},
		"a policy that there is not":                 {[]string{"--anonymous=maybe"}, 2, []string{"allow or deny"}},
		"every wrong value is said":                  {[]string{"--trusted-hosts=https://x", "--cors-origins=*", "--forward-headers=Host", "--credential-headers=Authorization", "--allow-cidr=x", "--cluster-cidrs=10.96.0.0", "--cluster-domain=a_b", "--tls-cert-file=c", "--dial-map=llm.example.com=10.0.0.7,nowhere", "--dial-map=a.example.com=127.0.0.1"}, 2, []string{"--trusted-hosts", `--dial-map: "nowhere"`, `--dial-map: "a.example.com=127.0.0.1"`, "--cors-origins", "--forward-headers", "--credential-headers", "--allow-cidr", "--cluster-cidrs", "--cluster-domain", "--tls-key-file"}},
		"a proxy for everybody, and none":            {[]string{"--trusted-proxies=none,0.0.0.0/0", "--trusted-proxies=proxy.example.com"}, 2, []string{"none, and networks", "0.0.0.0/0 trusts every client", `--trusted-proxies: "proxy.example.com" is no network`}},
		"a bound by address, and no word of proxies": {[]string{"--peer-probe-rate=7"}, 2, []string{"--peer-probe-rate", "--trusted-proxies", "none"}},
		"a kinds-dir that is not there":              {[]string{"--kinds-dir=" + filepath.Join(empty, "none")}, 1, []string{"--kinds-dir", "none"}},
		"kind-specs that do not compile are said, and keep nothing from starting": {[]string{"--kinds-dir=" + broken, "--kubeconfig=" + kubeconfig}, 1, []string{"kind.yaml:1", "--kubeconfig"}},
		"a kubeconfig that is not there":                                          {[]string{"--kubeconfig=" + kubeconfig}, 1, []string{"--kubeconfig", kubeconfig}},
		"a CA file that is not there":                                             {[]string{"--backend-ca-file=" + kubeconfig, "--kubeconfig=" + testenv.Kubeconfig(t, &rest.Config{Host: "https://127.0.0.1:1"})}, 1, []string{"--backend-ca-file"}},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			code := run(t.Context(), test.args, &out, &out)
			if code != test.code {
				t.Errorf("exit code %d, want %d, output:\n%s", code, test.code, out.String())
			}
			for _, text := range test.says {
				if !strings.Contains(out.String(), text) {
					t.Errorf("the output does not say %q:\n%s", text, out.String())
				}
			}
		})
	}
}

func TestServesTheModelsOfACluster(t *testing.T) {
	env := server.Env(t)
	namespace := env.Namespace(t)
	model := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer alice" || r.URL.Path != "/granite/v1/models" {
			w.WriteHeader(http.StatusForbidden)
		}
	}))
	defer model.Close()

	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	logs := &lines{}
	exited := make(chan int, 1)
	go func() {
		exited <- run(ctx, []string{
			"--kubeconfig=" + testenv.Kubeconfig(t, env.Config), "--namespaces=" + namespace,
			"--listen=127.0.0.1:0", "--metrics-listen=127.0.0.1:0", "--shutdown-delay=0",
			"--trusted-hosts=127.0.0.1", "--allow-http", "--allow-cidr=127.0.0.0/8",
		}, io.Discard, logs)
	}()
	var url string
	testenv.Eventually(t, 30*time.Second, func() error {
		var err error
		url, err = logs.address()
		return err
	})

	granite := &v1alpha1.MaaSModel{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "granite"},
		Spec:       v1alpha1.MaaSModelSpec{ModelRef: v1alpha1.ModelReference{Kind: "LLMInferenceService", Name: "granite"}},
	}
	if err := env.Client.Create(t.Context(), granite); err != nil {
		t.Fatal(err)
	}
	granite.Status = v1alpha1.MaaSModelStatus{Phase: v1alpha1.PhaseReady, Endpoint: model.URL + "/granite", Kind: "llmisvc"}
	if err := env.Client.Status().Update(t.Context(), granite); err != nil {
		t.Fatal(err)
	}
	testenv.Eventually(t, 30*time.Second, func() error {
		if ids, err := listed(t, url, "alice"); err != nil || cmp.Diff([]string{"granite"}, ids) != "" {
			return fmt.Errorf("alice sees %q, %w, log:\n%s", ids, err, logs)
		}
		return nil
	})
	if ids, err := listed(t, url, "eve"); err != nil || len(ids) != 0 {
		t.Errorf("eve sees %q, %v", ids, err)
	}

	stop()
	if code := <-exited; code != 0 {
		t.Errorf("exit code %d, want 0, log:\n%s", code, logs)
	}
}

func listed(t *testing.T, url, token string) ([]string, error) {
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/v1/models", nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := (&http.Client{}).Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	var models struct{ Data []struct{ ID string } }
	if err := json.NewDecoder(response.Body).Decode(&models); err != nil {
		return nil, err
	}
	var ids []string
	for _, m := range models.Data {
		ids = append(ids, m.ID)
	}
	return ids, nil
}

// lines is a log that can be read while it is written.
type lines struct {
	mu  sync.Mutex
	log bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.log.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.log.String()
}

// address is where the log says that requests are served.
func (l *lines) address() (string, error) {
	for line := range strings.SplitSeq(l.String(), "\n") {
		var entry struct{ Msg, Address string }
		if json.Unmarshal([]byte(line), &entry) == nil && entry.Msg == "serving" {
			return "http://" + entry.Address, nil
		}
	}
	return "", fmt.Errorf("no address in the log yet:\n%s", l)
}
