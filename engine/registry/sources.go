package registry

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/utils/clock"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/folder"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// Options is what NewSources needs. Log and Clock have to be set.
type Options struct {
	// BuiltIn are sources that do not change. A fault in one is an error of NewSources.
	BuiltIn []Source
	// Dirs are watched. A kind of a later one replaces that of an earlier one,
	// and of what is built in.
	Dirs []string
	// Origins are further sources, after the directories, whose documents come
	// through Put.
	Origins []string
	// Parameters is the file of what the installation sets of the parameters of
	// kinds. It is watched, and sets none while it is not there; empty for none.
	Parameters string
	Clock      clock.WithTicker
	Log        *slog.Logger
	// Registerer holds the metrics during Run; nil for none.
	Registerer prometheus.Registerer
}

// Sources read kind-specs and keep the set of kinds in force.
type Sources struct {
	options Options
	parser  *Parser
	live    *kind.Live

	mu       sync.Mutex
	registry *Registry
	changed  chan struct{}
	// loose are, by source, the faults that belong to no document.
	loose map[string]syntax.Faults
	// prints are, by directory, what it held when it was read last.
	prints map[string]string
	// parametersPrint is what the file of parameters held when it was read last.
	parametersPrint string
}

// NewSources reads everything once. The error is for what has to be mended before a
// start: faults in what is built in, and directories that do not exist. Faults
// in a directory are logged and counted; they are the next revision's business.
func NewSources(ctx context.Context, options Options) (*Sources, error) {
	parser, err := NewParser()
	if err != nil {
		return nil, fmt.Errorf("preparing to read kind-specs: %w", err)
	}
	s := &Sources{options: options, parser: parser, changed: make(chan struct{}), loose: map[string]syntax.Faults{}, prints: map[string]string{}}
	s.options.Dirs = distinct(options.Dirs)
	var order []string
	for _, source := range options.BuiltIn {
		order = append(order, source.Name)
	}
	order = append(append(order, s.options.Dirs...), options.Origins...)
	s.registry = New(order...)
	s.live = kind.NewLive(s.registry.Set())
	options.Log.InfoContext(ctx, "sources of kind-specs, where a later one overrides an earlier one", "order", order)

	if err := errors.Join(s.readParameters(ctx), s.readBuiltIn(ctx), s.readDirs(ctx)); err != nil {
		return nil, err
	}
	return s, nil
}

// distinct names every directory once, at its last place, and none as another
// source is named: a path with a slash is no such name.
func distinct(dirs []string) []string {
	var kept []string
	for _, dir := range slices.Backward(dirs) {
		dir = filepath.Clean(dir)
		if !strings.ContainsRune(dir, filepath.Separator) {
			dir = "." + string(filepath.Separator) + dir
		}
		if !slices.Contains(kept, dir) {
			kept = append(kept, dir)
		}
	}
	slices.Reverse(kept)
	return kept
}

func (s *Sources) readBuiltIn(ctx context.Context) error {
	var faults syntax.Faults
	for _, source := range s.options.BuiltIn {
		contents, err := s.parser.Source(source)
		if err != nil {
			return fmt.Errorf("reading the kind-specs of %s: %w", source.Name, err)
		}
		faults = append(append(faults, contents.Unreadable...), contents.Faults...)
		s.take(ctx, contents)
	}
	for _, entry := range s.Entries() {
		faults = append(faults, entry.Refused...)
	}
	// What an installation has not set keeps one kind out of force, and no program
	// from starting.
	faults = slices.DeleteFunc(faults, func(f syntax.Fault) bool { return f.Rule == syntax.RuleParameters })
	if len(faults) > 0 {
		return fmt.Errorf("built-in kind-specs with faults:\n%w", faults)
	}
	return nil
}

func (s *Sources) readDirs(ctx context.Context) error {
	var errs []error
	for _, dir := range s.options.Dirs {
		if err := folder.IsReadable(dir); err != nil {
			errs = append(errs, fmt.Errorf("--kinds-dir: %w", err))
			continue
		}
		errs = append(errs, s.readDir(ctx, dir))
	}
	return errors.Join(errs...)
}

// readDir takes a directory's kind-specs if they are not what they were.
func (s *Sources) readDir(ctx context.Context, dir string) error {
	tree, release := folder.Tree(dir)
	defer release()
	now := fingerprint(tree)
	s.mu.Lock()
	before, known := s.prints[dir]
	s.prints[dir] = now
	s.mu.Unlock()
	if known && before == now {
		return nil
	}
	contents, err := s.parser.Source(Source{Name: dir, FS: tree})
	if err != nil {
		return fmt.Errorf("reading the kind-specs of %s: %w", dir, err)
	}
	s.take(ctx, contents)
	return nil
}

// Put puts the documents of an origin in the place of those it had before.
// Their Source has to be the origin.
func (s *Sources) Put(ctx context.Context, origin string, documents []SpecDocument) {
	s.take(ctx, Contents{Source: origin, Documents: documents})
}

// take puts in force what follows from the contents of one source.
func (s *Sources) take(ctx context.Context, contents Contents) {
	s.mu.Lock()
	defer s.mu.Unlock()
	loose := append(append(syntax.Faults{}, contents.Unreadable...), contents.Faults...)
	s.replace(ctx, s.registry.Next(contents), loose, contents.Source)
}

// replace puts another registry in force; loose are the faults of the source that
// it is because of. The lock is held.
func (s *Sources) replace(ctx context.Context, next *Registry, loose syntax.Faults, source string) {
	before := s.registry
	s.registry = next
	s.report(ctx, before, loose, source)
	s.loose[source] = loose
	if !before.Set().Equal(s.registry.Set()) {
		s.live.Replace(s.registry.Set())
	}
	close(s.changed)
	s.changed = make(chan struct{})
}

// Kinds is the set in force.
func (s *Sources) Kinds() *kind.Live { return s.live }

// Parser compiles documents for Put.
func (s *Sources) Parser() *Parser { return s.parser }

// Entries are all documents and what has become of them.
func (s *Sources) Entries() []Entry {
	entries, _ := s.Watch()
	return entries
}

// Watch gives the entries, and a channel that is closed when some source has
// been read again.
func (s *Sources) Watch() ([]Entry, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.registry.Entries(), s.changed
}

// Try is what there would be if an origin had other documents. Nothing is put in.
func (s *Sources) Try(origin string, documents []SpecDocument) *Registry {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.registry.Next(Contents{Source: origin, Documents: documents})
}
