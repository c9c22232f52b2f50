package registry

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/maas-kinds/maas/engine/kind/folder"
)

const (
	// interval is how often directories are read although nothing has announced
	// a change: some file systems announce none.
	interval = 10 * time.Second
	// settling is how long after a change a directory is read, because changes
	// of several files come one by one.
	settling = 100 * time.Millisecond
)

// Run follows the directories until the context ends. The error says that the
// program itself is broken, or that its metrics are registered already.
func (s *Sources) Run(ctx context.Context) error {
	if registerer := s.options.Registerer; registerer != nil {
		gauges := &gauges{sources: s}
		if err := registerer.Register(gauges); err != nil {
			return fmt.Errorf("registering the metrics of kind-specs: %w", err)
		}
		defer registerer.Unregister(gauges)
	}
	return s.follow(ctx)
}

func (s *Sources) follow(ctx context.Context) error {
	if len(s.options.Dirs) == 0 && s.options.Parameters == "" {
		<-ctx.Done()
		return nil
	}
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		s.options.Log.WarnContext(ctx, "cannot watch --kinds-dir, reading it every so often instead", "interval", interval, "error", err)
		watcher = &fsnotify.Watcher{}
	} else {
		defer func() { _ = watcher.Close() }()
	}
	ticker := s.options.Clock.NewTicker(interval)
	defer ticker.Stop()
	for {
		// Watched first and read then: what changes in between is announced.
		s.watchDirs(ctx, watcher)
		if err := s.readParameters(ctx); err != nil {
			return err
		}
		for _, dir := range s.options.Dirs {
			if err := s.readDir(ctx, dir); err != nil {
				return err
			}
		}
		if !s.await(ctx, watcher, ticker.C()) {
			return nil
		}
	}
}

// await returns when the directories are to be read again; false when the
// context has ended.
func (s *Sources) await(ctx context.Context, watcher *fsnotify.Watcher, tick <-chan time.Time) bool {
	var settled <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return false
		case <-tick:
			return true
		case <-settled:
			return true
		case <-watcher.Events:
			if settled == nil {
				settled = s.options.Clock.After(settling)
			}
		case err := <-watcher.Errors:
			s.options.Log.WarnContext(ctx, "watching --kinds-dir: something may have been missed, reading it all", "error", err)
			return true
		}
	}
}

// watchDirs watches every directory and the folders in it. What is watched
// already stays so; what has been made anew is watched anew.
func (s *Sources) watchDirs(ctx context.Context, watcher *fsnotify.Watcher) {
	if watcher.Events == nil {
		return
	}
	var folders []string
	for _, dir := range s.options.Dirs {
		folders = append(folders, foldersOf(dir)...)
	}
	if s.options.Parameters != "" {
		folders = append(folders, filepath.Dir(s.options.Parameters))
	}
	for _, folder := range folders {
		if err := watcher.Add(folder); err != nil && !errors.Is(err, os.ErrNotExist) {
			s.options.Log.WarnContext(ctx, "cannot watch a folder of kind-specs, reading it every so often instead", "folder", folder, "interval", interval, "error", err)
		}
	}
}

func foldersOf(dir string) []string {
	folders := []string{dir}
	tree, release := folder.Tree(dir)
	defer release()
	entries, err := folder.ReadDir(tree, ".")
	if err != nil {
		return folders
	}
	for _, entry := range entries {
		if info, err := fs.Stat(tree, entry.Name()); err == nil && info.IsDir() && !strings.HasPrefix(entry.Name(), ".") {
			folders = append(folders, filepath.Join(dir, entry.Name()))
		}
	}
	return folders
}
