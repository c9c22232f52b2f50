package screen

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

const (
	// gap is what stands between two columns.
	gap = "  "
	// narrowest is how narrow a column may be made.
	narrowest = 12
)

// Table is rows of cells in columns. A row may have fewer cells than others.
type Table struct{ rows [][]string }

// Add adds a row.
func (t *Table) Add(cells ...string) { t.rows = append(t.rows, cells) }

// Write lays the table out. Where it is wider than the width, its widest columns go on
// in further lines: nothing is cut. A width of 0 has no end.
func (t *Table) Write(out io.Writer, width int) error {
	widths := t.fit(width)
	var b strings.Builder
	for _, row := range t.rows {
		t.writeRow(&b, row, widths)
	}
	if _, err := io.WriteString(out, b.String()); err != nil {
		return fmt.Errorf("writing a table: %w", err)
	}
	return nil
}

// fit is how wide each column is.
func (t *Table) fit(width int) []int {
	var widths []int
	for _, row := range t.rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	if width <= 0 {
		return widths
	}
	for excess(widths, width) > 0 {
		widest := 0
		for i := range widths {
			if widths[i] > widths[widest] {
				widest = i
			}
		}
		if widths[widest] <= narrowest {
			break
		}
		widths[widest]--
	}
	return widths
}

func excess(widths []int, width int) int {
	total := -len(gap)
	for _, w := range widths {
		total += w + len(gap)
	}
	return total - width
}

// writeRow writes as many lines as the longest cell needs.
func (*Table) writeRow(b *strings.Builder, row []string, widths []int) {
	cells := make([][]string, len(row))
	lines := 1
	for i, cell := range row {
		cells[i] = Wrap(cell, widths[i])
		lines = max(lines, len(cells[i]))
	}
	for n := range lines {
		line := ""
		for i := range cells {
			text := ""
			if n < len(cells[i]) {
				text = cells[i][n]
			}
			line += text + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(text)) + gap
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}
