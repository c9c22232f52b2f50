package cases

import (
	"context"
	"fmt"
	"strings"

	"github.com/maas-kinds/maas/conformance/check"
	"github.com/maas-kinds/maas/conformance/evaluation"
	"github.com/maas-kinds/maas/engine/kind/syntax"
	"github.com/maas-kinds/maas/engine/phase"
)

// Prove runs every case and then asks whether they cover the kind-spec.
func Prove(ctx context.Context, machine *phase.Machine, f *Folder) ([]check.Result, error) {
	if len(f.Cases) == 0 {
		return []check.Result{check.Skip("cases", "there is no case without faults, see L0")}, nil
	}
	var checks []check.Result
	var verdicts []evaluation.Decision
	for _, c := range f.Cases {
		settled, err := c.Evaluate(ctx, machine, f.Kind)
		if err != nil {
			return nil, err
		}
		verdicts = append(verdicts, settled.Decision())
		checks = append(checks, c.hold(settled))
	}
	return append(checks, coverage(f, verdicts)...), nil
}

// Holds says whether what follows is what the case says.
func (c Case) Holds(settled evaluation.Result) bool { return c.hold(settled).Outcome == check.Passed }

// hold compares everything; the message is for the author of the case.
func (c Case) hold(settled evaluation.Result) check.Result {
	name := "case " + c.Name
	decided := settled.Decision()
	differences := c.Expect.differences(decided)
	ofModel := c.modelDifferences(decided.Model)
	if len(differences) == 0 && len(ofModel) == 0 {
		if missing := c.Expect.missing(); len(missing) > 0 {
			return check.Fail(name, "%s: the case says no %s: maasctl test --write-expectations writes what is decided now, and you check that it is right",
				c.Position, strings.Join(missing, ", "))
		}
		return check.Pass(name)
	}
	var faults syntax.Faults
	for _, d := range differences {
		fault := c.document.At(c.at + "/expect/" + d.Field)
		fault.Message = fmt.Sprintf("expected %s, decided %s", d.Want, d.Got)
		faults = append(faults, fault)
	}
	for _, d := range ofModel {
		fault := c.document.At(c.at + "/model")
		fault.Message = fmt.Sprintf("expected %s %s, known is %s", d.Field, d.Want, d.Got)
		faults = append(faults, fault)
	}
	return check.Fail(name, "%s\nbecause: %s\nmaasctl explain shows every rule that was tried", faults.Error(), settled.Settled.Message)
}
