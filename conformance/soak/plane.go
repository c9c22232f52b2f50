package soak

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"k8s.io/client-go/rest"

	"github.com/maas-kinds/maas/conformance/live"
)

// plane is a control plane whose API server is killed and frozen.
type plane struct {
	config *rest.Config
	server *program
	stop   func() error
}

// startPlane starts one. The API server is that of live.StartPlane until it is
// killed; the one after that has the same arguments.
func startPlane(ctx context.Context, root string, progress io.Writer, log *os.File) (*plane, error) {
	config, stop, err := live.StartPlane(ctx, root, progress)
	if err != nil {
		return nil, err
	}
	pid, args, err := childOf(os.Getpid(), "kube-apiserver")
	if err != nil {
		return nil, errors.Join(err, stop())
	}
	process, err := os.FindProcess(pid)
	if err != nil {
		return nil, errors.Join(err, stop())
	}
	ended := make(chan struct{})
	go func() { // whoever started it waits for it
		defer close(ended)
		for alive(pid) && wait(context.WithoutCancel(ctx), 50*time.Millisecond) {
		}
	}()
	server := &program{
		name: theServer, path: args[0], args: args[1:], ready: strings.TrimSuffix(config.Host, "/") + "/readyz", log: log,
		process: process, ended: ended, wanted: true, started: time.Now(),
	}
	return &plane{config: config, server: server, stop: func() error {
		return errors.Join(server.end(15), stop())
	}}, nil
}

// alive says whether anything is left of a process: its port is taken until nothing is.
func alive(pid int) bool {
	_, err := os.Stat(filepath.Join("/proc", strconv.Itoa(pid)))
	return err == nil
}

// childOf finds the process that another one has started from a program.
func childOf(parent int, program string) (pid int, args []string, err error) {
	all, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil || len(all) == 0 {
		return 0, nil, fmt.Errorf("this needs /proc, as Linux has it: %w", errors.Join(err, os.ErrNotExist))
	}
	for _, file := range all {
		stat, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		// PID (NAME) STATE PARENT …: a name may have spaces.
		_, behind, _ := strings.Cut(string(stat), ") ")
		fields := strings.Fields(behind)
		if len(fields) < 2 || fields[1] != strconv.Itoa(parent) {
			continue
		}
		line, err := os.ReadFile(filepath.Join(filepath.Dir(file), "cmdline"))
		if err != nil {
			continue
		}
		args := strings.Split(strings.TrimSuffix(string(line), "\x00"), "\x00")
		if filepath.Base(args[0]) != program {
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		return pid, args, err
	}
	return 0, nil, fmt.Errorf("no %s is a child of this process", program)
}
