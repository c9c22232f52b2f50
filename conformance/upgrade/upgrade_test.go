package upgrade_test

import (
	"os"
	"testing"

	"github.com/go-logr/logr"
	"github.com/google/go-cmp/cmp"
	ctrllog "sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/maas-kinds/maas/conformance/install"
	"github.com/maas-kinds/maas/conformance/testenv"
)

func TestMain(m *testing.M) {
	ctrllog.SetLogger(logr.Discard()) // unset, controller-runtime complains with a stack trace
	os.Exit(m.Run())
}

// From the earlier state to the present one, back and once more, as a rolling update
// has it: the manifests, the new programs beside the old ones, and then those end. No
// model is lost, none changes for a moment, and a caller gets the same list.
func TestUpgrade(t *testing.T) {
	testenv.NeedControlPlane(t)
	if testing.Short() {
		t.Skip("this builds the programs of an earlier state: make test runs it")
	}
	was, is := earlier(t), present(t)
	c := newCluster(t)
	install.Apply(t, c.Env, was.manifests)
	at := was.start(t, c)
	c.populate(t)
	before := c.settle(t)
	list := c.list(t, at.api)
	for _, next := range []version{is, was, is} {
		t.Logf("to %s", next.name)
		install.Apply(t, c.Env, next.manifests)
		begun := next.start(t, c)
		if diff := cmp.Diff(list, c.list(t, begun.api)); diff != "" {
			t.Errorf("beside the other version, the API of %s lists (-before +now):\n%s", next.name, diff)
		}
		at.stop()
		at = begun
		c.touch(t)
		if diff := cmp.Diff(before, c.settle(t)); diff != "" {
			t.Errorf("by %s conditions changed, if only for a moment (-before +now):\n%s", next.name, diff)
		}
		if diff := cmp.Diff(list, c.list(t, at.api)); diff != "" {
			t.Errorf("the API of %s lists (-before +now):\n%s", next.name, diff)
		}
	}
}
