// Package web is the page at / of the listing API: what one token may use, with
// search, facets and examples to copy. The files are served as they are, nothing
// builds them. The page is a client of GET /v1/models like any other: it knows
// nothing that the API does not tell the token that is typed into it, and keeps
// that token in memory alone.
package web

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
)

//go:embed static
var static embed.FS

// Path is where the page is.
const Path = "/"

// AssetsPath is where what belongs to it is.
const AssetsPath = "/assets/"

// TryScript is the worker that asks a model in the name of the page, with a policy of
// its own.
const TryScript = "try-worker.js"

// index is the file of the page itself.
const index = "index.html"

// File is one of the files of the page.
type File struct {
	// Name is that in AssetsPath; the page itself has none.
	Name string
	// ContentType is the value of the header.
	ContentType string
	Body        []byte
}

// Files gives all files, in the order of their names.
func Files() ([]File, error) {
	entries, err := fs.ReadDir(static, "static")
	if err != nil {
		return nil, fmt.Errorf("reading the page's folder: %w", err)
	}
	types := map[string]string{
		".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
	}
	var files []File
	for _, entry := range entries {
		contentType, known := types[path.Ext(entry.Name())]
		if !known {
			return nil, fmt.Errorf("the page's file %s has no Content-Type: name it .html, .css, .js or .svg", entry.Name())
		}
		body, err := fs.ReadFile(static, "static/"+entry.Name())
		if err != nil {
			return nil, fmt.Errorf("reading the page's file %s: %w", entry.Name(), err)
		}
		file := File{Name: entry.Name(), ContentType: contentType, Body: body}
		if file.Name == index {
			file.Name = ""
		}
		files = append(files, file)
	}
	return files, nil
}
