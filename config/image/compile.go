package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// compile builds cmd/COMMAND of the module in source as one file that needs no
// other. Nothing about this machine or its folders gets into it: neither paths,
// nor the state of the work tree, which the labels of the image tell instead.
func compile(ctx context.Context, source, command string, platform v1.Platform) (content []byte, err error) {
	folder, err := os.MkdirTemp("", "maas-image-")
	if err != nil {
		return nil, fmt.Errorf("making a folder for the binary: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	binary := filepath.Join(folder, command)
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid=", "-o", binary, "./cmd/"+command)
	build.Dir = source
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-mod=readonly", "GOWORK=off", "GOOS="+platform.OS, "GOARCH="+platform.Architecture)
	var output bytes.Buffer
	build.Stdout, build.Stderr = &output, &output
	if err := build.Run(); err != nil {
		return nil, fmt.Errorf("building it for %s: %w\n%s", platform, err, output.Bytes())
	}
	content, err = os.ReadFile(binary)
	if err != nil {
		return nil, fmt.Errorf("reading what was built: %w", err)
	}
	return content, nil
}
