package soak

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// What faults are called.
const (
	wrongStatus = "wrong status"
	wrongList   = "wrong list"
	tokenAstray = "token astray"
	wrongExit   = "process ended"
)

// Result is what a run came to.
type Result struct {
	Seed   uint64
	Models int
	// Lasted is how long it was played.
	Lasted time.Duration
	// Steps are how many disturbances there were of each action.
	Steps map[Action]int
	// Looks are how often statuses were held against what they must be, Lists how often
	// lists were, and Probes how many requests came to backends.
	Looks, Lists, Probes int
	// WrongReady is how long models were Ready, summed up, that must not be, and
	// ListedReady how long models were listed as ready that must not be.
	WrongReady, ListedReady time.Duration
	Faults                  []Fault
	Growth                  []Growth
}

// Sound says whether nothing was wrong.
func (r Result) Sound() bool {
	for _, g := range r.Growth {
		if !g.Flat {
			return false
		}
	}
	return len(r.Faults) == 0
}

func (r Result) count(what string) int {
	n := 0
	for _, f := range r.Faults {
		if f.What == what {
			n++
		}
	}
	return n
}

func seconds(d time.Duration) float64 { return d.Round(100 * time.Millisecond).Seconds() }

// Write writes the result as a table in Markdown, with each fault below it.
func (r Result) Write(out io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "seed %d, %s, %d models\n\n| figure | found | must be |\n| --- | ---: | ---: |\n", r.Seed, r.Lasted.Round(time.Second), r.Models)
	row := func(figure string, found, must any) { fmt.Fprintf(&b, "| %s | %v | %v |\n", figure, found, must) }
	for _, action := range []Action{setReferent, setModel, setCRD, setKind, contend, kill, freeze, mend} {
		row("steps: "+string(action), r.Steps[action], "")
	}
	row("looks at all statuses", r.Looks, "")
	row("lists", r.Lists, "")
	row("probes at backends", r.Probes, "")
	row("seconds of wrong Ready", seconds(r.WrongReady), 0)
	row("transitions that were lost", r.count(wrongStatus), 0)
	row("seconds of wrong ready in lists", seconds(r.ListedReady), 0)
	row("lists that stayed wrong", r.count(wrongList), 0)
	row("tokens astray", r.count(tokenAstray), 0)
	row("processes that ended by themselves", r.count(wrongExit), 0)
	b.WriteString("\n| process | figure | first rest | last rest | apart | rests | |\n| --- | --- | ---: | ---: | ---: | ---: | --- |\n")
	for _, g := range r.Growth {
		verdict := "flat"
		if !g.Flat {
			verdict = "**grows**"
		}
		fmt.Fprintf(&b, "| %s | %s | %.1f | %.1f | %s | %d | %s |\n", g.Process, g.Figure, g.First, g.Last, g.Apart.Round(time.Second), g.Rests, verdict)
	}
	for _, f := range r.Faults {
		fmt.Fprintf(&b, "\n%s\n", f)
	}
	_, err := io.WriteString(out, b.String())
	return err
}
