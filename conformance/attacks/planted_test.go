package attacks

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/maas-kinds/maas/conformance/attacks/isolate"
)

// sound is the naive server without any fault: the rows hold against it, so that
// they fail because of the fault where they fail.
const sound fault = "none"

// Every row fails against an API that has the fault which the row is there to
// notice, and every fault is noticed. The short form plants each fault once.
func TestPlantedFaults(t *testing.T) {
	isolate.Require(t)
	w := newWorld(t)
	noticed, planted := map[fault]bool{}, map[fault]bool{}
	all := rows()
	for _, group := range slices.Sorted(maps.Keys(all)) {
		for _, a := range all[group] {
			for _, f := range a.notices {
				noticed[f] = true
				if !whole() && (a.long || planted[f]) {
					continue
				}
				planted[f] = true
				t.Run(string(f)+"/"+a.name, func(t *testing.T) {
					if !a.alone {
						t.Parallel()
					}
					// A left-over answer is taken for the next one only if it comes in time.
					var failures []string
					for range 5 {
						if failures = w.play(t, a, f); len(failures) > 0 {
							break
						}
					}
					if len(failures) == 0 {
						t.Errorf("an API that %s passes the attack %q", f, a.name)
					}
					t.Logf("noticed: %.300s", strings.Join(failures, "\n"))
				})
				if f.naive() {
					t.Run("none/"+string(f)+"/"+a.name, func(t *testing.T) {
						if !a.alone {
							t.Parallel()
						}
						if failures := w.play(t, a, sound); len(failures) > 0 {
							t.Errorf("the row fails without a fault as well, so that nothing is known of it: %s", strings.Join(failures, "\n"))
						}
					})
				}
			}
		}
	}
	for _, f := range faults() {
		if !noticed[f] {
			t.Errorf("no row notices an API that %s", f)
		}
	}
}

func faults() []fault {
	return []fault{anyAddress, followsRedirects, followsHints, obeysEnvironment, answersChallenges, keepsCookies, trustsCertificates,
		speaksOldTLS, sharesConnections, keepsConnections, failsOpen, repeatsBackends, logsHeaders, unboundedAnswers, decompresses,
		mergesCredentials, forwardsEverything, trustsHeaders, looseKeys, sharesPages, cachesPublicly, namesHidden, echoesInput, mendsPaths,
		overridesMethods, reflectsOrigins, laxFraming, servesOthers, unboundedRequests, waitsForReaders}
}
