package engine_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/testenv"
)

// hold edits the ModelKind to what is held back.
func (u *upkeep) hold(t *testing.T, path string, changes ...string) {
	t.Helper()
	spec := u.w.spec(t, append(changes, "$.status.url", path)...)
	u.resource = applyKind(t, u.env, strings.Replace(spec, "metadata:\n", "metadata:\n  annotations: {"+v1alpha1.AnnotationHold+": \"true\"}\n", 1))
}

// expectHeld waits until Held has a reason, and the plan harms as many models.
func (u *upkeep) expectHeld(t *testing.T, reason string, harmed int32, says string) {
	t.Helper()
	testenv.Eventually(t, patience, func() error {
		if err := u.env.Client.Get(t.Context(), client.ObjectKeyFromObject(u.resource), u.resource); err != nil {
			return err
		}
		c := meta.FindStatusCondition(u.resource.Status.Conditions, v1alpha1.ConditionHeld)
		if c == nil || c.Reason != reason || c.ObservedGeneration != u.resource.Generation || !strings.Contains(c.Message, says) {
			return fmt.Errorf("held is %+v, want the reason %s and %q", c, reason, says)
		}
		if p := u.resource.Status.Plan; (p == nil) != (reason == v1alpha1.ReasonWouldBeRefused) || p != nil && (p.Harmed != harmed || p.Generation != u.resource.Generation) {
			return fmt.Errorf("the plan is %+v, want %d harmed", p, harmed)
		}
		return nil
	})
}

func (u *upkeep) expectReleased(t *testing.T) {
	t.Helper()
	u.expectAccepted(t, v1alpha1.ReasonAccepted, "in force")
	testenv.Eventually(t, patience, func() error {
		if err := u.env.Client.Get(t.Context(), client.ObjectKeyFromObject(u.resource), u.resource); err != nil {
			return err
		}
		if meta.FindStatusCondition(u.resource.Status.Conditions, v1alpha1.ConditionHeld) != nil || u.resource.Status.Plan != nil {
			return errors.New("the ModelKind is still said to be held back")
		}
		return nil
	})
}

// A spec that is held back decides nothing, also after a restart and in the API, and
// says what it would do. Without the annotation it does that.
func TestHeldModelKind(t *testing.T) {
	t.Parallel()
	u := newUpkeep(t)
	c := u.run(t)
	u.hold(t, "$.status.other") // It is new: the kind of the file stays in force.
	u.expectHeld(t, v1alpha1.ReasonPlanned, 1, "from Ready Ready at "+byFile+" to Ready Ready at "+bySecond)
	u.expectAccepted(t, v1alpha1.ReasonHeldBack, "nothing of this ModelKind is in force; remove the annotation")
	u.expectAt(t, byFile)

	u.first(t)
	u.expectAt(t, byFirst)
	u.expectReleased(t)
	u.expectKept(t, u.resource.Generation)

	u.hold(t, "$.status.none", "  endpoint:", `  subjects: [{as: beside, object: {group: "", kind: ConfigMap, versions: [v1], name: [{constant: beside}]}}]
  values: {spare: [{of: beside, path: $.data.spare}]}
  model: {displayName: [{value: spare}]}
  endpoint:`)
	u.expectHeld(t, v1alpha1.ReasonPlanned, 1, "granite: NotReady, from Ready Ready at "+byFirst+" to Unhealthy EndpointMissing")
	u.expectAccepted(t, v1alpha1.ReasonHeldBack, "stays in force")
	expectEvent(t, u.env, u.resource, v1alpha1.ReasonPlanned, "Warning")
	if got := u.resource.Status.Plan; len(got.Watches) != 1 || got.Watches[0] != "v1 ConfigMap" || len(got.Roles) != 1 || got.Roles[0] != "configmaps" || got.Changes[0].Effect != "NotReady" {
		t.Errorf("the plan is %+v", got)
	}
	testenv.Eventually(t, patience, func() error {
		if got, err := counted(t, c.registry, "maas_modelkinds_held", nil); err != nil || got != 1 {
			return fmt.Errorf("%v specs are held back (%w), want 1", got, err)
		}
		return nil
	})
	c.stop()
	if got := u.asTheAPI(t); got != u.resource.Status.Revision {
		t.Errorf("an API that starts now has revision %q in force, want %q", got, u.resource.Status.Revision)
	}
	u.run(t)
	u.hold(t, "$.status[")
	u.expectHeld(t, v1alpha1.ReasonWouldBeRefused, 0, "spec.endpoint[0]")
	u.expectAt(t, byFirst)

	u.hold(t, "$.status.none")
	u.expectHeld(t, v1alpha1.ReasonPlanned, 1, "NotReady")
	u.expectAt(t, byFirst)
	u.edit(t, "$.status.none")
	u.expectReleased(t)
	expect(t, u.env, u.model, stands{v1alpha1.PhaseUnhealthy, "", v1alpha1.ReasonEndpointMissing})
}
