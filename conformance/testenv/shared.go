package testenv

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"

	"sigs.k8s.io/controller-runtime/pkg/envtest"
)

// Shared is the API servers of a package's tests. See the package comment. The
// zero value is ready for use.
type Shared struct {
	mu   sync.Mutex
	main bool // Main is running, so somebody will stop the servers
	env  *Env // that of all tests
	err  error
	lent []*Env // those of Lend
	idle []*Env // those of Lend that no test has
}

// Main runs the tests, stops the servers that were started, and returns the exit
// code of the test binary.
func (s *Shared) Main(m *testing.M) int {
	s.mu.Lock()
	s.main = true
	s.mu.Unlock()
	if err := spareCollector(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}

	code := m.Run()

	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.lent
	if s.env != nil {
		all = append(all, s.env)
	}
	var errs []error
	for _, env := range all {
		errs = append(errs, env.stop())
	}
	if err := errors.Join(errs...); err != nil {
		fmt.Fprintln(os.Stderr, "stopping the API server:", err)
		return max(code, 1)
	}
	return code
}

// spareCollector has the programs that the tests start collect their garbage when
// there is four times as much as usual, unless GOGC says otherwise: a control plane
// for tests is small, and spends a fifth of its time there.
func spareCollector() error {
	if os.Getenv("GOGC") != "" {
		return nil
	}
	return os.Setenv("GOGC", "400")
}

// Env returns the server that all share. The first call starts it. When that
// fails, every test that asks fails with the same error.
func (s *Shared) Env(t testing.TB) *Env {
	t.Helper()
	NeedControlPlane(t)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.needMain(t)
	if s.env == nil && s.err == nil {
		s.env, s.err = start(t.Context(), Root(t), func(*envtest.Environment) {})
	}
	if s.err != nil {
		t.Fatalf("starting the API server: %v", s.err)
	}
	return s.env
}

// Lend returns a server that no other test has until this one ends, so that
// tests which see all of a cluster run side by side. The next test finds what
// this one leaves behind, and a server is started when all are out: there are as
// many as tests run in parallel.
func (s *Shared) Lend(t testing.TB) *Env {
	t.Helper()
	NeedControlPlane(t)
	env := s.take(t)
	if env == nil {
		var err error
		if env, err = start(t.Context(), Root(t), func(*envtest.Environment) {}); err != nil {
			t.Fatalf("starting the API server: %v", err)
		}
		s.mu.Lock()
		s.lent = append(s.lent, env)
		s.mu.Unlock()
	}
	t.Cleanup(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.idle = append(s.idle, env)
	})
	return env
}

// take is an idle server, or nil.
func (s *Shared) take(t testing.TB) *Env {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.needMain(t)
	last := len(s.idle) - 1
	if last < 0 {
		return nil
	}
	env := s.idle[last]
	s.idle = s.idle[:last]
	return env
}

func (s *Shared) needMain(t testing.TB) {
	t.Helper()
	if !s.main {
		t.Fatal("declare in this package: func TestMain(m *testing.M) { os.Exit(server.Main(m)) }, else nobody stops the API server")
	}
}
