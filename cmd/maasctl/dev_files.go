package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/fsnotify/fsnotify"
	"k8s.io/utils/clock"

	"github.com/maas-kinds/maas/conformance/cases"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/contract"
	"github.com/maas-kinds/maas/engine/kind/folder"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

const (
	// devInterval is how often files are read although nothing has announced a change:
	// some file systems announce none.
	devInterval = 2 * time.Second
	// devSettling is how long after a change files are read: an editor empties a file, or
	// takes it away, before it writes.
	devSettling = 50 * time.Millisecond
)

// devState is what the files held at one moment.
type devState struct {
	// Name of the kind-spec, for people.
	Name  string `json:"name"`
	Kind  string `json:"kind"`
	Cases string `json:"cases"`
	// Fault says what could not be read; empty where everything could.
	Fault string `json:"fault"`
}

// devFiles are a kind-spec and what lies beside it, followed while an editor writes them.
type devFiles struct {
	// dir is empty where nothing is followed.
	dir, spec string

	mu    sync.Mutex
	state devState
	pin   *contract.Pin
	// changed is closed, and another one is there, when the state is another one.
	changed chan struct{}
}

func newDevFiles(dir, spec string) *devFiles {
	f := &devFiles{dir: dir, spec: spec, changed: make(chan struct{})}
	f.read()
	return f
}

// now is the state, and what is closed when that has changed.
func (f *devFiles) now() (devState, <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.state, f.changed
}

// follow reads the files whenever they may have changed, until the context ends.
func (f *devFiles) follow(ctx context.Context, clock clock.WithTicker) error {
	if f.dir == "" {
		<-ctx.Done()
		return nil
	}
	var events <-chan fsnotify.Event
	if watcher, err := fsnotify.NewWatcher(); err == nil {
		defer func() { _ = watcher.Close() }()
		// A folder that cannot be watched is read every so often, as all are.
		if watcher.Add(f.dir) == nil {
			events = watcher.Events
		}
	}
	ticker := clock.NewTicker(devInterval)
	defer ticker.Stop()
	var settled <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-events:
			if settled == nil {
				settled = clock.After(devSettling)
			}
			continue
		case <-settled:
			settled = nil
		case <-ticker.C():
		}
		f.read()
	}
}

// read takes what the files hold now.
func (f *devFiles) read() {
	if f.dir == "" {
		return
	}
	tree, release := folder.Tree(f.dir)
	defer release()
	state := devState{Name: filepath.ToSlash(filepath.Join(f.dir, f.spec))}
	var faults []error
	take := func(name string, limit folder.Limit, into *string) {
		content, err := limit.ReadFile(tree, name)
		switch {
		case name != f.spec && errors.Is(err, fs.ErrNotExist):
		case err != nil:
			faults = append(faults, err)
		case !utf8.Valid(content):
			faults = append(faults, fmt.Errorf("%s has half a character in it, or is not written in UTF-8", name))
		default:
			*into = string(content)
		}
	}
	take(f.spec, folder.SpecLimit(), &state.Kind)
	take(folder.CasesFile, cases.Limit(), &state.Cases)
	pin, err := pinIn(tree, filepath.ToSlash(filepath.Join(f.dir, folder.PinFile)))
	if err != nil {
		faults = append(faults, err)
	}
	if err := errors.Join(faults...); err != nil {
		state.Fault = err.Error()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pin = pin
	if state != f.state {
		f.state = state
		close(f.changed)
		f.changed = make(chan struct{})
	}
}

// pinIn reads the pin of a folder; nil where there is none.
func pinIn(tree fs.FS, label string) (*contract.Pin, error) {
	content, err := folder.ReadPinFile(tree, folder.PinFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return contract.ReadPin(label, content)
}

// lint holds a kind against the pin beside the files, or against that of the built-in
// kind of its name; without one, against what is known of Kubernetes itself.
func (f *devFiles) lint(k *kind.Kind) syntax.Faults {
	f.mu.Lock()
	pin := f.pin
	f.mu.Unlock()
	if pin == nil || pin.Name != k.Name() {
		built, err := readBuiltInPin(k)
		if err != nil || built == nil {
			return contract.CheckKnown(k)
		}
		pin = built
	}
	return contract.CheckPin(k, pin)
}
