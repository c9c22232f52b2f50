package soak

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// Action is what a step does.
type Action string

// The actions. Each says what is to be so afterwards, whatever was before, so that
// a step that has to wait for the API server is as good later.
const (
	// setReferent brings a member's backend into a state.
	setReferent Action = "referent"
	// setModel creates a MaaSModel, deletes it, or points it at another kind.
	setModel Action = "model"
	// setCRD installs the CRD of the gadgets, or deletes it with all of them.
	setCRD Action = "crd"
	// setKind edits the ModelKind of the widgets, breaks it, or deletes it.
	setKind Action = "modelkind"
	// contend has somebody else write a MaaSModel many times in a row.
	contend Action = "contend"
	// kill ends a process by SIGKILL and starts it again.
	kill Action = "kill"
	// freeze stops a process by SIGSTOP for a time: to everybody else it is there
	// and says nothing.
	freeze Action = "freeze"
	// mend brings everything back to how it was at the start; nothing happens until
	// the next step.
	mend Action = "rest"
)

// The states.
const (
	absent = "absent"
	up     = "up"
	down   = "down"
	failed = "failed"
	// lagging is up, of a generation that its status does not speak of yet.
	lagging = "lagging"
	// astray is a MaaSModel of a kind that there is not.
	astray = "astray"

	first  = "first"
	second = "second"
	broken = "broken"
)

// The processes.
const (
	theController = "maas-controller"
	theAPI        = "maas-api"
	theServer     = "kube-apiserver"
)

// Step is one disturbance.
type Step struct {
	// At is when, from the start; later where the one before took longer.
	At      time.Duration
	Do      Action
	Target  string
	State   string
	Variant int
	// For is how long it lasts.
	For time.Duration
}

// String is as the report has it.
func (s Step) String() string {
	text := strings.TrimSpace(fmt.Sprintf("%s %s %s", s.Do, s.Target, s.State))
	if s.Do == setReferent && s.State != absent {
		text += fmt.Sprintf(" v%d", s.Variant)
	}
	if s.For > 0 {
		text += " for " + s.For.String()
	}
	return fmt.Sprintf("%s %s", s.At.Round(100*time.Millisecond), text)
}

const (
	// restFor is how long nothing happens at the end of a round: longer than a
	// status may lag, so that whatever is wrong then is noticed.
	restFor = 25 * time.Second
	// pause is that between two steps, about; heavyPause that between two of those
	// that keep everybody busy.
	pause      = 700 * time.Millisecond
	heavyPause = 9 * time.Second
)

// rounds divides a run: each is disturbances and then a rest.
func rounds(lasts time.Duration) int {
	const usual = 90 * time.Second
	return max(1, int(lasts/usual))
}

// Plan is what a seed has happen in a run of a time, to so many models.
func Plan(seed uint64, lasts time.Duration, models int) []Step {
	p := planner{random: rand.New(rand.NewPCG(seed, 0)), cast: theCast(models)} //nolint:gosec // a run has to be repeated, not guessed
	n := rounds(lasts)
	round := lasts / time.Duration(n)
	for i := range n {
		// Processes are killed in the first third only: those that live on from there
		// show whether anything grows.
		p.round(time.Duration(i)*round, round-restFor, i*3 < n)
	}
	return p.steps
}

type planner struct {
	random *rand.Rand
	cast   []member
	steps  []Step
}

// round adds a round of disturbances, and the rest after it.
func (p *planner) round(from, lasts time.Duration, kills bool) {
	end := from + lasts
	heavy := from + heavyPause/2
	for at := from; at < end; at += p.between(pause/2, pause*3/2) {
		if at >= heavy && at+heavyPause < end+pause {
			p.add(at, p.heavy(kills))
			heavy = at + p.between(heavyPause, heavyPause*3/2)
			continue
		}
		p.add(at, p.light())
	}
	p.add(end, Step{Do: mend, For: restFor})
}

func (p *planner) add(at time.Duration, s Step) {
	s.At = at
	p.steps = append(p.steps, s)
}

func (p *planner) between(least, most time.Duration) time.Duration {
	return least + time.Duration(p.random.Int64N(int64(most-least)))
}

func (p *planner) one(of ...string) string { return of[p.random.IntN(len(of))] }

// light is a change of one object.
func (p *planner) light() Step {
	m := p.cast[p.random.IntN(len(p.cast))]
	switch dice := p.random.IntN(20); {
	case dice == 0:
		return Step{Do: setModel, Target: m.name, State: absent}
	case dice < 4:
		return Step{Do: setModel, Target: m.name, State: p.one(up, up, up, astray)}
	case dice < 6:
		return Step{Do: contend, Target: m.name}
	default:
		for m.sort == aliases {
			m = p.cast[p.random.IntN(len(p.cast))]
		}
		return Step{Do: setReferent, Target: m.name, State: p.one(statesOf(m.sort)...), Variant: p.random.IntN(2)}
	}
}

// statesOf are those that a referent may be in.
func statesOf(s sort) []string {
	switch s {
	case services:
		return []string{up, up, down, absent}
	case gadgets:
		return []string{up, up, down, failed, lagging, absent}
	case widgets:
		return []string{up, up, down, failed, absent}
	default:
		return []string{up}
	}
}

// heavy is a disturbance of many at a time.
func (p *planner) heavy(kills bool) Step {
	seconds := func(least, most int) time.Duration {
		return time.Duration(least+p.random.IntN(most-least+1)) * time.Second
	}
	switch dice := p.random.IntN(10); {
	case dice < 2:
		return Step{Do: setCRD, State: p.one(absent, up)}
	case dice < 5:
		return Step{Do: setKind, State: p.one(first, second, broken, absent)}
	case dice < 6 && kills:
		return Step{Do: kill, Target: theController}
	case dice < 7 && kills:
		return Step{Do: kill, Target: theAPI}
	case dice < 8:
		return Step{Do: kill, Target: theServer}
	case dice < 9:
		return Step{Do: freeze, Target: theServer, For: seconds(2, 8)}
	default:
		return Step{Do: freeze, Target: p.one(theController, theController, theAPI), For: seconds(2, 6)}
	}
}
