package conformance

import (
	"encoding/xml"
	"fmt"
	"strings"

	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// JUnit XML, as continuous integration systems read it: a suite for each level
// of each kind, a case for each check.
type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Skipped  int          `xml:"skipped,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	ClassName string        `xml:"classname,attr"`
	Name      string        `xml:"name,attr"`
	Failure   *junitMessage `xml:"failure"`
	Skipped   *junitMessage `xml:"skipped"`
}

type junitMessage struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// JUnit writes proofs as JUnit XML.
func JUnit(proofs []Proof) ([]byte, error) {
	all := junitSuites{Name: "kinds"}
	for _, proof := range proofs {
		for _, level := range proof.Levels {
			suite := junitSuiteOf(proof.Folder.Name, level)
			all.Tests += suite.Tests
			all.Failures += suite.Failures
			all.Skipped += suite.Skipped
			all.Suites = append(all.Suites, suite)
		}
	}
	content, err := xml.MarshalIndent(all, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing JUnit XML: %w", err)
	}
	return append([]byte(xml.Header), append(content, '\n')...), nil
}

func junitSuiteOf(kindName string, level LevelProof) junitSuite {
	suite := junitSuite{
		Name: syntax.Visible(fmt.Sprintf("%s %s %s", kindName, level.ID, level.Title)), Tests: len(level.Checks),
		Failures: level.Count(Failed), Skipped: level.Count(Skipped),
	}
	for _, check := range level.Checks {
		// XML has no way to write control characters.
		message := syntax.Visible(check.Message)
		c := junitCase{ClassName: syntax.Visible(kindName + "." + level.ID), Name: syntax.Visible(check.Name)}
		first, _, _ := strings.Cut(message, "\n")
		switch check.Outcome {
		case Failed:
			c.Failure = &junitMessage{first, message}
		case Skipped:
			c.Skipped = &junitMessage{Message: first}
		case Passed:
		}
		suite.Cases = append(suite.Cases, c)
	}
	return suite
}
