package access

import (
	"container/list"
	"sync"
	"time"
)

// idleConnections keeps connections for the next probe of the same target:
// never for another's. It closes none, but gives back those to be closed.
type idleConnections struct {
	most, mostOfTarget int

	mu     sync.Mutex
	closed bool
	// order has the longest idle connection in front; of one target the same
	// holds in byTarget.
	order    *list.List // of *connection
	byTarget map[targetKey][]*list.Element
}

func newIdleConnections(most, mostOfTarget int) *idleConnections {
	return &idleConnections{most: most, mostOfTarget: mostOfTarget, order: list.New(), byTarget: map[targetKey][]*list.Element{}}
}

// put keeps a connection, and gives back those that there is no room for.
func (i *idleConnections) put(c *connection, now time.Time) (displaced []*connection) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.closed {
		return []*connection{c}
	}
	if same := i.byTarget[c.target]; len(same) >= i.mostOfTarget {
		displaced = append(displaced, i.remove(same[0]))
	}
	if i.order.Len() >= i.most {
		displaced = append(displaced, i.remove(i.order.Front()))
	}
	c.idleSince = now
	i.byTarget[c.target] = append(i.byTarget[c.target], i.order.PushBack(c))
	return displaced
}

// take gives the target's connection that was used last; nil when it has none.
func (i *idleConnections) take(key targetKey) *connection {
	i.mu.Lock()
	defer i.mu.Unlock()
	same := i.byTarget[key]
	if len(same) == 0 {
		return nil
	}
	return i.remove(same[len(same)-1])
}

// expire gives back the connections that have been idle since before then.
func (i *idleConnections) expire(before time.Time) (expired []*connection) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for front := i.order.Front(); front != nil; front = i.order.Front() {
		if idle, ok := front.Value.(*connection); ok && !idle.idleSince.Before(before) {
			break
		}
		expired = append(expired, i.remove(front))
	}
	return expired
}

// close gives back all connections, and will keep no more.
func (i *idleConnections) close() (rest []*connection) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.closed = true
	for i.order.Len() > 0 {
		rest = append(rest, i.remove(i.order.Front()))
	}
	return rest
}

// remove takes out a target's first or last element.
func (i *idleConnections) remove(element *list.Element) *connection {
	idle, _ := i.order.Remove(element).(*connection)
	same := i.byTarget[idle.target]
	switch {
	case len(same) == 1:
		delete(i.byTarget, idle.target)
	case same[0] == element:
		i.byTarget[idle.target] = same[1:]
	default:
		i.byTarget[idle.target] = same[:len(same)-1]
	}
	return idle
}
