package engine

import (
	"context"
	"maps"
	"slices"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/clock"

	"github.com/maas-kinds/maas/engine/registry"
)

// Which kinds are in use after models have come, gone and moved, and how often that
// was news. A minute passes before each step; a kind stays in use for five.
func TestUsage(t *testing.T) {
	t.Parallel()
	kinds := map[string]string{"deployment": "aliases: [Deploy]", "service": "aliases: []"}
	files := fstest.MapFS{}
	for name, more := range kinds {
		files[name+".yaml"] = &fstest.MapFile{Data: []byte("apiVersion: maas.opendatahub.io/v1alpha1\nkind: ModelKind\nmetadata: {name: " + name + "}\nspec:\n" +
			"  description: A test\n  " + more + "\n  noReferent: it is a test\n  noEndpoint: it is a test\n")}
	}
	set, err := registry.Load(registry.Source{FS: files})
	if err != nil {
		t.Fatal(err)
	}
	type step struct{ model, kind string }
	idle := step{}
	for name, test := range map[string]struct {
		steps []step
		want  []string
		news  int
	}{
		"no model":                              {nil, nil, 0},
		"a model":                               {[]step{{"a", "service"}}, []string{"service"}, 1},
		"a second of the kind is no news":       {[]step{{"a", "service"}, {"b", "service"}}, []string{"service"}, 1},
		"by an alias":                           {[]step{{"a", "Deploy"}}, []string{"deployment"}, 1},
		"of a kind that nobody knows":           {[]step{{"a", "Deplyo"}}, nil, 1},
		"one of two goes":                       {[]step{{"a", "service"}, {"b", "service"}, {"a", ""}, idle, idle, idle, idle, idle}, []string{"service"}, 1},
		"the last has just gone":                {[]step{{"a", "service"}, {"a", ""}}, []string{"service"}, 1},
		"it comes again in time":                {[]step{{"a", "service"}, {"a", ""}, idle, {"a", "service"}, idle, idle, idle, idle, idle}, []string{"service"}, 1},
		"it has gone for long":                  {[]step{{"a", "service"}, {"a", ""}, idle, idle, idle, idle, idle}, nil, 2},
		"a model moves, and its kind is let go": {[]step{{"a", "service"}, {"a", "deployment"}, idle, idle, idle, idle, idle}, []string{"deployment"}, 3},
		"a model changes in something else":     {[]step{{"a", "service"}, {"a", "service"}}, []string{"service"}, 1},
		"one goes that was never counted":       {[]step{{"a", ""}, idle, idle, idle, idle, idle}, nil, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				news := 0
				u := newUsage(clock.RealClock{}, 5*time.Minute, func() { news++ })
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				go func() { _ = u.Run(ctx) }()
				for _, s := range test.steps {
					<-time.After(time.Minute)
					u.note(types.NamespacedName{Name: s.model}, s.kind)
				}
				<-time.After(time.Second)
				synctest.Wait()
				got := slices.Sorted(maps.Keys(u.among(set)))
				if diff := cmp.Diff(test.want, got); diff != "" || news != test.news {
					t.Errorf("news %d times, want %d; in use (-want +got):\n%s", news, test.news, diff)
				}
			})
		})
	}
}
