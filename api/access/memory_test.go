package access

import (
	"encoding/binary"
	"testing"
	"time"
	"unique"
)

// Tokens without end take no more memory than some do, and nothing from callers
// who go on calling: what is known of them stays known.
func TestTokensWithoutEnd(t *testing.T) {
	const most = 1024 // the same in small
	m, err := newMemoryOf(time.Hour, most)
	if err != nil {
		t.Fatal(err)
	}
	defer m.close()
	troubles, err := newBreakers[decisionKey](most, 3, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	target := unique.Make(targetID{url: "http://granite.llm.svc/v1/models"})
	of := func(n uint64) decisionKey {
		key := decisionKey{target: target}
		binary.LittleEndian.PutUint64(key.caller[:], n)
		return key
	}
	served := of(0)
	m.remember(served, remembered{verdict: Allowed, checked: 1})
	lost, out := 0, 0
	const strangers = 15 * most
	for n := range uint64(strangers) {
		key := of(n + 1)
		m.remember(key, remembered{verdict: []Decision{Allowed, Denied}[n%2], checked: 1})
		troubles.of(key)
		if n%100 != 0 {
			continue
		}
		if known, ok := m.recall(served); !ok || known.verdict != Allowed {
			lost++
			m.remember(served, remembered{verdict: Allowed, checked: 1})
		}
		if !m.admitted(served) {
			out++
		}
	}
	if lost > 0 || out > 0 {
		t.Errorf("among %d strangers, who is served was forgotten %d times, and that it was let in %d times", strangers, lost, out)
	}
	full, err := newMemory(time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	defer full.close()
	if full.cache.GetMaximum() != maxVerdicts || full.entered.GetMaximum() != maxVerdicts {
		t.Errorf("room for %d and %d, want %d", full.cache.GetMaximum(), full.entered.GetMaximum(), maxVerdicts)
	}
	m.cache.CleanUp()
	m.entered.CleanUp()
	troubles.byKey.CleanUp()
	for name, cache := range map[string]struct{ size, most int }{
		"verdicts": {m.cache.EstimatedSize(), most}, "callers who were let in": {m.entered.EstimatedSize(), most}, "callers in trouble": {troubles.byKey.EstimatedSize(), most},
	} {
		if cache.size > cache.most || cache.size < cache.most/2 {
			t.Errorf("%d %s are remembered, want %d at most, and that many tried", cache.size, name, cache.most)
		}
	}
}
