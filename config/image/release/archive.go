package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// pack makes the archive for a platform. Owners, dates and the order of files are the
// same wherever it is made.
func (s *settings) pack(p platform, files []file) (file, error) {
	name := fmt.Sprintf("%s_%s_%s_%s", command, s.source.Version, p.os, p.arch)
	var b bytes.Buffer
	write := s.tarball
	if p.os == "windows" {
		name, write = name+".zip", s.zip
	} else {
		name += ".tar.gz"
	}
	if err := write(&b, files); err != nil {
		return file{}, fmt.Errorf("packing %s: %w", name, err)
	}
	return file{name, 0o644, b.Bytes()}, nil
}

func (s *settings) tarball(to io.Writer, files []file) error {
	compressed, err := gzip.NewWriterLevel(to, gzip.BestCompression)
	if err != nil {
		return err
	}
	w := tar.NewWriter(compressed)
	for _, f := range files {
		header := &tar.Header{Typeflag: tar.TypeReg, Name: f.name, Mode: f.mode, Size: int64(len(f.content)), ModTime: s.source.Created, Format: tar.FormatUSTAR}
		err = errors.Join(err, w.WriteHeader(header))
		_, writing := w.Write(f.content)
		err = errors.Join(err, writing)
	}
	return errors.Join(err, w.Close(), compressed.Close())
}

func (s *settings) zip(to io.Writer, files []file) error {
	w := zip.NewWriter(to)
	var err error
	for _, f := range files {
		header := &zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: s.source.Created}
		header.SetMode(fs.FileMode(f.mode)) //nolint:gosec // a mode is a small number
		entry, making := w.CreateHeader(header)
		if making != nil {
			return making
		}
		_, writing := entry.Write(f.content)
		err = errors.Join(err, writing)
	}
	return errors.Join(err, w.Close())
}
