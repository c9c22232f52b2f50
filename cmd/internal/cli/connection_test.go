package cli

import (
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"k8s.io/client-go/rest"
)

// What somebody has set stays.
func TestPingAPIServer(t *testing.T) {
	t.Setenv("HTTP2_READ_IDLE_TIMEOUT_SECONDS", "")
	t.Setenv("HTTP2_PING_TIMEOUT_SECONDS", "20")
	if err := PingAPIServer(); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"HTTP2_READ_IDLE_TIMEOUT_SECONDS": pingAfter, "HTTP2_PING_TIMEOUT_SECONDS": "20"} {
		if got := os.Getenv(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

// A server that takes connections and says nothing is given up; one that has begun
// may be silent.
func TestImpatient(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // in a test
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	config := &rest.Config{}
	Impatient(config)
	connect := func() (client, server net.Conn) {
		t.Helper()
		client, err := config.Dial(t.Context(), "tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if server, err = listener.Accept(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _, _ = client.Close(), server.Close() })
		return client, server
	}
	silent, _ := connect()
	begun, server := connect()
	if _, err := io.WriteString(server, "a"); err != nil {
		t.Fatal(err)
	}
	if _, err := begun.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	if _, err := silent.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the silent one: %v", err)
	}
	// That took longer than the other may have been silent for, had it not begun.
	answered := make(chan error, 1)
	go func() {
		_, err := begun.Read(make([]byte, 1))
		answered <- err
	}()
	select {
	case err := <-answered:
		t.Errorf("the one that has begun: %v", err)
	case <-time.After(100 * time.Millisecond):
	}
	if _, err := io.WriteString(server, "b"); err != nil {
		t.Fatal(err)
	}
	if err := <-answered; err != nil {
		t.Error(err)
	}
}
