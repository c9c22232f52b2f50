package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/conformance/workbench"
)

// startDev runs maasctl dev until the test ends, and gives the address of its page
// without the slash at its end.
func startDev(t *testing.T, args ...string) string {
	t.Helper()
	out, in := io.Pipe()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan int, 1)
	go func() {
		code := run(ctx, "maasctl", append([]string{"dev"}, args...), ioStreams{in: strings.NewReader(""), out: in, err: in})
		_ = in.Close()
		ended <- code
	}()
	t.Cleanup(func() {
		stop()
		if code := <-ended; code != cli.OK {
			t.Errorf("it ends with %d", code)
		}
	})
	lines := bufio.NewReader(out)
	address, err := lines.ReadString('\n')
	if err != nil {
		t.Fatalf("%q: %v", address, err)
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }()
	return strings.TrimSuffix(strings.TrimSpace(address), "/")
}

// devFolder is a folder of a kind with a case.
func devFolder(t *testing.T) string {
	dir := t.TempDir()
	write(t, dir, map[string]string{"kind.yaml": spec("widget"), "cases.yaml": `apiVersion: maas.opendatahub.io/v1alpha1
kind: Cases
spec:
  objects:
    - as: widget
      object: {apiVersion: example.com/v2, kind: Widget, metadata: {name: a, namespace: llm}, status: {url: "https://a.example.com", conditions: [{type: Ready, status: "True"}]}}
  cases:
    - {name: ready, description: It serves., expect: {phase: Ready, endpoint: "https://a.example.com", rule: ready, candidate: url, reason: BackendReady}}
`})
	return dir
}

// A page of another site can have a browser here send requests, under a name of its own
// that leads to this machine. None of them learns anything, or has anything decided.
func TestDevAnswersItsPageAlone(t *testing.T) {
	address := startDev(t, devFolder(t))
	host, secret, _ := strings.Cut(strings.TrimPrefix(address, "http://"), "/")
	_, port, err := net.SplitHostPort(host)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		method, path, host string
		headers            map[string]string
		status             int
	}{
		"the page":                        {"GET", "/" + secret + "/", "", nil, http.StatusOK},
		"by its other name":               {"GET", "/" + secret + "/", "localhost:" + port, nil, http.StatusOK},
		"a file of it":                    {"GET", "/" + secret + "/assets/main.js", "", nil, http.StatusOK},
		"a question of the page":          {"POST", "/" + secret + "/ask/library", "", map[string]string{"Origin": "http://" + host, "Sec-Fetch-Site": "same-origin"}, http.StatusOK},
		"without the secret":              {"GET", "/", "", nil, http.StatusNotFound},
		"with another secret":             {"GET", "/" + strings.ToLower(secret) + "/", "", nil, http.StatusNotFound},
		"a name that leads here":          {"GET", "/" + secret + "/", "evil.example:" + port, nil, http.StatusForbidden},
		"a name without a port":           {"GET", "/" + secret + "/", "localhost", nil, http.StatusForbidden},
		"a question of another site":      {"POST", "/" + secret + "/ask/library", "", map[string]string{"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}, http.StatusForbidden},
		"one by an old browser":           {"POST", "/" + secret + "/ask/library", "", map[string]string{"Origin": "https://evil.example"}, http.StatusForbidden},
		"a method that there is not":      {"POST", "/" + secret + "/ask/delete", "", nil, http.StatusNotFound},
		"a question as an address alone":  {"GET", "/" + secret + "/ask/library", "", nil, http.StatusMethodNotAllowed},
		"a file that is not of this page": {"GET", "/" + secret + "/assets/../../kind.yaml", "", nil, http.StatusNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			request, err := http.NewRequestWithContext(t.Context(), test.method, "http://"+host+test.path, strings.NewReader("{}"))
			if err != nil {
				t.Fatal(err)
			}
			request.Host = test.host
			for key, value := range test.headers {
				request.Header.Set(key, value)
			}
			reply, err := roundTrip(t, request)
			if err != nil {
				t.Fatal(err)
			}
			defer reply.Body.Close()
			policy := reply.Header.Get("Content-Security-Policy")
			redirected := reply.StatusCode == http.StatusTemporaryRedirect || reply.StatusCode == http.StatusMovedPermanently
			if reply.StatusCode != test.status && !(redirected && test.status == http.StatusNotFound) || !strings.Contains(policy, "frame-ancestors 'none'") {
				t.Errorf("status %d, want %d; policy %q", reply.StatusCode, test.status, policy)
			}
		})
	}
}

// What the files hold is sent at once, and whenever an editor has written them, whatever
// is wrong with them.
func TestDevFollowsFiles(t *testing.T) {
	dir := devFolder(t)
	file := filepath.Join(dir, "kind.yaml")
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, startDev(t, file)+"/files", nil)
	if err != nil {
		t.Fatal(err)
	}
	reply, err := roundTrip(t, request)
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	lines := bufio.NewScanner(reply.Body)
	lines.Buffer(nil, 1<<20)
	next := func(holds func(devState) bool) devState {
		t.Helper()
		for lines.Scan() {
			data, isData := strings.CutPrefix(lines.Text(), "data: ")
			var state devState
			if isData && json.Unmarshal([]byte(data), &state) == nil && holds(state) {
				return state
			}
		}
		t.Fatalf("it ends: %v", lines.Err())
		return devState{}
	}
	first := next(func(devState) bool { return true })
	if diff := cmp.Diff(devState{Name: filepath.ToSlash(file), Kind: spec("widget"), Cases: first.Cases}, first); diff != "" || !strings.Contains(first.Cases, "It serves.") {
		t.Errorf("at first (-want +got):\n%s", diff)
	}
	change := func(content string) {
		t.Helper()
		// As editors do: another file in its place.
		if err := os.WriteFile(file+"~", []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(file+"~", file); err != nil {
			t.Fatal(err)
		}
	}
	change(spec("gadget"))
	next(func(s devState) bool { return s.Kind == spec("gadget") && s.Fault == "" })
	change("a: \xc3")
	next(func(s devState) bool { return strings.Contains(s.Fault, "half a character") })
	change(strings.Repeat("x", 2<<20))
	next(func(s devState) bool { return strings.Contains(s.Fault, "may have 1048576") })
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	next(func(s devState) bool { return strings.Contains(s.Fault, "no such file") })
	change(spec("widget"))
	next(func(s devState) bool { return s.Kind == spec("widget") && s.Fault == "" })
}

// The pin beside the kind-spec is held against it, as maasctl lint does.
func TestDevLints(t *testing.T) {
	address := startDev(t, filepath.Join("..", "..", "kinds", "llmisvc"))
	content, err := os.ReadFile(filepath.Join("..", "..", "kinds", "llmisvc", "kind.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		kind string
		says string
	}{
		"as it is":                          {string(content), ""},
		"a path that the CRD does not have": {strings.Replace(string(content), "$.status.url", "$.status.uri", 1), "has no field uri"},
	} {
		t.Run(name, func(t *testing.T) {
			asked, err := json.Marshal(workbench.Question{Kind: test.kind})
			if err != nil {
				t.Fatal(err)
			}
			request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address+"/ask/decide", strings.NewReader(string(asked)))
			if err != nil {
				t.Fatal(err)
			}
			reply, err := roundTrip(t, request)
			if err != nil {
				t.Fatal(err)
			}
			defer reply.Body.Close()
			var answer workbench.Answer
			if err := json.NewDecoder(reply.Body).Decode(&answer); err != nil {
				t.Fatal(err)
			}
			said := ""
			for _, fault := range answer.Faults {
				said += fault.Message + "\n"
			}
			if (said == "") != (test.says == "") || !strings.Contains(said, test.says) {
				t.Errorf("%q is not in %q", test.says, said)
			}
		})
	}
}

func TestDevRefuses(t *testing.T) {
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	_, port, _ := net.SplitHostPort(taken.Addr().String())
	for name, test := range map[string]struct {
		args []string
		code int
		says string
	}{
		"help":                       {[]string{"--help"}, cli.OK, ""},
		"two folders":                {[]string{"a", "b"}, cli.Usage, `unexpected argument "b"`},
		"a port that is none":        {[]string{"--port", "65536"}, cli.Usage, "is no port"},
		"a port that is taken":       {[]string{"--port", port}, cli.Failure, "address already in use"},
		"a folder that is not there": {[]string{filepath.Join(t.TempDir(), "none")}, cli.Failure, "no such file"},
		"a folder without a kind":    {[]string{t.TempDir()}, cli.Failure, "give the folder of a kind"},
	} {
		t.Run(name, func(t *testing.T) {
			got := maasctl(t, "", append([]string{"dev"}, test.args...)...)
			if got.code != test.code || !strings.Contains(got.errOut, test.says) {
				t.Errorf("exit %d, want %d: %s", got.code, test.code, got.errOut)
			}
		})
	}
}

// roundTrip follows no redirect.
func roundTrip(t *testing.T, request *http.Request) (*http.Response, error) {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return transport.RoundTrip(request)
}
