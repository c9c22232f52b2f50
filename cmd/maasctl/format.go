package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/maas-kinds/maas/cmd/internal/screen"
	"github.com/maas-kinds/maas/engine/kind/syntax"
)

// formatUsage describes -o of a command that prints a report.
const formatUsage = "`FORMAT` of the output: text, wide, where values are whole and lines have no end, json or yaml (default text)"

// reportFormats are those that -o takes for a report.
func reportFormats() []string { return []string{"text", "wide", "json", "yaml"} }

// formatFault says that what was given is no format; empty when it is one.
func formatFault(given string, formats []string) string {
	if slices.Contains(formats, given) {
		return ""
	}
	return fmt.Sprintf("-o %q is no format, write %s", given, either(formats))
}

// forPeople says whether a format is read by people.
func forPeople(format string) bool { return format == "text" || format == "wide" }

// writeAs writes a value for programs, as JSON or YAML.
func writeAs(out io.Writer, format string, value any) error {
	if format == "json" {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		return encoder.Encode(value)
	}
	content, err := syntax.YAML(value)
	if err != nil {
		return fmt.Errorf("writing %s: %w", format, err)
	}
	_, err = out.Write(content)
	return err
}

// laidOut is the streams for a format: only text is as wide as the terminal.
func (std ioStreams) laidOut(format string) ioStreams {
	if format != "text" {
		std.screen.Width = 0
	}
	return std
}

// wrapped goes on in further lines where the terminal ends.
func (std ioStreams) wrapped(text string) string {
	return screen.Indent(text, std.screen.Width, "    ")
}
