package authors_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// The second Ctrl-C ends maasctl whatever it is busy with; here it reads what
// never comes. Which of the signals finds it ready for them cannot be known: one
// that comes too early ends it as well.
func TestSecondSignal(t *testing.T) {
	t.Parallel()
	child := exec.CommandContext(t.Context(), filepath.Join(programsDir, "maasctl"), "explain", "-f", "-")
	stdin, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stdin.Close() }()
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = child.Wait() // by a signal, or because the test kills it
		close(ended)
	}()
	again := time.NewTicker(patience / 300)
	defer again.Stop()
	for range 300 {
		select {
		case <-ended:
			return
		case <-again.C:
			_ = child.Process.Signal(os.Interrupt)
		}
	}
	_ = child.Process.Signal(syscall.SIGKILL)
	t.Error("it reads on after many signals")
}
