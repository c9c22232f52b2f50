package main

import (
	"fmt"
	"regexp"
	"slices"
)

// A draft has these as they stand, and names a folder by the first. What an
// object or a CRD says could else end its line, or lead out of --dir.
var (
	plainKind = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]{0,62}$`)
	plainWord = regexp.MustCompile(`^[A-Za-z0-9]([-A-Za-z0-9_./]{0,251}[A-Za-z0-9])?$`)
	plainPath = regexp.MustCompile(`^\$[-A-Za-z0-9_.*\[\]]{1,255}$`)
)

// plain refuses names that Kubernetes does not have, and leaves out what else
// cannot be written into a draft.
func (f *findings) plain(name string) error {
	for _, text := range []string{f.kind, name} {
		if !plainKind.MatchString(text) {
			return fmt.Errorf("%q is no kind: write letters and digits, starting with a letter; --name gives a kind-spec another name", text)
		}
	}
	for _, text := range append(slices.Clone(f.versions), f.group) {
		if text != "" && !plainWord.MatchString(text) {
			return fmt.Errorf("%q is no group or version of the Kubernetes API", text)
		}
	}
	strange := func(pattern *regexp.Regexp) func(string) bool {
		return func(text string) bool { return !pattern.MatchString(text) }
	}
	f.conditions = slices.DeleteFunc(f.conditions, strange(plainWord))
	f.words = slices.DeleteFunc(f.words, strange(plainWord))
	f.urls = slices.DeleteFunc(f.urls, strange(plainPath))
	if !plainPath.MatchString(f.state) {
		f.state, f.words = "", nil
	}
	return nil
}
