package main

import (
	"archive/tar"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// archive writes an OCI image layout as one tar file. A manifest.json beside
// it describes the first image to Docker without the containerd image store,
// which reads no layout.
func (i *images) archive(file string) (err error) {
	folder, err := os.MkdirTemp("", "maas-image-")
	if err != nil {
		return fmt.Errorf("making a folder for the layout: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	path, err := layout.Write(folder, empty.Index)
	if err != nil {
		return fmt.Errorf("writing the layout: %w", err)
	}
	if err := path.AppendIndex(i.index, layout.WithAnnotations(i.names())); err != nil {
		return fmt.Errorf("writing the layout: %w", err)
	}
	manifest, err := i.docker()
	if err != nil {
		return err
	}
	// Never half an archive under the name of a whole one.
	partial := file + ".partial"
	out, err := os.Create(partial)
	if err != nil {
		return fmt.Errorf("writing the archive: %w", err)
	}
	err = errors.Join(i.pack(out, os.DirFS(folder), manifest), out.Close())
	if err == nil {
		err = os.Rename(partial, file)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("writing the archive: %w", err), os.Remove(partial))
	}
	return nil
}

// names are what an engine that loads the archive calls the image, each engine
// in its own way.
func (i *images) names() map[string]string {
	return map[string]string{
		"org.opencontainers.image.ref.name": i.release.tag,
		"io.containerd.image.name":          "docker.io/library/" + i.command + ":" + i.release.tag,
	}
}

// docker is the manifest.json that `docker save` would write for the first image.
func (i *images) docker() ([]byte, error) {
	config, err := i.first.ConfigName()
	if err != nil {
		return nil, fmt.Errorf("describing the image to Docker: %w", err)
	}
	layers, err := i.first.Layers()
	if err != nil {
		return nil, fmt.Errorf("describing the image to Docker: %w", err)
	}
	described := tarball.Descriptor{Config: blob(config), RepoTags: []string{i.command + ":" + i.release.tag}}
	for _, layer := range layers {
		digest, err := layer.Digest()
		if err != nil {
			return nil, fmt.Errorf("describing the image to Docker: %w", err)
		}
		described.Layers = append(described.Layers, blob(digest))
	}
	return json.Marshal(tarball.Manifest{described})
}

func blob(digest v1.Hash) string { return "blobs/" + digest.Algorithm + "/" + digest.Hex }

// pack writes the layout in the order of its names, and then the manifest.
func (i *images) pack(out *os.File, from fs.FS, manifest []byte) error {
	w := tar.NewWriter(out)
	err := fs.WalkDir(from, ".", func(path string, entered fs.DirEntry, err error) error {
		switch {
		case err != nil || path == ".":
			return err
		case entered.IsDir():
			return entry(w, &tar.Header{Typeflag: tar.TypeDir, Name: path + "/", Mode: 0o755, ModTime: i.release.created}, nil)
		}
		content, err := fs.ReadFile(from, path)
		if err != nil {
			return err
		}
		return i.file(w, path, content)
	})
	return errors.Join(err, i.file(w, "manifest.json", manifest), w.Close())
}

func (i *images) file(w *tar.Writer, path string, content []byte) error {
	return entry(w, &tar.Header{Typeflag: tar.TypeReg, Name: path, Mode: 0o644, Size: int64(len(content)), ModTime: i.release.created}, content)
}
