package assets

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

const (
	reportEvery = 10 * time.Second
	// stopGrace is how long go may take to stop its compilers when asked to.
	stopGrace = 10 * time.Second
)

// build puts the target's binary and then its stamp into dir. The binary shows
// up under its name only when it is whole. The caller holds the lock of dir.
func (t target) build(ctx context.Context, dir string, progress io.Writer) error {
	scratch := filepath.Join(dir, ".building")
	// A build that was killed leaves its scratch folder behind.
	if err := os.RemoveAll(scratch); err != nil {
		return err
	}
	if err := os.Mkdir(scratch, 0o755); err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(scratch) }()

	fresh := filepath.Join(scratch, t.name)
	start := time.Now()
	if err := t.compile(ctx, fresh, progress); err != nil {
		return err
	}
	if err := os.Rename(fresh, filepath.Join(dir, t.name)); err != nil {
		return err
	}
	if err := os.WriteFile(t.stampPath(dir), []byte(t.stamp), 0o644); err != nil {
		return err
	}
	say(progress, "built %s %s in %s", t.name, t.version, seconds(time.Since(start)))
	return nil
}

// compile runs go build and reports how far it is.
func (t target) compile(ctx context.Context, out string, progress io.Writer) error {
	args := append([]string{"build", "-v", "-o", out}, t.flags...)
	cmd := exec.CommandContext(ctx, "go", append(args, t.pkg)...)
	cmd.Dir = t.moduleDir
	// The Go that runs the tests builds the binaries, and the nested module is
	// built by itself, whatever workspace surrounds it.
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOTOOLCHAIN=local", "GOWORK=off")
	// Asked politely, go takes its compilers with it.
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = stopGrace
	output := &buildOutput{}
	cmd.Stdout, cmd.Stderr = output, output

	say(progress, "building %s %s from its Go module; both binaries take minutes the first time, and no time after that", t.name, t.version)
	if err := cmd.Start(); err != nil {
		if errors.Is(err, exec.ErrNotFound) {
			return fmt.Errorf("%w: put the go command on PATH, or set %s to a folder with ready binaries", err, EnvDir)
		}
		return err
	}
	done := make(chan error, 1)
	start := time.Now()
	go func() { done <- cmd.Wait() }()
	ticker := time.NewTicker(reportEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			say(progress, "building %s %s: %s so far, %s", t.name, t.version, seconds(time.Since(start)), output.counts())
		case err := <-done:
			if ctx.Err() != nil {
				return fmt.Errorf("stopped after %s: %w", seconds(time.Since(start)), context.Cause(ctx))
			}
			if err != nil {
				return fmt.Errorf("go build in %s: %w\n%s", t.moduleDir, err, output.tail())
			}
			return nil
		}
	}
}

// say writes one line of progress. Who reads it may be gone; the build goes on.
func say(w io.Writer, format string, args ...any) {
	_, _ = fmt.Fprintf(w, "control plane: "+format+"\n", args...)
}

func seconds(d time.Duration) string {
	return fmt.Sprintf("%.0f s", d.Seconds())
}
