package api

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/api/access"
	"github.com/maas-kinds/maas/api/catalog"
	"github.com/maas-kinds/maas/api/v1alpha1"
)

// scene describes models as "name:endpoint:text:verdict", where verdict is yes, no, none
// (nobody could say) or empty (not asked), and endpoint may be unasked.
func scene(t *testing.T, renderer *catalog.Renderer, text string) sight {
	t.Helper()
	var models []*v1alpha1.MaaSModel
	verdicts := map[string]string{}
	for item := range strings.FieldsSeq(text) {
		parts := strings.Split(item, ":")
		endpoint := "https://" + parts[1] + ".a.svc"
		m := model("a/"+parts[0], endpoint)
		m.ResourceVersion = item // another text is another revision
		if parts[1] == "unasked" {
			m.Status.Kind = "ExternalModel"
		}
		m.Status.Model = &v1alpha1.ModelInfo{DisplayName: parts[2]}
		models = append(models, m)
		verdicts[parts[0]] = parts[3]
	}
	snapshot, err := renderer.Render(models, time.Unix(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	s := newSight(snapshot)
	for i, e := range snapshot.Entries() {
		if verdict := verdicts[e.Name]; verdict != "" {
			s.learn(i, map[string]access.Decision{"yes": access.Allowed, "no": access.Denied, "none": access.Unreachable, "spent": access.Throttled}[verdict])
		}
	}
	return s
}

func everything(*catalog.Entry) bool { return true }

// What a watch knows when the catalog has changed, and what it shows meanwhile.
func TestSightOverSnapshots(t *testing.T) {
	o := production()
	o.TrustedHosts = []string{".svc"}
	for name, test := range map[string]struct {
		before, after string
		// known are the verdicts that still hold, outdated those to ask for again before
		// anything new is shown, shown what is meanwhile.
		known, outdated, shown string
	}{
		"the same":                               {"m:e:x:yes", "m:e:x:", "m=Allowed", "", "m=x"},
		"another text":                           {"m:e:x:yes", "m:e:y:", "m=Allowed", "m", "m=y"},
		"another endpoint: nothing new is shown": {"m:e:x:yes", "m:f:y:", "", "", "m=x"},
		"one more":                               {"m:e:x:yes", "a:f:x: m:e:x: z:f:x:", "m=Allowed", "", "m=x"},
		"one less":                               {"a:e:x:yes m:e:x:yes", "m:e:x:", "m=Allowed", "", "m=x"},
		"a hidden one changes":                   {"m:e:x:yes s:f:x:no", "m:e:x: s:f:y:", "m=Allowed s=Denied", "", "m=x"},
		"one that nobody could say anything of":  {"m:e:x:none", "m:e:y:", "m=Unreachable", "", ""},
		"one that was not asked":                 {"m:e:x:", "m:e:x:", "", "", ""},
		"one that is asked no more":              {"m:e:x:yes", "m:unasked:x:", "", "", "m=x"},
		"one that is asked now":                  {"m:unasked:x:yes", "m:e:x:", "", "", "m=x"},
		"deleted, and another one made":          {"a:e:x:yes", "b:e:x:", "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			renderer := newService(t, nil, o).renderer
			before := scene(t, renderer, test.before)
			told := before.shown(everything, nil)
			now := before.over(scene(t, renderer, test.after).snapshot)
			var known, outdated, shown []string
			for i, e := range now.snapshot.Entries() {
				if now.asked[i] {
					known = append(known, fmt.Sprintf("%s=%s", e.Name, map[access.Decision]string{access.Allowed: "Allowed", access.Denied: "Denied", access.Unreachable: "Unreachable"}[now.verdicts[i]]))
				}
			}
			for _, place := range now.outdated(everything, told) {
				outdated = append(outdated, now.snapshot.Entries()[place].Name)
			}
			for _, e := range now.shown(everything, told) {
				shown = append(shown, e.Name+"="+e.Model.Name)
			}
			if diff := cmp.Diff([]string{test.known, test.outdated, test.shown},
				[]string{strings.Join(known, " "), strings.Join(outdated, " "), strings.Join(shown, " ")}); diff != "" {
				t.Errorf("known, outdated, shown (-want +got):\n%s", diff)
			}
		})
	}
}

// What verdicts come to: a gap takes nothing away and shows nothing new.
func TestSightShows(t *testing.T) {
	o := production()
	o.TrustedHosts = []string{".svc"}
	for name, test := range map[string]struct {
		told, now string
		shown     string
		gaps      bool
	}{
		"let in":                            {"", "m:e:x:yes", "m=x", false},
		"turned away":                       {"m:e:x:yes", "m:e:x:no", "", false},
		"nobody can say, and it was shown":  {"m:e:x:yes", "m:e:x:none", "m=x", true},
		"it says something new meanwhile":   {"m:e:x:yes", "m:e:y:none", "m=x", true},
		"nobody can say, and it was hidden": {"m:e:x:no", "m:e:x:none", "", true},
		"the caller may not ask now":        {"m:e:x:yes", "m:e:x:spent", "m=x", true},
		"what is not asked is no gap":       {"m:e:x:yes", "m:e:x:", "m=x", false},
		"gone":                              {"a:e:x:yes m:e:x:yes", "m:e:x:yes", "m=x", false},
	} {
		t.Run(name, func(t *testing.T) {
			renderer := newService(t, nil, o).renderer
			var told []*catalog.Entry
			if test.told != "" {
				told = scene(t, renderer, test.told).shown(everything, nil)
			}
			now := scene(t, renderer, test.now)
			var shown []string
			for _, e := range now.shown(everything, told) {
				shown = append(shown, e.Name+"="+e.Model.Name)
			}
			if got := strings.Join(shown, " "); got != test.shown || now.hasGaps() != test.gaps {
				t.Errorf("shown %q, gaps %t, want %q, %t", got, now.hasGaps(), test.shown, test.gaps)
			}
		})
	}
}
