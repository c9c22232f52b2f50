// Package page is the page of the workbench: files that are served as they are, in
// front of one of two engines. What it has in common with the page of the listing API
// is taken from there.
package page

import (
	"embed"
	"fmt"
	"path"
	"slices"

	"github.com/maas-kinds/maas/api/web"
)

//go:embed static
var static embed.FS

// Engine is the file by which the page asks what follows of what is typed.
type Engine string

// The engines.
const (
	// Server asks the process that serves the page.
	Server Engine = "engine-server.js"
	// WebAssembly runs in the page.
	WebAssembly Engine = "engine-wasm.js"
)

// Policy lets the page load its own files and ask its own origin, and nothing else.
// Text never becomes markup or script (W3C Trusted Types); the one policy that the page
// makes is for the address of its worker. It stands in the page too, for hosts that
// send no headers.
const Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; worker-src 'self'; " +
	"base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types workbench"

// Files gives all files of the page with an engine, in no order. The page itself has no
// name, and all others belong into web.AssetsPath.
func Files(engine Engine) ([]web.File, error) {
	shared, err := web.Files()
	if err != nil {
		return nil, err
	}
	files := slices.DeleteFunc(shared, func(f web.File) bool {
		return !slices.Contains([]string{"dom.js", "text.js", "page.css", "icon.svg"}, f.Name)
	})
	entries, err := static.ReadDir("static")
	if err != nil {
		return nil, fmt.Errorf("reading the page's folder: %w", err)
	}
	types := map[string]string{".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
	for _, entry := range entries {
		body, err := static.ReadFile("static/" + entry.Name())
		if err != nil {
			return nil, fmt.Errorf("reading the page's file %s: %w", entry.Name(), err)
		}
		file := web.File{Name: entry.Name(), ContentType: types[path.Ext(entry.Name())], Body: body}
		switch Engine(file.Name) {
		case engine:
			file.Name = "engine.js"
		case Server, WebAssembly:
			continue
		case "index.html":
			file.Name = ""
		}
		files = append(files, file)
	}
	return files, nil
}
