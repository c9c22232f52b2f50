package soak

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// stopWithin is how long a process may take to end after SIGTERM.
const stopWithin = 20 * time.Second

// program is a process that is killed and started again.
type program struct {
	name, path string
	args       []string
	// ready is asked whether the process does its work.
	ready string
	log   *os.File

	// turn is held by the one who ends or freezes it.
	turn sync.Mutex

	mu      sync.Mutex
	process *os.Process
	ended   chan struct{}
	wanted  bool
	// started is when the last one began; exits are those that nobody wanted.
	started time.Time
	exits   []string
}

// start starts the process. It goes on when ctx ends: see end.
func (p *program) start(ctx context.Context) error {
	command := exec.CommandContext(context.WithoutCancel(ctx), p.path, p.args...)
	command.Stdout, command.Stderr = p.log, p.log
	// Ctrl-C in a terminal is for the one who plays: it ends the others in order.
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := command.Start(); err != nil {
		return fmt.Errorf("starting %s: %w", p.name, err)
	}
	ended := make(chan struct{})
	p.mu.Lock()
	defer p.mu.Unlock()
	p.process, p.ended, p.wanted, p.started = command.Process, ended, true, time.Now()
	go func() {
		defer close(ended)
		err := command.Wait()
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.wanted && p.process == command.Process {
			p.exits = append(p.exits, fmt.Sprintf("%s: it ended by itself: %v", p.name, err))
		}
	}()
	return nil
}

// end sends a signal that ends the process, and waits for that.
func (p *program) end(with syscall.Signal) error {
	p.mu.Lock()
	p.wanted = false
	process, ended := p.process, p.ended
	p.mu.Unlock()
	if process == nil {
		return nil
	}
	_ = process.Signal(syscall.SIGCONT) // a frozen one hears nothing else
	if err := process.Signal(with); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("ending %s: %w", p.name, err)
	}
	select {
	case <-ended:
		return nil
	case <-time.After(stopWithin):
		_ = process.Kill()
		<-ended
		return fmt.Errorf("%s did not end within %s", p.name, stopWithin)
	}
}

// signal sends one that does not end the process.
func (p *program) signal(s syscall.Signal) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.process.Signal(s); err != nil {
		return fmt.Errorf("%s: %w", p.name, err)
	}
	return nil
}

// began is when the process did.
func (p *program) began() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.started
}

// revive starts a process again that has ended by itself.
func (p *program) revive(ctx context.Context) (again bool, err error) {
	if !p.turn.TryLock() {
		return false, nil
	}
	defer p.turn.Unlock()
	p.mu.Lock()
	ended, wanted := p.ended, p.wanted
	p.mu.Unlock()
	select {
	case <-ended:
	default:
		return false, nil
	}
	if !wanted {
		return false, nil
	}
	return true, p.start(ctx)
}

// awaitReady waits until the process says that it is ready.
func (p *program) awaitReady(ctx context.Context, client *http.Client, within time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	for {
		said, err := get(ctx, client, p.ready)
		if err == nil {
			return nil
		}
		if !wait(ctx, 100*time.Millisecond) {
			return fmt.Errorf("%s is not ready after %s: %w %s", p.name, within, err, said)
		}
	}
}

// get gives what a URL answers with 200.
func get(ctx context.Context, client *http.Client, url string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return "", err
	}
	response, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 16<<20))
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answers %d", url, response.StatusCode)
	}
	return string(body), err
}

// wait waits, and says false when ctx is done before.
func wait(ctx context.Context, lasts time.Duration) bool {
	timer := time.NewTimer(lasts)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
