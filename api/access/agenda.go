package access

// agenda is what one check has to ask, in the order in which it does: namespaces
// take turns, so that nobody's models wait until all those of another have answered.
type agenda struct {
	targets []*Target
	// queues that have questions left, the next one in front.
	queues []*queue
	// byQuestion has the queue of each question.
	byQuestion []*queue
	// waiting is how many questions are in the queues.
	waiting int
}

// queue has the questions about one namespace's models.
type queue struct {
	// waiting are numbers of questions, under way how many have no answer yet.
	waiting  []int
	underWay int
	// late is set when an endpoint that was at fault before has taken too long to
	// answer its trial: the others' trials are not begun, or all of them together
	// would take as long as nobody waits for one.
	late bool
}

// newAgenda has a question for each of the indices of targets, numbered from 0, but
// for those to leave out.
func newAgenda(targets []*Target, indices []int, leaveOut func(*Target) bool) *agenda {
	a := &agenda{byQuestion: make([]*queue, len(indices)), targets: make([]*Target, len(indices))}
	byNamespace := map[string]*queue{}
	for question, i := range indices {
		target := targets[i]
		if leaveOut(target) {
			continue
		}
		a.waiting++
		q := byNamespace[target.namespace]
		if q == nil {
			q = &queue{}
			byNamespace[target.namespace] = q
			a.queues = append(a.queues, q)
		}
		q.waiting = append(q.waiting, question)
		a.byQuestion[question], a.targets[question] = q, target
	}
	return a
}

// refuse gives all that would be asked the same answer.
func (a *agenda) refuse(answers []answer, what answer) {
	for question, target := range a.targets {
		if target != nil {
			answers[question] = what
		}
	}
}

// begin asks one question: of the first queue that has less than its share of most
// questions under way, and whose question can be asked at once. It is false where
// there is none. Then an answer may change that; if no question is under way, none
// will come, and ask is told to wait.
func (a *agenda) begin(most, underWay int, ask func(question int, target *Target, late, wait bool) bool) bool {
	for i, q := range a.queues {
		if len(a.queues) > 1 && q.underWay >= share(most) {
			continue
		}
		if ask(q.waiting[0], a.targets[q.waiting[0]], q.late, underWay == 0 && i == len(a.queues)-1) {
			a.begun(i)
			return true
		}
	}
	return false
}

// begun says that the first question of a queue is asked.
func (a *agenda) begun(i int) {
	q := a.queues[i]
	a.waiting--
	q.waiting = q.waiting[1:]
	q.underWay++
	if i == 0 {
		a.queues = a.queues[1:]
	} else {
		a.queues = append(a.queues[:i:i], a.queues[i+1:]...)
	}
	if len(q.waiting) > 0 {
		a.queues = append(a.queues, q)
	}
}

// end says that a question is answered.
func (a *agenda) end(got arrival) {
	q := a.byQuestion[got.question]
	q.underWay--
	q.late = q.late || got.answer.late
}
