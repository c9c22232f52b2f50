// Package build compiles commands of a module for a platform, the same everywhere.
package build

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// Source is what is built.
type Source struct {
	// Folder of the module that has cmd/COMMAND.
	Folder string
	// Version, Revision and Created are what --version says.
	Version, Revision string
	Created           time.Time
}

// stamped is the variable that holds them.
const stamped = "github.com/maas-kinds/maas/cmd/internal/cli.stamp"

// Commands builds each cmd/COMMAND into a folder, as one file that needs no other.
// Nothing about this machine or its folders gets into it: neither paths, nor the state
// of the work tree. All are built at once: Go then reads the packages once, and links
// as many as there are processors.
func (s Source) Commands(ctx context.Context, folder string, commands []string, goos, goarch string) error {
	stamp := fmt.Sprintf("%s,%s,%s", s.Version, s.Revision, s.Created.UTC().Format(time.RFC3339))
	args := []string{"build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid= -X " + stamped + "=" + stamp, "-o", folder + string(filepath.Separator)}
	for _, command := range commands {
		args = append(args, "./cmd/"+command)
	}
	build := exec.CommandContext(ctx, "go", args...)
	build.Dir = s.Folder
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-mod=readonly", "GOWORK=off", "GOOS="+goos, "GOARCH="+goarch)
	var output bytes.Buffer
	build.Stdout, build.Stderr = &output, &output
	if err := build.Run(); err != nil {
		return fmt.Errorf("building for %s/%s: %w\n%s", goos, goarch, err, output.Bytes())
	}
	return nil
}
