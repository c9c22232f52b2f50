package access

import "github.com/maas-kinds/maas/engine/kind"

// Asleep is the target of a model whose backend sleeps and would be woken by a
// question, where the kind does not want that. It is like that of Target, shares
// what is remembered of it, and is never asked, neither for itself nor as a decoy.
func (p *Policy) Asleep(model, endpoint, kindName string, probe kind.Probe) *Target {
	t := p.Target(model, endpoint, kindName, probe)
	t.asleep = true
	return t
}

// unwoken is the caller's verdict on a backend that sleeps: whoever was let in
// lately, and not turned away since, still is. Nobody else sees it, for nobody can
// say whether they may use it.
func (c *Checker) unwoken(caller *Caller, target *Target, all *tally) (Decision, Asked) {
	last, ok := c.memory.letIn(caller.decisionKey(target))
	if !ok {
		all.Decided++
		return Denied, Asked{}
	}
	all.decided(last.Checked)
	all.until = min(all.until, last.Checked+int64(admittedFor))
	return Allowed, last
}
