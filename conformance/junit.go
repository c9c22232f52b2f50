package conformance

import (
	"encoding/xml"
	"fmt"
	"strings"

	"github.com/maas-kinds/maas/conformance/check"
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
		Failures: level.Count(check.Failed), Skipped: level.Count(check.Skipped),
	}
	for _, result := range level.Checks {
		// XML has no way to write control characters.
		message := syntax.Visible(result.Message)
		c := junitCase{ClassName: syntax.Visible(kindName + "." + level.ID), Name: syntax.Visible(result.Name)}
		first, _, _ := strings.Cut(message, "\n")
		switch result.Outcome {
		case check.Failed:
			c.Failure = &junitMessage{first, message}
		case check.Skipped:
			c.Skipped = &junitMessage{Message: first}
		case check.Passed:
		}
		suite.Cases = append(suite.Cases, c)
	}
	return suite
}
