package engine_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/manager"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/conformance/testenv"
	"github.com/maas-kinds/maas/engine"
)

// While a ModelKind is broken a restart changes nothing, and writes nothing.
func TestLastGoodOutlivesARestart(t *testing.T) {
	t.Parallel()
	u := newUpkeep(t)
	c := u.run(t)
	u.breakIt(t)
	c.stop()
	if got := u.asTheAPI(t); got != u.resource.Status.Revision {
		t.Errorf("an API that starts now has revision %q in force, want %q", got, u.resource.Status.Revision)
	}
	u.expectAt(t, byFirst)
	before := []string{u.resource.ResourceVersion, u.model.ResourceVersion, u.kept(t)[0].ResourceVersion}

	sent := &traffic{}
	c = u.run(t, sent.tap)
	path := "/apis/apps/v1/namespaces/" + u.state + "/controllerrevisions/" + u.resource.Status.LastGood.Name
	testenv.Eventually(t, patience, func() error {
		if reads, resolved := sent.reads(path), counts(t, c, "maas_status_writes_total", map[string]string{"outcome": "unchanged"}); reads < 2 || resolved == 0 {
			return fmt.Errorf("the revision was read %d times, and %d models were decided on", reads, resolved)
		}
		return nil
	})
	c.stop()
	u.expectAt(t, byFirst)
	u.expectAccepted(t, v1alpha1.ReasonServingPreviousRevision, "of generation 1, kept since ")
	for i, after := range []string{u.resource.ResourceVersion, u.model.ResourceVersion, u.kept(t)[0].ResourceVersion} {
		if after != before[i] {
			t.Errorf("%s was written by a restart", []string{"the ModelKind", "the model", "what is kept"}[i])
		}
	}
	for _, part := range []string{"/maasmodels/", "/modelkinds/", "/controllerrevisions"} {
		if got := sent.writesTo(part); got != 0 {
			t.Errorf("%d writes to %s at a restart, want none", got, part)
		}
	}
	if loud := c.log.loud(); len(loud) > 0 {
		t.Errorf("logged: %q", loud)
	}

	u.run(t)
	u.second(t)
	u.expectAt(t, bySecond)
	u.expectAccepted(t, v1alpha1.ReasonAccepted, "in force")
	u.expectKept(t, 3)
	u.first(t)
	u.expectAt(t, byFirst)
	u.expectKept(t, 4)
}

// Nothing is decided while what was in force cannot be read for a moment.
func TestLastGoodIsReadAgain(t *testing.T) {
	t.Parallel()
	u := newUpkeep(t)
	c := u.run(t)
	u.breakIt(t)
	c.stop()
	u.expectAt(t, byFirst)
	before := u.model.ResourceVersion
	var faults atomic.Int32
	sent := &traffic{}
	sent.intercept(func(request *http.Request) *http.Response {
		if !strings.Contains(request.URL.Path, "/controllerrevisions/") || faults.Add(1) > 3 {
			return nil
		}
		return answer(request, http.StatusInternalServerError, `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"InternalError","code":500,"message":"away"}`)
	})
	c = u.run(t, sent.tap)
	testenv.Eventually(t, patience, func() error {
		if counts(t, c, "maas_status_writes_total", map[string]string{"outcome": "unchanged"}) == 0 {
			return fmt.Errorf("no model was decided on, after %d faults", faults.Load())
		}
		return nil
	})
	u.expectAt(t, byFirst)
	if faults.Load() < 4 || u.model.ResourceVersion != before {
		t.Errorf("after %d requests the model was written: %t", faults.Load(), u.model.ResourceVersion != before)
	}
}

// A ModelKind that is deleted takes its revision along; what a garbage collector has
// not removed yet is of no use to one that is made again.
func TestLastGoodOfADeletedModelKind(t *testing.T) {
	t.Parallel()
	u := newUpkeep(t)
	c := u.run(t)
	u.breakIt(t)
	left := u.kept(t)[0].DeepCopy()
	if err := u.env.Client.Delete(t.Context(), u.resource.DeepCopy()); err != nil {
		t.Fatal(err)
	}
	u.expectAt(t, byFile)
	c.stop()

	said := u.resource.Status.LastGood
	u.broken(t)
	forged := &v1alpha1.ModelKind{}
	if err := u.env.Client.Get(t.Context(), client.ObjectKeyFromObject(u.resource), forged); err != nil {
		t.Fatal(err)
	}
	forged.Status.LastGood = said // as a backup that is restored does
	if err := u.env.Client.Status().Update(t.Context(), forged); err != nil {
		t.Fatal(err)
	}
	u.run(t)
	u.expectAccepted(t, v1alpha1.ReasonInvalid, "it is of an earlier ModelKind of this name")
	u.expectAt(t, byFile)
	u.first(t)
	u.expectAt(t, byFirst)
	u.expectKept(t, 2)
	if u.kept(t)[0].UID == left.UID {
		t.Error("the revision of the earlier ModelKind is still there")
	}
}

// What somebody else writes in the place of what was kept is not in force.
func TestForgedRevision(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		forge func(*appsv1.ControllerRevision) *appsv1.ControllerRevision
		says  string
	}{
		"another spec": {func(r *appsv1.ControllerRevision) *appsv1.ControllerRevision {
			r.Data.Raw = []byte(strings.Replace(string(r.Data.Raw), "$.status.url", "$.status.other", 1))
			return r
		}, "it has another spec than the one that was in force"},
		"no owner": {func(r *appsv1.ControllerRevision) *appsv1.ControllerRevision {
			r.OwnerReferences = nil
			return r
		}, "it is not of this ModelKind"},
		"nothing": {func(*appsv1.ControllerRevision) *appsv1.ControllerRevision { return nil }, "not found"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := newUpkeep(t)
			c := u.run(t)
			u.breakIt(t)
			c.stop()
			kept := u.kept(t)[0]
			if err := u.env.Client.Delete(t.Context(), kept.DeepCopy()); err != nil {
				t.Fatal(err)
			}
			kept.ResourceVersion, kept.UID = "", ""
			if forged := tc.forge(kept.DeepCopy()); forged != nil {
				if err := u.env.Client.Create(t.Context(), forged); err != nil {
					t.Fatal(err)
				}
			}
			u.run(t)
			u.expectAccepted(t, v1alpha1.ReasonInvalid, tc.says)
			u.expectAt(t, byFile)
			expectEvent(t, u.env, u.resource, v1alpha1.ReasonInvalid, "Warning")
			u.first(t)
			u.expectAt(t, byFirst)
			u.expectKept(t, 3)
		})
	}
}

// A replica that starts while a ModelKind is broken, and leads later, decides as the
// one before it.
func TestLastGoodOfTheNextLeader(t *testing.T) {
	t.Parallel()
	u := newUpkeep(t)
	elect := func(_ *rest.Config, options *manager.Options, _ *engine.Options) {
		options.LeaderElection, options.LeaderElectionNamespace, options.LeaderElectionID = true, u.state, "leader"
		options.LeaderElectionReleaseOnCancel = true
	}
	leader := u.run(t, elect)
	u.breakIt(t)
	sent := &traffic{}
	next := u.run(t, elect, sent.tap)
	leader.stop()
	testenv.Eventually(t, patience, func() error {
		if counts(t, next, "maas_status_writes_total", map[string]string{"outcome": "unchanged"}) == 0 {
			return fmt.Errorf("the next leader has decided on no model: %s", next.log.text())
		}
		return nil
	})
	u.expectAt(t, byFirst)
	u.expectAccepted(t, v1alpha1.ReasonServingPreviousRevision, "of generation 1, kept since ")
	for _, part := range []string{"/maasmodels/", "/modelkinds/", "/controllerrevisions"} {
		if got := sent.writesTo(part); got != 0 {
			t.Errorf("%d writes to %s by the next leader, want none", got, part)
		}
	}
	u.second(t)
	u.expectAt(t, bySecond)
	u.expectKept(t, 3)
}

// Where nothing can be kept the kind is in force all the same, and it is said; what
// an author has replaced is not kept on in its place.
func TestRevisionCannotBeKept(t *testing.T) {
	t.Parallel()
	u := newUpkeep(t)
	sent := &traffic{}
	c := u.run(t, sent.tap)
	u.first(t)
	u.expectKept(t, 1)
	sent.intercept(func(request *http.Request) *http.Response {
		if request.Method == http.MethodPost && strings.Contains(request.URL.Path, "/controllerrevisions") {
			return answer(request, http.StatusForbidden, `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","code":403,"message":"no"}`)
		}
		return nil
	})
	u.second(t)
	u.expectAt(t, bySecond)
	u.expectAccepted(t, v1alpha1.ReasonAccepted, "in force")
	expectEvent(t, u.env, u.resource, "NotKept", "Warning")
	testenv.Eventually(t, patience, func() error {
		if got, err := counted(t, c.registry, "maas_modelkinds_unkept", nil); err != nil || got != 1 {
			return fmt.Errorf("%v revisions are not kept (%w), want 1", got, err)
		}
		return nil
	})
	if u.resource.Status.LastGood != nil {
		t.Errorf("the status still names %+v", u.resource.Status.LastGood)
	}
	sent.intercept(nil)
	u.first(t) // What has this spec is there still, of generation 1.
	u.expectAt(t, byFirst)
	u.expectKept(t, 1)
}
