package scale

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/maas-kinds/maas/conformance/figures"
)

// Result is a row that was measured.
type Result struct {
	Row
	// RawBefore and RawAfter are how many statuses a second the API server stores
	// while no controller runs: before it sees the models, and after that.
	RawBefore, RawAfter float64
	// Created is how long the making of the models took, Ready how long after its begin
	// the last was Ready, and CPUReady what the controller used for them.
	Created, Ready, CPUReady time.Duration
	// Flips are the times from a backend's change to the status of its model, in order
	// of time.
	Flips []time.Duration
	// Idle is the live heap before there are models, in bytes.
	Idle uint64
	// First and Again are what the process has done and used at its end: the one that
	// saw the models come, and the one after that.
	First, Again Process
	// ReadyAgain and DecidedAgain are how long after its start the second process was
	// ready, and had decided on every model. WrittenAgain is how many it wrote.
	ReadyAgain, DecidedAgain time.Duration
	WrittenAgain             int
}

// Process is what one process of the controller has done.
type Process struct {
	Usage
	// Reconciles are those until there was nothing to do, flips not counted.
	Reconciles float64
}

// rate is how many models a second became Ready.
func (r Result) rate() float64 { return float64(r.Models) / r.Ready.Seconds() }

func (r Result) raw() float64 { return (r.RawBefore + r.RawAfter) / 2 }

// quantile of durations in any order; 0 where there are none.
func quantile(all []time.Duration, q float64) time.Duration {
	if len(all) == 0 {
		return 0
	}
	return slices.Sorted(slices.Values(all))[min(len(all)-1, int(float64(len(all))*q))]
}

// line is one line of the table: what it tells, and a figure of each row.
type line struct {
	tells  string
	figure func(Result) string
}

func lines() []line {
	a := func(f func(Result) float64) func(Result) string {
		return func(r Result) string { return figures.Short(f(r)) }
	}
	seconds := func(f func(Result) time.Duration) func(Result) string {
		return a(func(r Result) float64 { return f(r).Seconds() })
	}
	each := func(f func(Result) float64) func(Result) string {
		return a(func(r Result) float64 { return f(r) / float64(r.Models) })
	}
	flip := func(q float64) func(Result) string {
		return func(r Result) string { return figures.Milliseconds(quantile(r.Flips, q)) }
	}
	size := func(f func(Result) uint64) func(Result) string {
		return a(func(r Result) float64 { return float64(f(r)) / (1 << 20) })
	}
	return []line{
		{"raw: statuses/s before and after", func(r Result) string { return figures.Short(r.RawBefore) + ", " + figures.Short(r.RawAfter) }},
		{"models made within, s", seconds(func(r Result) time.Duration { return r.Created })},
		{"last model Ready after, s", seconds(func(r Result) time.Duration { return r.Ready })},
		{"**models/s to Ready**", a(Result.rate)},
		{"**of the raw rate**", a(func(r Result) float64 { return r.rate() / r.raw() })},
		{"reconciles a model", each(func(r Result) float64 { return r.First.Reconciles })},
		{"controller's CPU, ms a model", each(func(r Result) float64 { return float64(r.CPUReady) / float64(time.Millisecond) })},
		{"flip to status, p50 ms", flip(.5)},
		{"flip to status, p99 ms", flip(.99)},
		{"flip to status, longest ms", flip(1)},
		{"at the end: CPU in all, s", seconds(func(r Result) time.Duration { return r.First.CPU })},
		{"at the end: RSS, MB", size(func(r Result) uint64 { return r.First.Resident })},
		{"at the end: largest RSS, MB", size(func(r Result) uint64 { return r.First.MostAtOnce })},
		{"at the end: heap in use, MB", size(func(r Result) uint64 { return r.First.HeapInUse })},
		{"at the end: live heap, MB", size(func(r Result) uint64 { return r.First.HeapLive })},
		{"**heap a model, KB**", each(func(r Result) float64 { return (float64(r.First.HeapLive) - float64(r.Idle)) / (1 << 10) })},
		{"restart: /readyz after, s", seconds(func(r Result) time.Duration { return r.ReadyAgain })},
		{"restart: all models decided on after, s", seconds(func(r Result) time.Duration { return r.DecidedAgain })},
		{"restart: **statuses written**", func(r Result) string { return fmt.Sprint(r.WrittenAgain) }},
		{"restart: reconciles a model", each(func(r Result) float64 { return r.Again.Reconciles })},
		{"restart: CPU in all, s", seconds(func(r Result) time.Duration { return r.Again.CPU })},
		{"restart: RSS, MB", size(func(r Result) uint64 { return r.Again.Resident })},
		{"restart: largest RSS, MB", size(func(r Result) uint64 { return r.Again.MostAtOnce })},
		{"restart: live heap, MB", size(func(r Result) uint64 { return r.Again.HeapLive })},
	}
}

// WriteTable writes results as a table in Markdown, a column a row that was
// measured, with what machine they are of.
func WriteTable(w io.Writer, now time.Time, results []Result) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s\n\n|", now.UTC().Format("2006-01-02 15:04 MST"), figures.Machine())
	for _, r := range results {
		fmt.Fprintf(&b, " | %s", r.Row)
	}
	b.WriteString(" |\n| --- |" + strings.Repeat(" ---: |", len(results)) + "\n")
	for _, l := range lines() {
		b.WriteString("| " + l.tells)
		for _, r := range results {
			b.WriteString(" | " + l.figure(r))
		}
		b.WriteString(" |\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}
