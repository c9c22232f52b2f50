package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// patience is how long a test waits for what should take a second.
const patience = time.Minute

// checkRuns starts an unpacked program as a container would: with nothing of
// this machine around it. One that serves has to say that it lives, although
// there is no cluster, and has to end well when it is told to.
func checkRuns(t *testing.T, binary string) {
	t.Helper()
	help, err := exec.CommandContext(t.Context(), binary, "--help").CombinedOutput()
	if err != nil || !bytes.Contains(help, []byte("Usage:")) && !bytes.Contains(help, []byte("Flags:")) {
		t.Errorf("--help: %v\n%s", err, help)
	}
	address := freeAddress(t)
	serving, ok := map[string][]string{
		"maas-api":        {"--listen=" + address, "--metrics-listen=0", "--shutdown-delay=0s"},
		"maas-controller": {"--health-probe-bind-address=" + address, "--metrics-bind-address=0"},
	}[filepath.Base(binary)]
	if !ok {
		return
	}
	kubeconfig := filepath.Join(t.TempDir(), "kubeconfig")
	if err := os.WriteFile(kubeconfig, []byte(nowhere), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var log bytes.Buffer
	process := exec.CommandContext(ctx, binary, append(serving, "--kubeconfig="+kubeconfig)...)
	process.Dir, process.Env, process.Stdout, process.Stderr = filepath.Dir(binary), []string{}, &log, &log
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	alive := waitFor(ctx, "http://"+address+"/healthz")
	ended := errors.Join(process.Process.Signal(syscall.SIGTERM), process.Wait())
	if err := errors.Join(alive, ended); err != nil {
		t.Errorf("%v\n%s", err, log.Bytes())
	}
}

// nowhere is a cluster that does not answer.
const nowhere = `apiVersion: v1
kind: Config
current-context: nowhere
contexts: [{name: nowhere, context: {cluster: nowhere, user: nobody}}]
clusters: [{name: nowhere, cluster: {server: "https://127.0.0.1:1"}}]
users: [{name: nobody, user: {}}]
`

// waitFor asks until the answer is 200.
func waitFor(ctx context.Context, url string) error {
	var last error
	for tick := time.NewTicker(50 * time.Millisecond); ; {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		response, err := new(http.Client).Do(request)
		if err == nil {
			err = response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return err
			}
			err = errors.Join(err, fmt.Errorf("%s answers %s", url, response.Status))
		}
		last = err
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), last)
		case <-tick.C:
		}
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	return listener.Addr().String()
}
