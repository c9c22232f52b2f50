// Package playground builds the workbench as a folder of static files, which any web
// server can serve: the page, and the engine in WebAssembly.
package playground

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/maas-kinds/maas/api/web"
	"github.com/maas-kinds/maas/conformance/workbench/page"
)

// MaxEngine is how large the engine may be, compressed, in bytes: somebody waits for it.
const MaxEngine = 8 << 20

const enginePackage = "github.com/maas-kinds/maas/conformance/workbench/cmd/engine"

// Size is how large the engine has become, in bytes.
type Size struct{ Plain, Compressed int }

// Build writes the folder, in the place of one that is there. It runs go, which has to
// be called inside the module.
func Build(ctx context.Context, out string) (Size, error) {
	made, err := os.MkdirTemp(filepath.Dir(out), ".playground-")
	if err != nil {
		return Size{}, fmt.Errorf("making a folder beside %s: %w", out, err)
	}
	defer func() { _ = os.RemoveAll(made) }()
	size, err := build(ctx, made)
	if err != nil {
		return size, err
	}
	if err := os.RemoveAll(out); err != nil {
		return size, fmt.Errorf("removing what was built before: %w", err)
	}
	if err := os.Rename(made, out); err != nil {
		return size, fmt.Errorf("putting the folder into its place: %w", err)
	}
	return size, os.Chmod(out, 0o755)
}

func build(ctx context.Context, out string) (Size, error) {
	files, err := page.Files(page.WebAssembly)
	if err != nil {
		return Size{}, err
	}
	engine, size, err := compile(ctx)
	if err != nil {
		return size, err
	}
	glue, err := glueOf(ctx)
	if err != nil {
		return size, err
	}
	files = append(files, web.File{Name: "engine.wasm.gz", Body: engine}, web.File{Name: "wasm_exec.js", Body: glue})
	assets := filepath.Join(out, web.AssetsPath)
	if err := os.Mkdir(assets, 0o755); err != nil {
		return size, err
	}
	for _, file := range files {
		name := filepath.Join(assets, file.Name)
		if file.Name == "" {
			name = filepath.Join(out, "index.html")
		}
		if err := os.WriteFile(name, file.Body, 0o644); err != nil {
			return size, err
		}
	}
	return size, nil
}

// compile gives the engine, compressed.
func compile(ctx context.Context) ([]byte, Size, error) {
	dir, err := os.MkdirTemp("", "maas-engine-")
	if err != nil {
		return nil, Size{}, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	binary := filepath.Join(dir, "engine.wasm")
	command := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", binary, enginePackage)
	command.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
	if output, err := command.CombinedOutput(); err != nil {
		return nil, Size{}, fmt.Errorf("compiling the engine: %w\n%s", err, output)
	}
	content, err := os.ReadFile(binary)
	if err != nil {
		return nil, Size{}, err
	}
	var compressed bytes.Buffer
	writer, err := gzip.NewWriterLevel(&compressed, gzip.BestCompression)
	if err != nil {
		return nil, Size{}, err
	}
	if _, err := writer.Write(content); err != nil {
		return nil, Size{}, err
	}
	if err := writer.Close(); err != nil {
		return nil, Size{}, err
	}
	size := Size{len(content), compressed.Len()}
	if size.Compressed > MaxEngine {
		return nil, size, fmt.Errorf("the engine has %d bytes compressed, and may have %d: look for what it imports that it needs not", size.Compressed, MaxEngine)
	}
	return compressed.Bytes(), size, nil
}

// glueOf is the script of Go's distribution that runs what it has compiled.
func glueOf(ctx context.Context) ([]byte, error) {
	root, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("finding Go's distribution: %w", err)
	}
	content, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec.js"))
	if err != nil {
		return nil, fmt.Errorf("reading what runs WebAssembly: %w", err)
	}
	return content, nil
}
