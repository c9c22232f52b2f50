package registry

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/folder"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// readParameters takes what the file of parameters sets, if it is not what it was.
// While it cannot be read, or has faults as a whole, what it set before stays.
func (s *Sources) readParameters(ctx context.Context) error {
	file := s.options.Parameters
	if file == "" {
		return nil
	}
	tree, release := folder.Tree(filepath.Dir(file))
	defer release()
	content, err := kind.ParametersLimit().ReadFile(tree, filepath.Base(file))
	absent := errors.Is(err, fs.ErrNotExist)
	now := fmt.Sprintf("%x %v", sha256.Sum256(content), err)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.parametersPrint == now {
		return nil
	}
	s.parametersPrint = now
	parameters := kind.NoParameters(file)
	switch {
	case absent:
		s.options.Log.InfoContext(ctx, "no parameters of kinds are set: their file is not there, and is read when it is", "file", file)
	case err == nil:
		parameters, err = kind.ReadParameters(file, content)
	}
	var faults syntax.Faults
	switch {
	case absent, err == nil:
		s.replace(ctx, s.registry.WithParameters(parameters), nil, file)
		return nil
	case !errors.As(err, &faults):
		var unreadable *fs.PathError
		if !errors.As(err, &unreadable) {
			return fmt.Errorf("reading the parameters of kinds: %w", err)
		}
		faults = syntax.Faults{{File: file, Message: "cannot be read: " + unreadable.Err.Error(), Rule: syntax.RuleParameters}}
	}
	s.replace(ctx, s.registry, faults, file)
	return nil
}
