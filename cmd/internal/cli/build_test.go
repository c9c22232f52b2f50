package cli

import (
	"runtime"
	"runtime/debug"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBuildOf(t *testing.T) {
	checkout := &debug.BuildInfo{Main: debug.Module{Version: "v0.0.0-20260102030405-abc"}, Settings: []debug.BuildSetting{
		{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.time", Value: "2026-01-02T03:04:05Z"}, {Key: "vcs.modified", Value: "true"},
	}}
	for name, test := range map[string]struct {
		stamp string
		info  *debug.BuildInfo
		want  Build
		line  string
	}{
		"a release, whatever the checkout says": {
			"v1.2.3,def,2026-02-03T04:05:06Z", checkout, Build{Version: "v1.2.3", Commit: "def", Date: "2026-02-03T04:05:06Z"},
			"maasctl v1.2.3 (commit def, 2026-02-03T04:05:06Z, ",
		},
		"a checkout with changes": {
			"", checkout, Build{Version: "v0.0.0-20260102030405-abc", Commit: "abc-dirty", Date: "2026-01-02T03:04:05Z"},
			"maasctl v0.0.0-20260102030405-abc (commit abc-dirty, 2026-01-02T03:04:05Z, ",
		},
		"no checkout": {
			"", &debug.BuildInfo{}, Build{Version: "(devel)"}, "maasctl (devel) (commit not known, of no known date, ",
		},
		"a stamp of a version alone": {"v1.2.3", &debug.BuildInfo{}, Build{Version: "v1.2.3"}, "maasctl v1.2.3 (commit not known, of no known date, "},
	} {
		t.Run(name, func(t *testing.T) {
			test.want.Go, test.want.Platform = runtime.Version(), runtime.GOOS+"/"+runtime.GOARCH
			got := buildOf(test.stamp, test.info)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if line, want := got.Line("maasctl"), test.line+got.Go+" "+got.Platform+")\n"; line != want {
				t.Errorf("line %q, want %q", line, want)
			}
		})
	}
}
