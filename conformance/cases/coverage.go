package cases

import (
	"fmt"
	"slices"
	"strings"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/check"
	"github.com/maas-kinds/maas/conformance/evaluation"
	"github.com/maas-kinds/maas/conformance/jsontree"
	"github.com/maas-kinds/maas/engine/kind"
	"github.com/maas-kinds/maas/engine/kind/folder"
)

// demand is something that one of the cases has to show.
type demand struct {
	name string
	// advice says which case to write.
	advice string
	shown  func(Case, evaluation.Decision) bool
}

// coverage has a check for each thing that the kind-spec can decide.
func coverage(f *Folder, verdicts []evaluation.Decision) []check.Result {
	var checks []check.Result
	for _, d := range demands(f) {
		name := "covers " + d.name
		if d.covered(f, verdicts) {
			checks = append(checks, check.Pass(name))
			continue
		}
		checks = append(checks, check.Fail(name, "%s: no case shows %s: %s", f.File(folder.CasesFile), d.name, d.advice))
	}
	return checks
}

func (d demand) covered(f *Folder, verdicts []evaluation.Decision) bool {
	for i, v := range verdicts {
		if d.shown(f.Cases[i], v) {
			return true
		}
	}
	return false
}

// FirstMissing is the first rule or candidate that no case shows; empty where each
// is shown.
func FirstMissing(f *Folder, verdicts []evaluation.Decision) string {
	for _, d := range slices.Concat(ruleDemands(f), endpointDemands(f)) {
		if !d.covered(f, verdicts) {
			return d.name
		}
	}
	return ""
}

func demands(f *Folder) []demand {
	all := slices.Concat(ruleDemands(f), endpointDemands(f), modelDemands(f))
	if f.Kind.NoReferent() != "" {
		return all
	}
	if Gated(f.Spec) {
		all = append(all, demand{"a stale status", "write one whose status was made for an earlier generation",
			func(c Case, v evaluation.Decision) bool {
				return v.Reason(v1alpha1.ConditionBackendReady) == v1alpha1.ReasonGenerationStale && (c.hasStatus() || f.Spec.Generation == "")
			}})
	}
	return append(all,
		demand{"an object without status", "write one as it is just after it was created, before anything looked at it",
			func(c Case, _ evaluation.Decision) bool {
				return !c.hasStatus() && c.Referent.GetDeletionTimestamp() == nil
			}},
		demand{"an object that is being deleted", "write one with a metadata.deletionTimestamp",
			func(_ Case, v evaluation.Decision) bool {
				return v.Reason(v1alpha1.ConditionReferenceResolved) == v1alpha1.ReasonReferentTerminating
			}})
}

func ruleDemands(f *Folder) []demand {
	var all []demand
	fails := false
	for i, name := range kind.RuleNames(f.Spec) {
		rule := f.Spec.Health[i]
		says := fmt.Sprintf("says %s", rule.Is)
		if rule.Kind != "" {
			// What the other kind can say, its own cases show.
			says = "hands on to " + rule.Kind
		}
		fails = fails || rule.Is == v1alpha1.VerdictFailed || rule.Kind != ""
		all = append(all, demand{"health." + name, fmt.Sprintf("write one that this rule, which %s, decides", says),
			func(_ Case, v evaluation.Decision) bool { return decidedBy(v.Decided.Health, name) }})
	}
	if f.Kind.NoReferent() == "" && f.Kind.NoFailure() == "" && !fails {
		all = append(all, demand{"a failure", "no rule says Failed: write one, or say with noFailure why the backend cannot tell",
			func(Case, evaluation.Decision) bool { return false }})
	}
	return all
}

func endpointDemands(f *Folder) []demand {
	var all []demand
	for _, name := range kind.CandidateNames(f.Spec) {
		all = append(all, demand{"endpoint." + name, "write one whose endpoint this candidate yields",
			func(_ Case, v evaluation.Decision) bool { return decidedBy(v.Decided.Endpoint, name) }})
	}
	if f.Kind.NoEndpoint() != "" {
		all = append(all,
			demand{"a model without endpoint", "write one without endpointOverride",
				func(_ Case, v evaluation.Decision) bool {
					return v.Reason(v1alpha1.ConditionEndpointResolved) == v1alpha1.ReasonNoEndpoint
				}},
			demand{"an endpointOverride", "write one that is Ready with it",
				func(_ Case, v evaluation.Decision) bool {
					return v.Phase == v1alpha1.PhaseReady && v.Reason(v1alpha1.ConditionEndpointResolved) == v1alpha1.ReasonEndpointOverridden
				}})
	}
	return all
}

func (c Case) hasStatus() bool { return len(jsontree.Object(c.Referent.Object, "status")) > 0 }

// decidedBy says whether it was a rule or a candidate, or one of the kind that
// it hands on to: those are called OUTER/INNER.
func decidedBy(decided *string, name string) bool {
	return decided != nil && (*decided == name || strings.HasPrefix(*decided, name+"/"))
}
