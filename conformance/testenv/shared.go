package testenv

import (
	"fmt"
	"os"
	"sync"
	"testing"

	"sigs.k8s.io/controller-runtime/pkg/envtest"
)

// Shared is one API server for all tests of a package. See the package comment.
// The zero value is ready for use.
type Shared struct {
	mu   sync.Mutex
	main bool // Main is running, so somebody will stop the server
	env  *Env
	err  error
}

// Main runs the tests, stops the server if one was started, and returns the
// exit code of the test binary.
func (s *Shared) Main(m *testing.M) int {
	s.mu.Lock()
	s.main = true
	s.mu.Unlock()

	code := m.Run()

	s.mu.Lock()
	defer s.mu.Unlock()
	if s.env == nil {
		return code
	}
	if err := s.env.stop(); err != nil {
		fmt.Fprintln(os.Stderr, "stopping the API server:", err)
		return max(code, 1)
	}
	return code
}

// Env returns the running server. The first call starts it. When that fails,
// every test that asks fails with the same error.
func (s *Shared) Env(t testing.TB) *Env {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.main {
		t.Fatal("declare in this package: func TestMain(m *testing.M) { os.Exit(server.Main(m)) }, else nobody stops the API server")
	}
	if s.env == nil && s.err == nil {
		s.env, s.err = start(t.Context(), Root(t), func(*envtest.Environment) {})
	}
	if s.err != nil {
		t.Fatalf("starting the API server: %v", s.err)
	}
	return s.env
}
