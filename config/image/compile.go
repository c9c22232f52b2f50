package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// compile builds each cmd/COMMAND of the module in source into a folder, as one
// file that needs no other. Nothing about this machine or its folders gets into
// it: neither paths, nor the state of the work tree, which the labels of the image
// tell instead. All are built at once: Go then reads the packages once, and links
// as many as there are processors.
func compile(ctx context.Context, source, folder string, commands []string, platform v1.Platform) error {
	args := []string{"build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid=", "-o", folder + string(filepath.Separator)}
	for _, command := range commands {
		args = append(args, "./cmd/"+command)
	}
	build := exec.CommandContext(ctx, "go", args...)
	build.Dir = source
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-mod=readonly", "GOWORK=off", "GOOS="+platform.OS, "GOARCH="+platform.Architecture)
	var output bytes.Buffer
	build.Stdout, build.Stderr = &output, &output
	if err := build.Run(); err != nil {
		return fmt.Errorf("building for %s: %w\n%s", platform, err, output.Bytes())
	}
	return nil
}
