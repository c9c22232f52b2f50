package kind

import (
	"slices"

	"github.com/maas-kinds/maas/api/v1alpha1"
)

// adviseDefaults notes what is written out although it would be so anyway.
func (c compiler) adviseDefaults() {
	if probe := c.spec.Probe; probe != nil {
		for name, isDefault := range map[string]bool{
			"policy": probe.Policy == v1alpha1.ProbePolicy(ProbePerCaller), "path": probe.Path == DefaultProbe().Path,
			"method": probe.Method == DefaultProbe().Method, "expect": probe.Expect == v1alpha1.ProbeExpectation(ExpectNoPage),
			"accept": slices.Equal(scalarsOf(probe.Accept), []any{"2xx", 405.0}),
		} {
			if isDefault {
				c.doc.adviseAt(ruleDefault, "/spec/probe/"+name, "this is the default, leave it out")
			}
		}
	}
}
