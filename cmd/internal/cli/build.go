package cli

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
)

// stamp is what a release or an image says of its source: version, commit and date.
// A build in a checkout knows them by itself.
var stamp string //nolint:gochecknoglobals // the linker writes it: -X github.com/maas-kinds/maas/cmd/internal/cli.stamp=VERSION,COMMIT,DATE

// Build is what a binary was made of. What is not known is empty.
type Build struct {
	Version string `json:"version"`
	Commit  string `json:"commit,omitempty"`
	// Date is that of the commit.
	Date     string `json:"date,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

// ReadBuild reads it of the program that runs.
func ReadBuild() Build {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	return buildOf(stamp, info)
}

// buildOf prefers the stamp to what Go has found in the checkout.
func buildOf(stamp string, info *debug.BuildInfo) Build {
	stamped := append(strings.SplitN(stamp, ",", 3), "", "")
	found := map[string]string{}
	for _, setting := range info.Settings {
		found[setting.Key] = setting.Value
	}
	commit := found["vcs.revision"]
	if found["vcs.modified"] == "true" {
		commit += "-dirty"
	}
	return Build{
		Version: cmp.Or(stamped[0], info.Main.Version, "(devel)"), Commit: cmp.Or(stamped[1], commit), Date: cmp.Or(stamped[2], found["vcs.time"]),
		Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
	}
}

// Line is the answer to --version.
func (b Build) Line(program string) string {
	return fmt.Sprintf("%s %s (commit %s, %s, %s %s)\n", program, b.Version, cmp.Or(b.Commit, "not known"), cmp.Or(b.Date, "of no known date"), b.Go, b.Platform)
}
