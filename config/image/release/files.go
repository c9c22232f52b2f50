package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// file is one of a release, or of an archive.
type file struct {
	name    string
	mode    int64
	content []byte
}

// archived is the archive for a platform.
type archived struct {
	platform platform
	file     file
}

// command is what is released.
const command = "maasctl"

// program is the name of the command on a platform.
func (p platform) program() string {
	if p.os == "windows" {
		return command + ".exe"
	}
	return command
}

// make builds everything in a folder.
func (s *settings) make(ctx context.Context, work string) ([]file, error) {
	here := platform{runtime.GOOS, runtime.GOARCH}
	wanted := s.platforms
	if !slices.Contains(wanted, here) {
		wanted = append(slices.Clone(wanted), here) // which writes the manual
	}
	for _, p := range wanted {
		if err := s.source.Commands(ctx, filepath.Join(work, p.os+"_"+p.arch), []string{command}, p.os, p.arch); err != nil {
			return nil, err
		}
	}
	beside, err := s.beside(ctx, work, filepath.Join(work, here.os+"_"+here.arch, here.program()))
	if err != nil {
		return nil, err
	}
	var made []file
	var archives []archived
	for _, p := range s.platforms {
		binary := filepath.Join(work, p.os+"_"+p.arch, p.program())
		content, err := os.ReadFile(binary)
		if err != nil {
			return nil, fmt.Errorf("reading what was built: %w", err)
		}
		packed, err := s.pack(p, append([]file{{p.program(), 0o755, content}}, beside...))
		if err != nil {
			return nil, err
		}
		archives, made = append(archives, archived{p, packed}), append(made, packed)
		if s.sbom == "" {
			continue
		}
		parts, err := s.parts(ctx, binary, packed.name)
		if err != nil {
			return nil, err
		}
		made = append(made, parts)
	}
	return append(made, checksums(made), s.krew(archives)), nil
}

// beside is what an archive has beside the command, as the command itself writes it.
func (s *settings) beside(ctx context.Context, work, binary string) ([]file, error) {
	licence, err := os.ReadFile(filepath.Join(s.source.Folder, "LICENSE"))
	if err != nil {
		return nil, fmt.Errorf("reading the licence: %w", err)
	}
	files := []file{{"LICENSE", 0o644, licence}}
	for _, shell := range [][2]string{{"bash", "maasctl.bash"}, {"fish", "maasctl.fish"}, {"powershell", "maasctl.ps1"}, {"zsh", "_maasctl"}} {
		script, err := exec.CommandContext(ctx, binary, "completion", shell[0]).Output()
		if err != nil {
			return nil, fmt.Errorf("writing the completion for %s: %w", shell[0], told(err))
		}
		files = append(files, file{"completions/" + shell[1], 0o644, script})
	}
	manual := filepath.Join(work, "man")
	if _, err := exec.CommandContext(ctx, binary, "man", manual).Output(); err != nil {
		return nil, fmt.Errorf("writing the manual: %w", told(err))
	}
	pages, err := filepath.Glob(filepath.Join(manual, "*.1"))
	if err != nil {
		return nil, err
	}
	for _, page := range pages {
		content, err := os.ReadFile(page)
		if err != nil {
			return nil, fmt.Errorf("reading the manual: %w", err)
		}
		files = append(files, file{"man/" + filepath.Base(page), 0o644, content})
	}
	return files, nil
}

// parts lists the modules of a binary.
func (s *settings) parts(ctx context.Context, binary, archive string) (file, error) {
	output := binary + ".cdx.json"
	list := exec.CommandContext(ctx, s.sbom, "bin", "-json", "-licenses", "-noserial", "-notimestamp", "-version", s.source.Version, "-output", output, binary) //nolint:gosec // whoever runs this names the program
	list.Dir = s.source.Folder
	if said, err := list.CombinedOutput(); err != nil {
		return file{}, fmt.Errorf("listing what %s is made of: %w\n%s", archive, err, said)
	}
	content, err := os.ReadFile(output)
	if err != nil {
		return file{}, fmt.Errorf("reading what %s is made of: %w", archive, err)
	}
	return file{archive + ".cdx.json", 0o644, content}, nil
}

// told adds what a program has said to its error.
func told(err error) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return fmt.Errorf("%w: %s", err, exit.Stderr)
	}
	return err
}

// checksums are those of files, as sha256sum --check reads them.
func checksums(files []file) file {
	var b strings.Builder
	for _, f := range files {
		fmt.Fprintf(&b, "%x  %s\n", sha256.Sum256(f.content), f.name)
	}
	return file{"checksums.txt", 0o644, []byte(b.String())}
}
