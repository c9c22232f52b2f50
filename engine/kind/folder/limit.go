package folder

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
)

// Limit is how much is read of something that somebody else fills: a file may
// be a link to one without an end.
type Limit struct {
	// What is read, for messages: "a kind-spec".
	What string
	// Bytes are the most that it may have.
	Bytes int64
}

// The files of a kind's folder.
const (
	SpecFile = "kind.yaml"
	// PinFile is the pinned referent.
	PinFile = "referent.yaml"
	// CasesFile holds the kind's cases.
	CasesFile = "cases.yaml"
	// SourcesFile says where the kind has from what its backend does.
	SourcesFile = "sources.yaml"
)

// The limits of what belongs to a kind.
const (
	// maxSpecSize in bytes, as much as a ConfigMap holds.
	maxSpecSize = 1 << 20
	// maxPinSize in bytes. A pin is a part of CRDs, which have a few megabytes.
	maxPinSize = 4 << 20
	// maxEntries of a folder of kinds, or of a kind.
	maxEntries = 1000
	// MaxSourceSize bounds all kind-specs of one source together, in bytes.
	MaxSourceSize = 16 << 20
)

// ReadSpec reads a file that may be a kind-spec. Whoever fills a directory
// decides what is in it, a pipe without a writer or a disk's worth of data.
func ReadSpec(tree fs.FS, name string) ([]byte, error) {
	return SpecLimit().ReadFile(tree, name)
}

// SpecLimit is how large a kind-spec may be.
func SpecLimit() Limit { return Limit{"a kind-spec", maxSpecSize} }

// ReadPinFile reads a file that may be a pin, for ReadPin.
func ReadPinFile(tree fs.FS, name string) ([]byte, error) {
	return Limit{"a pin", maxPinSize}.ReadFile(tree, name)
}

// ReadFile reads a regular file, or what a link to one leads to. The error is an
// fs.PathError.
func (l Limit) ReadFile(tree fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(tree, name)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular(): // Not opened: that may wait for ever.
		return nil, &fs.PathError{Op: "reading", Path: name, Err: errors.New("it is no regular file")}
	case info.Size() > l.Bytes:
		return nil, &fs.PathError{Op: "reading", Path: name, Err: fmt.Errorf("it has %d bytes, and %s may have %d", info.Size(), l.What, l.Bytes)}
	}
	file, err := tree.Open(name)
	if err != nil {
		return nil, err
	}
	content, err := l.Read(file)
	if err = errors.Join(err, file.Close()); err != nil {
		return nil, &fs.PathError{Op: "reading", Path: name, Err: err}
	}
	return content, nil
}

// Read reads to the end, or says that there is more.
func (l Limit) Read(from io.Reader) ([]byte, error) {
	content, err := io.ReadAll(io.LimitReader(from, l.Bytes+1))
	switch {
	case err != nil:
		return nil, err
	case int64(len(content)) > l.Bytes:
		return nil, fmt.Errorf("it has more than %d bytes, and %s may have %d", l.Bytes, l.What, l.Bytes)
	}
	return content, nil
}

// ReadDir lists a folder of kinds, or of a kind, sorted by name, unless there
// is more in it than anybody would write.
func ReadDir(tree fs.FS, name string) ([]fs.DirEntry, error) {
	file, err := tree.Open(name)
	if err != nil {
		return nil, err
	}
	entries, err := readEntries(file)
	if err = errors.Join(err, file.Close()); err != nil {
		return nil, &fs.PathError{Op: "reading", Path: name, Err: err}
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return cmp.Compare(a.Name(), b.Name()) })
	return entries, nil
}

func readEntries(file fs.File) ([]fs.DirEntry, error) {
	folder, ok := file.(fs.ReadDirFile)
	if !ok {
		return nil, errors.New("it is no folder")
	}
	entries, err := folder.ReadDir(maxEntries + 1)
	switch {
	case err != nil && !errors.Is(err, io.EOF): // EOF says that it is empty.
		return nil, err
	case len(entries) > maxEntries:
		return nil, fmt.Errorf("it holds more than %d entries: put kinds into folders of their own", maxEntries)
	}
	return entries, nil
}
