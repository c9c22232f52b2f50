package main

import (
	"crypto/sha256"
	"fmt"
	"strings"
)

const krewHead = `# How krew installs maasctl as kubectl maas: kubectl krew install --manifest=maas.yaml
apiVersion: krew.googlecontainertools.github.com/v1alpha2
kind: Plugin
metadata:
  name: maas
spec:
  version: %s
  homepage: https://github.com/maas-kinds/maas
  shortDescription: Check model kinds, and explain what they decide
  description: |
    Lints and tests the kinds of Models as a Service, drafts new ones, and explains
    what a kind decides about a backend object or a MaaSModel of the cluster, and why.
  platforms:
`

const krewPlatform = `    - selector: {matchLabels: {os: %s, arch: %s}}
      uri: %s/%s/%s
      sha256: %x
      bin: %s
      files:
        - {from: %[7]s, to: .}
        - {from: LICENSE, to: .}
`

// krew is the manifest of these archives.
func (s *settings) krew(archives []archived) file {
	var b strings.Builder
	fmt.Fprintf(&b, krewHead, s.source.Version)
	for _, a := range archives {
		fmt.Fprintf(&b, krewPlatform, a.platform.os, a.platform.arch, s.url, s.source.Version, a.file.name, sha256.Sum256(a.file.content), a.platform.program())
	}
	return file{"maas.yaml", 0o644, []byte(b.String())}
}
