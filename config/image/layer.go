package main

import (
	"archive/tar"
	"bytes"
	"encoding/pem"
	"fmt"
	"io"
	"path"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// user is whom the images run as: a number, because the kubelet cannot tell
// that a name is not root's. It is the one that other minimal images use.
const user = "65532:65532"

const (
	users  = "root:x:0:0:root:/:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/:/sbin/nologin\n"
	groups = "root:x:0:\nnonroot:x:65532:\n"
)

// file is one of an image, owned by root and writable by nobody else.
type file struct {
	path    string
	mode    int64
	content []byte
}

// base is what an image has besides its program.
func base() []file {
	return []file{
		{"etc/group", 0o644, []byte(groups)},
		{"etc/passwd", 0o644, []byte(users)},
		{"etc/ssl/certs/ca-certificates.crt", 0o644, authorities()},
	}
}

// authorities are the certificates of Mozilla's list, in PEM. Those that are
// trusted with a reservation are left out: a file has no place for it.
func authorities() []byte {
	var b bytes.Buffer
	for root := range bundle.Roots() {
		if root.Constraint == nil {
			b.Write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate}))
		}
	}
	return b.Bytes()
}

// layer packs files and the folders they are in.
func layer(created time.Time, files ...file) (v1.Layer, error) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	seen := map[string]bool{".": true}
	for _, f := range files {
		if err := folders(w, path.Dir(f.path), created, seen); err != nil {
			return nil, err
		}
		header := &tar.Header{Typeflag: tar.TypeReg, Name: f.path, Mode: f.mode, Size: int64(len(f.content)), ModTime: created}
		if err := entry(w, header, f.content); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("packing a layer: %w", err)
	}
	packed, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b.Bytes())), nil },
		tarball.WithMediaType(types.OCILayer), tarball.WithCompressedCaching)
	if err != nil {
		return nil, fmt.Errorf("packing a layer: %w", err)
	}
	return packed, nil
}

// folders packs a folder after those it is in, each once.
func folders(w *tar.Writer, folder string, created time.Time, seen map[string]bool) error {
	if seen[folder] {
		return nil
	}
	seen[folder] = true
	if err := folders(w, path.Dir(folder), created, seen); err != nil {
		return err
	}
	return entry(w, &tar.Header{Typeflag: tar.TypeDir, Name: folder + "/", Mode: 0o755, ModTime: created}, nil)
}

func entry(w *tar.Writer, header *tar.Header, content []byte) error {
	if err := w.WriteHeader(header); err != nil {
		return fmt.Errorf("packing %s: %w", header.Name, err)
	}
	if _, err := w.Write(content); err != nil {
		return fmt.Errorf("packing %s: %w", header.Name, err)
	}
	return nil
}
