package authors_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
	"unicode"
	"unicode/utf8"
)

const (
	// patience is how long a command may take at most, on a machine that does
	// much else. Most rows take a tenth of a second.
	patience = 60 * time.Second
	// maxMemory in KiB, six times what a harmless run takes. A continuous
	// integration job has some gigabytes.
	maxMemory = 256 << 10
	// maxAddresses in KiB is where the system ends a program that takes all it
	// can get. Go reserves far more addresses than it uses.
	maxAddresses = 4 << 20
	// maxOutput in bytes is more than anybody reads.
	maxOutput = 1 << 20
)

// outcome is what became of a command.
type outcome struct {
	exit   int
	output string
	// memory in KiB is the most that it had at a time.
	memory int64
	err    error
}

// run plays a command in work.
func (s *scene) run(f fault, command []string) outcome {
	ctx, cancel := context.WithTimeout(s.t.Context(), f.patience())
	defer cancel()
	program := filepath.Join(programsDir, "maasctl")
	script := fmt.Sprintf(`ulimit -v %d; exec "$0" "$@"`, maxAddresses)
	environment := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + filepath.Join(s.root, "home"), "SECRET=" + s.mark,
		// Proving on a cluster notes in the user's cache which ports are taken.
		"XDG_CACHE_HOME=" + programsDir}
	if f != sound {
		// The race detector, which the tests may have, reserves addresses without
		// end. What is planted stops by itself.
		environment = append(environment, faultVariable+"="+string(f), programVariable+"="+program)
		script, program = `exec "$0" "$@"`, os.Args[0]
	}
	child := exec.CommandContext(ctx, "/bin/sh", append([]string{"-c", script, program}, command...)...)
	var output bounded
	child.Dir, child.Env, child.Stdout, child.Stderr = s.path("."), environment, &output, &output
	child.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	child.Cancel = func() error { return syscall.Kill(-child.Process.Pid, syscall.SIGKILL) }
	if err := child.Start(); err != nil {
		s.t.Fatal(err)
	}
	memory := highWater(child.Process.Pid)
	err := child.Wait()
	o := outcome{output: output.String(), err: ctx.Err(), memory: memory()}
	var exit *exec.ExitError
	switch {
	case output.overflown:
		o.err = fmt.Errorf("it writes more than %d bytes", maxOutput)
	case err != nil && !errors.As(err, &exit):
		s.t.Fatal(err)
	}
	o.exit = child.ProcessState.ExitCode()
	return o
}

// highWater follows the most memory that a process has had, until it is asked
// for. The kernel's account of a child that has ended begins with what its parent
// had, which for these tests is more than a row may take.
func highWater(pid int) (inKiB func() int64) {
	const every = 5 * time.Millisecond
	ended, most := make(chan struct{}), make(chan int64, 1)
	go func() {
		poll := time.NewTicker(every)
		defer poll.Stop()
		last := int64(0)
		for {
			if status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid)); err == nil {
				if _, rest, found := strings.Cut(string(status), "VmHWM:"); found {
					_, _ = fmt.Sscan(rest, &last)
				}
			}
			select {
			case <-ended:
				most <- last
				return
			case <-poll.C:
			}
		}
	}()
	return func() int64 {
		close(ended)
		return <-most
	}
}

// bounded keeps the beginning of what is written.
type bounded struct {
	bytes.Buffer
	overflown bool
}

// Write implements io.Writer.
func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > maxOutput {
		b.overflown = true
		return 0, io.ErrShortWrite
	}
	return b.Buffer.Write(p)
}

// judge holds an outcome against the row, and against what no row may break.
func (a attack) judge(s *scene, o outcome) []string {
	var failures []string
	fail := func(format string, args ...any) { failures = append(failures, fmt.Sprintf(format, args...)) }
	if o.err != nil {
		fail("it does not end well: %v", o.err)
	}
	if o.exit != a.exit && !(a.exit == findings && (o.exit == 0 || o.exit == 1)) {
		fail("exit code %d, want %d", o.exit, a.exit)
	}
	if o.memory > maxMemory {
		fail("it took %d KiB, and %d are more than enough", o.memory, maxMemory)
	}
	for _, crash := range []string{"goroutine ", "runtime error", "fatal error", "panic:"} {
		if strings.Contains(o.output, crash) {
			fail("it crashed: %s", crash)
		}
	}
	if hidden := invisible(o.output); hidden != "" {
		fail("the output holds %s", hidden)
	}
	if strings.Contains(o.output, s.mark) {
		fail("the output holds a secret")
	}
	for _, part := range a.says {
		if !strings.Contains(o.output, part) {
			fail("the output does not say %q", part)
		}
	}
	for _, part := range a.lacks {
		if strings.Contains(o.output, part) {
			fail("the output holds %q", part)
		}
	}
	if a.also != nil {
		failures = append(failures, a.also(s, o)...)
	}
	if len(failures) > 0 {
		fail("it wrote %.2000q", o.output)
	}
	return failures
}

// invisible is the first thing in a text that a terminal does not show as what
// it is: control characters but line feed and tab, and marks of layout; the
// joiners that languages are written with, and signs before numbers, are none.
func invisible(text string) string {
	for i, r := range text {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(text[i:], "\ufffd"):
			return fmt.Sprintf("the byte %#x", text[i])
		case strings.ContainsRune("\n\t\u200c\u200d", r), unicode.Is(unicode.Prepended_Concatenation_Mark, r):
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == '\u2028', r == '\u2029':
			return fmt.Sprintf("%U", r)
		}
	}
	return ""
}
