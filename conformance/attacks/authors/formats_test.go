package authors_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/maas-kinds/maas/engine/kind/contract"
)

// breakout is text that ends what is around it in XML, HTML, Markdown, YAML and
// Mermaid, as a quoted string of YAML, and begins something of its own.
const breakout = `"\"]]]></failure><script>alert(1)</script>--><img src=x onerror=alert(1)>\"]\n  click n0 href \"javascript:alert(1)\"\n---\n- apiGroups: [\"*\"]\n"`

// formats puts syntax into what is written for programs: reports and drawings.
func formats() []attack {
	const why = "what an author writes is run, or read as something that the program has said"
	prove := []string{"test", "kinds", "--junit", "out.xml", "--report", "out.yaml"}
	reported := func(name string, author func(s *scene), notices ...fault) attack {
		return attack{name: "formats/a report of " + name, why: why, command: prove, writes: []string{"out.xml", "out.yaml"}, exit: 1,
			author: author, also: reportsAreSound, notices: notices}
	}
	drawn := func(name, old, text string, notices ...fault) attack {
		return attack{name: "formats/a drawing of " + name, why: why, command: []string{"graph", "kinds"}, exit: findings,
			author: func(s *scene) { s.replace(kindFile, old, text) }, also: drawingIsSound, notices: notices}
	}
	return thin([]attack{
		reported("a description", func(s *scene) { s.replace(caseFile, "phase: Ready", "phase: "+breakout) }, plainXML),
		reported("a word that is expected", func(s *scene) { s.replace(caseFile, "reason: BackendReady", "reason: "+breakout) }, plainXML),
		reported("a message", func(s *scene) {
			s.replace(caseFile, `status: "True", reason: Serving`, `status: "False", reason: Bad, message: `+breakout)
		}, plainXML),
		reported("the name of a file", func(s *scene) { s.write(`kinds/Widget/"><script>alert(1)<`, "x\n") }, plainXML),
		reported("the name of a folder", func(s *scene) { s.write("kinds/<script>\"&'/kind.yaml", "x: 1\n") }, plainXML),
		// JUnit's report has no waivers.
		reported("a waiver", func(s *scene) {
			s.replace(caseFile, "spec:\n", "spec:\n  waivers: [{mutant: "+breakout+", reason: "+breakout+"}]\n")
		}),
		drawn("a label", `name: [{template: "{name}-serve"}]`, "labels: {app: "+breakout+"}"),
		drawn("a condition", "condition: Ready", "condition: "+breakout),
		drawn("a status", `{condition: Ready, status: "True"}`, "{condition: Ready, status: "+breakout+"}"),
		drawn("a reason", "Lost]", breakout+"]"),
		drawn("a word", "{path: $.status.replicas, atLeast: 1}", "{path: $.status.state, equals: "+breakout+"}", plainMermaid),
		drawn("a constant", "constant: 8000", "constant: "+breakout, plainMermaid),
		drawn("a path", "path: $.status.url", `path: "$.status['x\"]\n click n0 href \"javascript:alert(1)\"']"`),
		drawn("a template", `"http://{name}.{namespace}.svc:{port}"`, `"http://{name}\"/]\n  click n0 href \"javascript:alert(1)"`),
		drawn("a because", "      is: Failed\n", "      is: Failed\n      because: [{template: "+breakout+"}]\n"),
	}, 5)
}

// reportsAreSound reads the reports as strictly as programs may.
func reportsAreSound(s *scene, _ outcome) []string {
	var all []string
	allowed := []string{"testsuites", "testsuite", "testcase", "failure", "skipped"}
	decoder := xml.NewDecoder(strings.NewReader(s.read("out.xml")))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return append(all, fmt.Sprintf("the JUnit report is no XML: %v", err))
		}
		switch t := token.(type) {
		case xml.StartElement:
			if !slices.Contains(allowed, t.Name.Local) {
				all = append(all, "the JUnit report has an element "+t.Name.Local)
			}
		case xml.Comment, xml.Directive:
			all = append(all, fmt.Sprintf("the JUnit report has a %T", t))
		}
	}
	var report map[string]any
	if err := yaml.UnmarshalStrict([]byte(s.read("out.yaml")), &report); err != nil || report["kinds"] == nil {
		all = append(all, fmt.Sprintf("the report is not what it was: %v", err))
	}
	return append(all, filesAreVisible(s, outcome{})...)
}

// mermaidLine is a line that maasctl writes in a drawing.
var mermaidLine = regexp.MustCompile(`^(---|title: Widget|flowchart LR|  n\d+ --> n\d+|  n\d+(\["[^"]*"\]|\("[^"]*"\)|\{\{"[^"]*"\}\}|\[/"[^"]*"/\]))$`)

// drawingIsSound holds for faults as well, which are named by file and line.
func drawingIsSound(_ *scene, o outcome) []string {
	if o.exit != 0 {
		if !strings.HasPrefix(o.output, kindFile+":") {
			return []string{"the fault is not named"}
		}
		return nil
	}
	var all []string
	for line := range strings.Lines(o.output) {
		if line = strings.TrimRight(line, "\n"); !mermaidLine.MatchString(line) || strings.Contains(line, "<script") || strings.Contains(line, "<img") {
			all = append(all, fmt.Sprintf("the drawing has a line %q", line))
		}
	}
	return all
}

// roles are those that somebody applies without reading them twice.
func roles() []attack {
	const why = "a role that is applied as it is printed gives more than the kinds read"
	rbac := []string{"rbac", "kinds"}
	row := func(name, says string, change func(pin *contract.Pin), notices ...fault) attack {
		return attack{name: "roles/" + name, why: why, command: rbac, exit: 1, says: []string{".yaml:", says}, also: roleIsSound,
			notices: append(notices, keepsSilent), author: func(s *scene) { s.seal(change) }}
	}
	plural := func(text string) func(pin *contract.Pin) {
		return func(pin *contract.Pin) { pin.Contracts[1].Plural = text }
	}
	const noName, noType, unread = "is no name of a resource", "the pin has no Widget", "does not read"
	return []attack{
		row("all resources", noName, plural("*")),
		row("all parts of a resource", noName, plural("*/*")),
		row("a part of a resource", noName, plural("widgets/status")),
		row("rules behind a name", noName, plural("w]\n- apiGroups: ['*']\n  resources: ['*']\n  verbs: ['*'] #"), plainYAML),
		row("all groups", noType, func(pin *contract.Pin) { pin.Contracts[1].Group = "*" }),
		row("another group", noType, func(pin *contract.Pin) { pin.Contracts[1].Group = "rbac.authorization.k8s.io" }),
		row("Secrets by another name", "Secrets are never read", func(pin *contract.Pin) { pin.Contracts[0].Plural = "secrets" }),
		row("what is not read as well", unread, func(pin *contract.Pin) {
			more := pin.Contracts[1]
			more.Kind, more.Plural = "Gadget", "gadgets"
			pin.Contracts = append(pin.Contracts, more)
		}),
		{name: "roles/secrets", why: why, command: rbac, exit: 1, also: roleIsSound, author: func(s *scene) {
			s.replace(kindFile, "group: \"\", kind: Service", "group: \"\", kind: Secret")
		}},
		{name: "roles/all kinds", why: why, command: rbac, exit: 1, says: []string{kindFile + ":"}, notices: []fault{keepsSilent},
			author: func(s *scene) { s.replace(kindFile, "    kind: Widget", `    kind: "*"`) }},
		{name: "roles/all groups of a kind", why: why, command: rbac, exit: 1, says: []string{kindFile + ":"},
			author: func(s *scene) { s.replace(kindFile, "group: example.com", `group: "*"`) }},
		{name: "roles/a pin by a CRD of all", why: why, command: pin(), writes: []string{pinFile}, exit: 1, says: []string{kindFile + ":", noName},
			author: func(s *scene) { s.replace(crdFile, "plural: widgets", `plural: "*"`) }},
	}
}

// seal changes the pin and gives it the hash that it has to have.
func (s *scene) seal(change func(pin *contract.Pin)) {
	s.t.Helper()
	var written struct {
		Spec struct {
			Contracts []contract.Contract `json:"contracts"`
		} `json:"spec"`
	}
	s.must(yaml.Unmarshal([]byte(s.read(pinFile)), &written))
	pin := &contract.Pin{Name: "Widget", Contracts: written.Spec.Contracts}
	change(pin)
	content, err := pin.YAML()
	s.must(err)
	s.write(pinFile, string(content))
}

// roleIsSound reads the role as kubectl does.
func roleIsSound(_ *scene, o outcome) []string {
	if o.exit != 0 {
		return nil
	}
	var role struct {
		Kind  string
		Rules []struct{ APIGroups, Resources, Verbs []string }
	}
	_, text, _ := strings.Cut(o.output, "apiVersion:")
	if err := yaml.Unmarshal([]byte("apiVersion:"+text), &role); err != nil || role.Kind != "ClusterRole" {
		return []string{fmt.Sprintf("it is no ClusterRole: %v", err)}
	}
	var all []string
	for _, rule := range role.Rules {
		for _, group := range rule.APIGroups {
			for _, resource := range rule.Resources {
				if at := group + "/" + resource; at != "example.com/widgets" && at != "/services" {
					all = append(all, "the role has "+at)
				}
			}
		}
		for _, verb := range rule.Verbs {
			if verb != "list" && verb != "watch" {
				all = append(all, "the role has the verb "+verb)
			}
		}
	}
	return all
}
