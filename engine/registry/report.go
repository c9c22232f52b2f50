package registry

import (
	"context"
	"log/slog"
	"slices"

	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// report logs what the contents of one source have changed. The lock is held.
func (s *Sources) report(ctx context.Context, before *Registry, loose syntax.Faults, source string) {
	log := s.options.Log.With(slog.String("source", source))
	old, now := inForce(before), inForce(s.registry)
	for _, name := range sortedNames(old, now) {
		was, is := old[name], now[name]
		attrs := []any{"kind", name}
		switch {
		case is.InForce == nil:
			log.InfoContext(ctx, "kind removed", append(attrs, "file", was.InForce.File(), "revision", was.InForce.Revision())...)
		case was.InForce == nil:
			log.InfoContext(ctx, "kind added", append(attrs, "file", is.InForce.File(), "revision", is.InForce.Revision())...)
		case was.InForce.Revision() != is.InForce.Revision() || was.Source != is.Source:
			log.InfoContext(ctx, "kind changed", append(attrs, "file", is.InForce.File(), "revision", is.InForce.Revision(), "before", was.InForce.Revision())...)
		}
	}
	told := faultsOf(before)
	told = append(told, s.loose[source]...)
	for _, fault := range append(faultsOf(s.registry), loose...) {
		switch {
		case slices.Contains(told, fault):
		case fault.Rule == syntax.RuleParameters:
			log.WarnContext(ctx, "parameters of kinds have a fault; what they were before stays in force, where there is anything", "fault", fault.String())
		default:
			log.WarnContext(ctx, "kind-spec refused; the last good revision of the kind stays in force, where there is one", "fault", fault.String())
		}
	}
	if len(told) > 0 && len(faultsOf(s.registry)) == 0 && len(loose) == 0 {
		log.InfoContext(ctx, "no kind-spec is refused any more")
	}
}

func faultsOf(registry *Registry) syntax.Faults {
	var faults syntax.Faults
	for _, entry := range registry.Entries() {
		faults = append(faults, entry.Refused...)
	}
	return append(faults, registry.InVain()...)
}

// inForce has the entry that each kind in force comes from, by the kind's name.
func inForce(registry *Registry) map[string]Entry {
	byName := map[string]Entry{}
	for _, entry := range registry.Entries() {
		if entry.InForce != nil {
			byName[entry.InForce.Name()] = entry
		}
	}
	return byName
}

func sortedNames(a, b map[string]Entry) []string {
	var names []string
	for name := range a {
		names = append(names, name)
	}
	for name := range b {
		names = append(names, name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
