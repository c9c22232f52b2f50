package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/cmd/internal/cli"
	"github.com/maas-kinds/maas/conformance/testenv"
)

// terminal collects what is printed, and tells when the guide has appeared.
type terminal struct {
	mu     sync.Mutex
	text   bytes.Buffer
	guided chan struct{}
	once   sync.Once
}

func newTerminal() *terminal { return &terminal{guided: make(chan struct{})} }

func (t *terminal) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text.Write(p)
	if strings.Contains(t.text.String(), "MaaS is running") {
		t.once.Do(func() { close(t.guided) })
	}
	return len(p), nil
}

func (t *terminal) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.String()
}

// The whole system, twice on one data folder: the second run goes on with what
// the first has left.
func TestRun(t *testing.T) {
	testenv.NeedControlPlane(t)
	dir := t.TempDir()
	for _, name := range []string{"a fresh folder", "a folder of an earlier run"} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			out := newTerminal()
			code := make(chan int, 1)
			go func() { code <- run(ctx, []string{"--data-dir", dir, "--listen", "127.0.0.1:0"}, out, out) }()
			select {
			case <-out.guided:
			case got := <-code:
				t.Fatalf("ended with %d:\n%s", got, out)
			}
			checkLists(t, out.String())
			checkPage(t, out.String())
			if second := run(ctx, []string{"--data-dir", dir, "--listen", "127.0.0.1:0"}, io.Discard, out); second != cli.Failure {
				t.Errorf("a second process on the same folder: exit code %d, want %d", second, cli.Failure)
			}
			if want := "is in use by process"; !strings.Contains(out.String(), want) {
				t.Errorf("a second process is not told that the folder %s", want)
			}
			cancel()
			if got := <-code; got != cli.OK {
				t.Errorf("exit code %d, want %d:\n%s", got, cli.OK, out)
			}
			checkProcesses(t, dir)
		})
	}
}

var listURL = regexp.MustCompile(`http://(\S+)/v1/models`)

// checkLists asks where the guide says, with its tokens and another one.
func checkLists(t *testing.T, guide string) {
	t.Helper()
	for token, want := range map[string][]string{
		"alice-token": {"granite", "qwen"},
		"bob-token":   {"granite", "mistral"},
		"other-token": {},
	} {
		got, err := list(t.Context(), listURL.FindStringSubmatch(guide)[1], token)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("list of %s (-want +got):\n%s", token, diff)
		}
	}
}

var pageURL = regexp.MustCompile(`(?m)^\s+(http://\S+/)$`)

// checkPage opens what the guide says is for a browser.
func checkPage(t *testing.T, guide string) {
	t.Helper()
	found := pageURL.FindStringSubmatch(guide)
	if found == nil {
		t.Fatalf("the guide names no page:\n%s", guide)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, found[1], nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := (&http.Client{}).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if kind := response.Header.Get("Content-Type"); response.StatusCode != http.StatusOK || !strings.HasPrefix(kind, "text/html") {
		t.Errorf("the page answers %s, %s", response.Status, kind)
	}
}

// checkProcesses looks for servers that still work on the data folder.
func checkProcesses(t *testing.T, dir string) {
	t.Helper()
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines {
		command, err := os.ReadFile(line)
		if err == nil && bytes.Contains(command, []byte(dir)) {
			t.Errorf("left behind: %s", bytes.ReplaceAll(command, []byte{0}, []byte{' '}))
		}
	}
}

func TestUsage(t *testing.T) {
	var config net.ListenConfig
	busy, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close() //nolint:errcheck // The test is over.
	for name, test := range map[string]struct {
		args []string
		code int
		says string
	}{
		"help":               {[]string{"--help"}, cli.OK, "until Ctrl-C"},
		"unknown flag":       {[]string{"--port", "1"}, cli.Usage, "-port"},
		"an argument":        {[]string{"up"}, cli.Usage, `"up"`},
		"a port in use":      {[]string{"--data-dir", t.TempDir(), "--listen", busy.Addr().String()}, cli.Failure, busy.Addr().String()},
		"no such CRD folder": {[]string{"--data-dir", t.TempDir(), "--crd-dir", "/does/not/exist", "--listen", "127.0.0.1:0"}, cli.Usage, "/does/not/exist"},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			if code := run(t.Context(), test.args, &out, &out); code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
			if !strings.Contains(out.String(), test.says) {
				t.Errorf("%q is not said in:\n%s", test.says, out.String())
			}
		})
	}
}
