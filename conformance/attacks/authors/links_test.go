package authors_test

import "strings"

// place is where an author puts a file that is no file.
type place struct {
	name, file string
	command    []string
	writes     []string
	// named by the user, who then means what a link leads to.
	named bool
}

func places() []place {
	return []place{
		{name: "a kind-spec beside others", file: "kinds/x.yaml", command: lint()},
		{name: "a kind-spec of a folder", file: kindFile, command: lint()},
		{name: "a pin", file: pinFile, command: []string{"rbac", "kinds/Widget"}},
		{name: "cases", file: caseFile, command: prove()},
		{name: "a CRD in a folder", file: "crds/a.yaml", command: pinAll(), writes: []string{pinFile}},
		{name: "a CRD", file: crdFile, command: pin(), writes: []string{pinFile}, named: true},
		{name: "an object", file: objectFile, command: explain(), named: true},
	}
}

// links lead out of the folder, to what only the user may read or to what has no
// end.
func links() []attack {
	var all []attack
	for _, p := range places() {
		home := strings.Repeat("../", strings.Count(p.file, "/")+1) + "home/"
		for target, notices := range map[string][]fault{
			"/dev/zero": {readsAll}, "/dev/urandom": nil, "/proc/self/environ": {followsLinks}, "/etc/passwd": nil, "/proc/self/mem": nil, "/dev/stdin": nil,
			home + "secret": {followsLinks}, home + "config.yaml": {followsLinks}, home + "broken.yaml": nil, home + "Widget.yaml": nil, home + "cases.yaml": nil,
			"nowhere": nil, "": nil,
		} {
			a := attack{
				name: "links/" + p.name + " to " + target, why: "what only the user may read gets into a log, or a run has no end",
				command: p.command, writes: p.writes, exit: 1, says: []string{lastOf(p.file)}, notices: notices,
				author: func(s *scene) { s.link(p.file, target) },
			}
			if p.named && target == home+"Widget.yaml" {
				// It is an object, and the user has named it.
				a.says = nil
			}
			if target == "" {
				a.name, a.notices = "links/"+p.name+" to itself", nil
				a.author = func(s *scene) { s.link(p.file, lastOf(p.file)) }
			}
			all = append(all, a)
		}
	}
	return append(all, linkedFolders()...)
}

func lastOf(file string) string { return file[strings.LastIndexByte(file, '/')+1:] }

func linkedFolders() []attack {
	const why = "what lies outside of the folder is taken for a part of it, or a walk has no end"
	row := func(name, file, target string, command []string, exit int, says ...string) attack {
		return attack{name: "links/" + name, why: why, command: command, exit: exit, says: says, writes: []string{pinFile},
			author: func(s *scene) { s.link(file, target) }}
	}
	return []attack{
		row("the folder of a kind to one outside", "kinds/Other", "../../home/Widget", lint(), 1, "kinds/Other"),
		row("the folder of a kind to the kinds", "kinds/Other", ".", lint(), 1, "kinds/Other"),
		row("the folder of a kind to the root", "kinds/Other", "/", lint(), 1, "kinds/Other"),
		row("cases to a folder outside", caseFile, "../../../home/Widget", prove(), 1, caseFile),
		row("cases to the kind itself", caseFile, ".", prove(), 1, caseFile),
		row("a folder of CRDs to itself", "crds/more", ".", pinAll(), 0),
		row("a folder of CRDs to the root", "crds/more", "/", pinAll(), 0),
	}
}

// waits are things that are no files, where reading may wait for ever.
func waits() []attack {
	var all []attack
	for _, p := range places() {
		for name, put := range map[string]func(s *scene){
			"a pipe":   func(s *scene) { s.fifo(p.file) },
			"a socket": func(s *scene) { s.socket(p.file) },
			"a folder": func(s *scene) { s.folder(p.file) },
		} {
			a := attack{
				name: "waits/" + name + " for " + p.name, why: "a run that waits for ever holds up all others", author: put,
				command: p.command, writes: p.writes, exit: 1, says: []string{lastOf(p.file)},
			}
			switch {
			case name == "a pipe":
				a.notices = []fault{blocks}
			case name == "a folder" && p.file == "crds/a.yaml":
				a.exit, a.says = 0, nil
			}
			all = append(all, a)
		}
	}
	return all
}
