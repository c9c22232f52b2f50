package access

import "slices"

// agenda is what one check has to ask, in the order in which it does: namespaces
// take turns, and the hosts of each, so that nobody's models wait until all those of
// another have answered.
type agenda struct {
	targets []*Target
	// queues that have questions left, the next one in front.
	queues []*queue
	// byQuestion has the host of each question.
	byQuestion []*hostQueue
	// waiting is how many questions are in the queues.
	waiting int
}

// queue has the questions about one namespace's models.
type queue struct {
	// hosts that have questions left, the next one in front.
	hosts []*hostQueue
	// underWay is how many questions have no answer yet.
	underWay int
	// late is set when an endpoint that was at fault before has taken too long to
	// answer its trial: the others' trials are not begun, or all of them together
	// would take as long as nobody waits for one.
	late bool
}

// hostQueue has those about one namespace's models at one host.
type hostQueue struct {
	namespace *queue
	// waiting are numbers of questions.
	waiting  []int
	underWay int
}

// newAgenda has a question for each target, numbered by its place, and none for nil.
func newAgenda(targets []*Target) *agenda {
	a := &agenda{byQuestion: make([]*hostQueue, len(targets)), targets: targets}
	byNamespace, byOwner := map[string]*queue{}, map[owner]*hostQueue{}
	for question, target := range targets {
		if target == nil {
			continue
		}
		a.waiting++
		host := byOwner[target.owner()]
		if host == nil {
			q := byNamespace[target.namespace]
			if q == nil {
				q = &queue{}
				byNamespace[target.namespace] = q
				a.queues = append(a.queues, q)
			}
			host = &hostQueue{namespace: q}
			byOwner[target.owner()] = host
			q.hosts = append(q.hosts, host)
		}
		host.waiting = append(host.waiting, question)
		a.byQuestion[question] = host
	}
	return a
}

// split makes two agendas with the same numbers of one that has not begun: that of
// the targets to set apart, and that of the others.
func (a *agenda) split(apart func(*Target) bool) (others, those *agenda) {
	var targets [2][]*Target
	for i := range targets {
		targets[i] = make([]*Target, len(a.targets))
	}
	for question, target := range a.targets {
		which := 0
		if target != nil && apart(target) {
			which = 1
		}
		targets[which][question] = target
	}
	return newAgenda(targets[0]), newAgenda(targets[1])
}

// order has the targets at each host asked in an order.
func (a *agenda) order(compare func(t, other *Target) int) {
	for _, q := range a.queues {
		for _, host := range q.hosts {
			slices.SortStableFunc(host.waiting, func(i, j int) int { return compare(a.targets[i], a.targets[j]) })
		}
	}
}

// refuse gives all that would be asked the same answer.
func (a *agenda) refuse(answers []answer, what answer) {
	for question, target := range a.targets {
		if target != nil {
			answers[question] = what
		}
	}
}

// begin asks one question: of the first namespace, and the first host there, that
// have less than their shares of most questions under way, and whose question can be
// asked at once. It is false where there is none. Then an answer may change that; if
// no question is under way, none will come, and ask is told to wait.
func (a *agenda) begin(most, underWay int, ask func(question int, target *Target, late, wait bool) bool) bool {
	if len(a.queues) > 1 {
		most = share(most)
	}
	for i, q := range a.queues {
		if q.underWay >= most {
			continue
		}
		var room [2]int // on the stack: this runs for each question
		next := q.next(most, room[:0])
		for k, j := range next {
			question := q.hosts[j].waiting[0]
			last := i == len(a.queues)-1 && k == len(next)-1
			if ask(question, a.targets[question], q.late, underWay == 0 && last) {
				a.begun(i, j)
				return true
			}
		}
	}
	return false
}

// next adds the places of the hosts to try, as many as there is room for: no more than one can have its share of all
// turns where its namespace has not, nor of those of this check.
func (q *queue) next(most int, places []int) []int {
	for j, host := range q.hosts {
		if len(q.hosts) > 1 && host.underWay >= share(most) {
			continue
		}
		if places = append(places, j); len(places) == cap(places) {
			break
		}
	}
	return places
}

// begun says that the first question of a namespace's host is asked.
func (a *agenda) begun(i, j int) {
	q := a.queues[i]
	host := q.hosts[j]
	a.waiting--
	host.waiting = host.waiting[1:]
	host.underWay++
	q.underWay++
	q.hosts = toBack(q.hosts, j, len(host.waiting) > 0)
	a.queues = toBack(a.queues, i, len(q.hosts) > 0)
}

// toBack takes an element out and, if it stays, adds it behind the others.
func toBack[E any](queue []E, i int, stays bool) []E {
	if stays && i == len(queue)-1 {
		return queue
	}
	element := queue[i]
	if i == 0 {
		queue = queue[1:]
	} else {
		queue = append(queue[:i:i], queue[i+1:]...)
	}
	if stays {
		queue = append(queue, element)
	}
	return queue
}

// end says that a question is answered.
func (a *agenda) end(got arrival) {
	host := a.byQuestion[got.question]
	host.underWay--
	host.namespace.underWay--
	host.namespace.late = host.namespace.late || got.answer.late
}
