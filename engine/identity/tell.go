package identity

import (
	"context"
	"log/slog"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// told is what the log says already.
type told struct {
	fault   string
	dropped int
	full    map[string]struct{}
}

// tell logs a fault once, and that it is over.
func (s *Store) tell(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	if err == nil {
		if s.told.fault != "" {
			s.Log.InfoContext(ctx, "names of models are stored again", "configMaps", s.Namespace+"/"+prefix+"*")
		}
		s.told.fault = ""
		return
	}
	if s.told.fault == err.Error() {
		return
	}
	s.told.fault = err.Error()
	hint := "it is tried again"
	if apierrors.IsForbidden(err) {
		hint = "grant what config/rbac/controller-ids.yaml has to this process's account in namespace " + s.Namespace +
			", or name another one with --state-namespace"
	}
	s.Log.WarnContext(ctx, "names of models are not stored: until they are, the id of a MaaSModel that is deleted is not kept for its namespace after a restart of this process",
		"error", err, "hint", hint)
}

// shown bounds how many names a line of the log has.
const shown = 10

func (s *Store) tellReleased(ctx context.Context, namespace string, names []string) {
	if len(names) > 0 {
		s.Log.InfoContext(ctx, "names were removed from a ConfigMap: whoever asks next for one gets it",
			"configMap", s.Namespace+"/"+prefix+namespace, "count", len(names), "names", names[:min(shown, len(names))])
	}
}

func (s *Store) tellDropped(ctx context.Context) {
	if dropped := s.Book.Counts().Dropped; dropped > s.told.dropped {
		s.Log.WarnContext(ctx, "names that no MaaSModel has are let go, beyond the limits those unused longest",
			"count", dropped-s.told.dropped, "namespaceLimit", s.Book.limits.Namespace, "totalLimit", s.Book.limits.Total)
		s.told.dropped = dropped
	}
}

func (s *Store) tellFull(ctx context.Context, namespace string, over int) {
	if _, told := s.told.full[namespace]; over == 0 || told {
		if over == 0 {
			delete(s.told.full, namespace)
		}
		return
	}
	if s.told.full == nil {
		s.told.full = map[string]struct{}{}
	}
	s.told.full[namespace] = struct{}{}
	s.Log.LogAttrs(ctx, slog.LevelWarn, "a namespace has more names than a ConfigMap can hold: the ids of the rest are not kept when their MaaSModels are deleted and this process restarts",
		slog.String("configMap", s.Namespace+"/"+prefix+namespace), slog.Int("notStored", over))
}
