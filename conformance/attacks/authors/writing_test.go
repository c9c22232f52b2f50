package authors_test

// writing has the files that maasctl writes lead to others.
func writing() []attack {
	const why = "a file of the user's is overwritten, or one is made where an author wants it"
	prove := []string{"test", "kinds", "--junit", "out.xml", "--report", "out.yaml"}
	complete := []string{"test", "kinds", "--write-expectations"}
	draft := []string{"new", "--crd", crdFile, "--dir", "out"}
	drafts := []string{"out", "out/Widget", "out/Widget/*", "out/Widget/*/*"}
	row := func(name string, command, writes []string, author func(s *scene), says ...string) attack {
		return attack{name: "writing/" + name, why: why, command: command, writes: writes, exit: 1, author: author, says: says, notices: []fault{writesThrough}}
	}
	named := func(name, text string, notices ...fault) attack {
		return attack{name: "writing/" + name, why: why, command: draft, writes: drafts, exit: 1, says: []string{"is no kind"}, notices: append(notices, panics),
			author: func(s *scene) { s.replace(crdFile, "kind: Widget", "kind: "+text) }}
	}
	return thin([]attack{
		row("a pin through a link", pin(), nil, func(s *scene) { s.link(pinFile, "../../../home/secret") }, "is there and is a link"),
		row("a pin through a link to nothing", pin(), nil, func(s *scene) { s.link(pinFile, "../../../home/made") }, "is there and is a link"),
		row("a report through a link", prove, []string{"out.xml"}, func(s *scene) { s.link("out.yaml", "../home/secret") }, "is there and is a link"),
		row("a JUnit report through a link", prove, []string{"out.yaml"}, func(s *scene) { s.link("out.xml", "../home/made") }, "is there and is a link"),
		{name: "writing/a report into a pipe", why: why, command: prove, writes: []string{"out.xml"}, exit: 1, says: []string{"out.yaml is there"}, notices: []fault{blocks},
			author: func(s *scene) { s.fifo("out.yaml") }},
		{name: "writing/a report into a folder", why: why, command: prove, writes: []string{"out.xml"}, exit: 1, says: []string{"out.yaml is there"},
			author: func(s *scene) { s.folder("out.yaml") }},
		row("an expectation through a link", complete, nil, func(s *scene) { s.link(caseFile, "../../../home/cases.yaml") }, caseFile),
		row("the folder of a kind is a link", complete, nil, func(s *scene) { s.link("kinds/Widget", "../../home/Widget") }, "kinds"),
		row("a draft where a link is", draft, nil, func(s *scene) { s.link("out/Widget", "../../home/drafts") }, "is there already"),
		named("a draft outside", "../../home/drafts", obeysNames),
		named("a draft at the root", "/tmp/drafts"),
		named("a draft above", `".."`, obeysNames),
		named("a draft of a line", `"Widget\n  noEndpoint: x"`, obeysNames),
		{name: "writing/a draft by a name that leads out", why: why, command: append(draft, "--name", "Widget"), writes: drafts, exit: 1,
			author: func(s *scene) { s.replace(crdFile, "group: example.com", `group: "example.com\n    kind: x"`) }},
	}, 3)
}
