package authors_test

import "time"

// fault is something that maasctl must not do, planted to see who notices.
type fault string

// sound is maasctl itself. The naive program without a fault is none.
const (
	sound fault = ""
	none  fault = "none"
)

const (
	printsRaw     fault = "prints what it reads as it stands"
	readsAll      fault = "reads files without a limit"
	followsLinks  fault = "reads where links lead"
	writesThrough fault = "writes where links lead"
	expandsAll    fault = "writes aliases and templates out without a budget"
	padsDocuments fault = "pads each document with the lines before it"
	blocks        fault = "waits for pipes"
	panics        fault = "panics on bad input"
	keepsSilent   fault = "passes bad input"
	obeysNames    fault = "writes wherever a name leads"
	plainXML      fault = "writes text into XML as it stands"
	plainMermaid  fault = "writes text into drawings as it stands"
	plainYAML     fault = "writes names into YAML as they stand"
)

func faults() []fault {
	return []fault{printsRaw, readsAll, followsLinks, writesThrough, expandsAll, padsDocuments, blocks, panics, keepsSilent,
		obeysNames, plainXML, plainMermaid, plainYAML}
}

// patience is short with a program that is known to wait for ever.
func (f fault) patience() time.Duration {
	if f == blocks {
		return patience / 15
	}
	return patience
}
