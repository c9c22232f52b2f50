package draft

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/engine/kind/folder"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// health is what the draft has of it.
type health struct {
	rules []entry
	// entries is the path of entries whose conditions the rules look at; empty for none.
	entries string
	// ready says that something was seen that says so; failure that a rule says Failed, and
	// doubt that a comment may.
	ready, failure, doubt bool
}

func rule(is string, when ...map[string]any) map[string]any {
	all := make([]any, len(when))
	for i, one := range when {
		all[i] = one
	}
	return map[string]any{"is": is, "when": all}
}

func (s *survey) health(besides []beside) health {
	var h health
	ready := s.readySigns()
	var best *sign
	if len(ready) > 0 {
		best = &ready[0]
	}
	failed, stuck := s.failedRules(best, &h)
	h.rules = failed
	entries := s.entrySigns()
	for i := range besides {
		b := &besides[i]
		if !b.decides(best == nil && len(entries) == 0 || best != nil && best.when["condition"] == "Accepted") {
			continue
		}
		h.ready, b.used = true, true
		h.rules = append(h.rules, entry{b.says + " It says whether requests are served.", map[string]any{"of": b.as, "kind": b.kind}, false})
	}
	switch {
	case best != nil:
		h.rules = append(h.rules, s.readyRules(ready, h.ready)...)
		h.ready = true
	case len(entries) > 0:
		h.ready, h.entries = true, entries[0].path
		h.rules = append(h.rules, entries[0].entry)
	case !h.ready:
		if parts, told := s.parts(); told {
			h.ready, h.rules = true, append(h.rules, parts)
			break
		}
		h.rules = append(h.rules, s.unready()...)
	}
	h.rules = append(h.rules, stuck...)
	return h
}

// failedRules are those that go before Ready, and those behind it: a deadline that has
// passed, as of a rollout, is no failure while something else serves on.
func (s *survey) failedRules(ready *sign, h *health) (failed, stuck []entry) {
	for i, one := range s.failedSigns(ready) {
		// Of several that say it the one that was seen most often is enough.
		off := i > 0 || one.rank >= doubtful
		h.failure, h.doubt = h.failure || !off, h.doubt || off
		line := entry{one.says + " Is this for good, or does the backend try again by itself? Then it is no failure.", rule("Failed", one.when), off}
		if one.rank == byDeadline {
			stuck = append(stuck, line)
		} else {
			failed = append(failed, line)
		}
	}
	return failed, stuck
}

// readyRules are the plainest sign, with a count where the states show that the sign alone
// is not enough, and the other signs as comments. Decided says that an object beside
// decides before.
func (s *survey) readyRules(signs []sign, decided bool) []entry {
	best := signs[0]
	when := []map[string]any{best.when}
	says := best.says
	if count, idle := s.idle(signs); idle != "" {
		when = append(when, count.when)
		says += fmt.Sprintf(" In %s it says so without a replica: %s", idle, count.says)
	}
	// That a route was taken says nothing of what is behind it, and Available is what a
	// Deployment itself says.
	off := decided && slices.Contains([]any{"Accepted", "Available"}, best.when["condition"])
	rules := []entry{{says, rule("Ready", when...), off}}
	for _, other := range signs[1:] {
		if other.rank < countRank {
			rules = append(rules, entry{"Says so too. " + other.says, rule("Ready", other.when), true})
		}
	}
	return rules
}

// idle names the states that are ready by the plainest sign and have no replica: by a count
// that says 0, or is not there where none is wanted. A count that is just not there says
// nothing.
func (s *survey) idle(signs []sign) (count sign, in string) {
	best := signs[0]
	i := slices.IndexFunc(signs, func(one sign) bool { return one.rank >= countRank })
	if i <= 0 || best.rank >= countRank {
		return sign{}, ""
	}
	path, _ := signs[i].when["path"].(string)
	return signs[i], namesOf(s.states, func(state int) bool {
		if !best.holds[state] || signs[i].holds[state] {
			return false
		}
		wanted, known := syntax.Number(s.field("$.spec.replicas").at(state))
		return s.field(path).at(state) != nil || known && wanted == 0
	})
}

// unready is a rule that holds for no object, where nothing that was seen says ready.
func (s *survey) unready() []entry {
	says := "Nothing that was given says that it is ready, so nothing is ready by this. Give an object that serves, as it is in a cluster: maasctl new -f."
	for _, c := range s.conditions {
		if !s.maySayReady(c) {
			says += " Seen: " + c.in(s.states)
		}
	}
	rules := []entry{{says, rule("Ready", map[string]any{"path": `$.metadata.annotations["` + folder.Nowhere + `"]`, "exists": true}), false}}
	for _, c := range s.conditions {
		if s.maySayReady(c) {
			rules = append(rules, entry{"Of all of it, or of a part? " + c.in(s.states), rule("Ready", map[string]any{"condition": c.name, "status": "True"}), true})
		}
	}
	if len(s.states) == 0 && s.described("$.status.conditions") != nil {
		says := "The schema does not tell the types of conditions." + s.description("$.status.conditions")
		if words := named(s.described("$.status.conditions").Description); len(words) > 0 {
			says += " It names " + strings.Join(words, ", ") + "."
		}
		rules = append(rules, entry{says, rule("Ready", map[string]any{"condition": "Ready", "status": "True"}), true})
	}
	for _, path := range s.statePaths() {
		rules = append(rules, entry{"Which words say it? " + s.wordsOf(path), rule("Ready", map[string]any{"path": path, "equals": "Ready"}), true})
	}
	return append(rules, s.entriesOfSchema()...)
}

// maySayReady is said by the name of a condition alone.
func (s *survey) maySayReady(c *condition) bool {
	return s.conditionRank(c.name) >= 0 || ofPart.MatchString(c.name)
}

// entriesOfSchema are lists of which the CRD says that their entries have conditions.
func (s *survey) entriesOfSchema() []entry {
	var rules []entry
	for _, path := range slices.Sorted(maps.Keys(s.schema)) {
		if list, ok := strings.CutSuffix(path, "[*].conditions"); ok && len(s.states) == 0 {
			rules = append(rules, entry{fmt.Sprintf(`Each of %s[*] has conditions: choose one in subjects, {as: entry, each: "%s[*]"}.`, list, list),
				rule("Ready", map[string]any{"of": "entry", "condition": "Ready", "status": "True"}), true})
		}
	}
	return rules
}

// entryRule is a rule about entries that have conditions of their own.
type entryRule struct {
	path string
	entry
}

// entrySigns are for a backend that says nothing of itself, only of each of several
// parents: one that says yes is enough.
func (s *survey) entrySigns() []entryRule {
	var rules []entryRule
	for _, path := range slices.Sorted(maps.Keys(s.within)) {
		for _, c := range s.within[path] {
			if s.conditionRank(c.name) >= 0 && slices.Contains(c.hold(len(s.states)), true) && strings.HasSuffix(path, "[*]") {
				when := map[string]any{"of": "entries", "match": "Any", "condition": c.name, "status": "True"}
				rules = append(rules, entryRule{path, entry{"Of the entries of " + path + ": " + c.in(s.states), rule("Ready", when), false}})
			}
		}
	}
	return rules
}

// health writes the rules, and why none says Failed.
func (t *text) health(h health) {
	t.line("  health:")
	t.entries("    ", h.rules)
	if !h.failure {
		says := "Nothing that was seen says that it has failed: write a Failed rule, or say here why there can be none."
		if h.doubt {
			says = "What may say that it has failed is in the comments above: take one in, or say here why there can be none."
		}
		t.line("  # %s", says)
		t.line("  noFailure: %s", folder.UnknownFailure)
	}
}

// subjects are the entries and the objects beside of which the rest speaks.
func (s *survey) subjects(t *text, besides []beside, h health) {
	var all []entry
	if h.entries != "" {
		all = append(all, entry{"", map[string]any{"as": "entries", "all": h.entries}, false})
	}
	for _, b := range besides {
		all = append(all, entry{b.says, b.subject(), !b.used})
	}
	if len(all) == 0 {
		return
	}
	if slices.ContainsFunc(all, func(e entry) bool { return !e.off }) {
		t.line("  subjects:")
	} else {
		t.line("  # subjects:")
	}
	t.entries("    ", all)
}
