// Package isolate runs the tests of a package in a network of their own: every
// address, public or private, is this machine's own, and nothing leads out of
// it. What a program under test connects to is then seen by whoever listens,
// and default settings can be tried with the addresses that clusters have.
//
//	func TestMain(m *testing.M) { os.Exit(isolate.Main(nil, m.Run)) }
//
//	func TestSomething(t *testing.T) { isolate.Require(t); … }
//
// The test binary starts itself again in new network and mount namespaces. That
// takes Linux, and root or a kernel that lets users make namespaces.
package isolate

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"testing"
)

// inside is set for the process in the namespaces.
const inside = "MAAS_TEST_ISOLATED"

// Main runs the tests in namespaces of their own, or as they are where that is
// not possible. It gives the exit code. What needs the network goes into prepare,
// which is called once before, outside of the namespaces; nil does nothing.
func Main(prepare func() error, run func() int) int {
	switch os.Getenv(inside) {
	case "":
		if prepare != nil {
			if err := prepare(); err != nil {
				fmt.Fprintln(os.Stderr, "preparing the tests:", err)
				return 1
			}
		}
		code, err := again()
		if err == nil {
			return code
		}
		fmt.Fprintln(os.Stderr, "tests are not isolated:", err)
	default:
		if err := enter(); err != nil {
			fmt.Fprintln(os.Stderr, "setting up the tests' own network:", err)
			return 1
		}
	}
	return run()
}

// Require skips a test that needs the network of its own where there is none. It
// fails instead where CI runs as root, which has to be able to make one.
func Require(t testing.TB) {
	t.Helper()
	if os.Getenv(inside) != "" {
		return
	}
	if os.Getenv("CI") != "" && os.Getuid() == 0 {
		t.Fatal("CI runs as root and cannot make a network namespace: see the first line of the output")
	}
	t.Skip("this needs a network namespace of its own, which cannot be made here: see the first line of the output")
}

// again runs this test binary in new namespaces and gives its exit code. The
// error says that it could not be started.
func again() (int, error) {
	command := exec.Command("/proc/self/exe", os.Args[1:]...) //nolint:noctx,gosec // it is this program, as it was called, and ends with it
	command.Env = append(os.Environ(), inside+"=1")
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	command.SysProcAttr = namespaces()
	if command.SysProcAttr == nil {
		return 0, errors.New("this system has no network namespaces")
	}
	if err := command.Start(); err != nil {
		return 0, fmt.Errorf("starting the tests in namespaces: %w", err)
	}
	err := command.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return 0, fmt.Errorf("waiting for the tests: %w", err)
	}
	return command.ProcessState.ExitCode(), nil
}
