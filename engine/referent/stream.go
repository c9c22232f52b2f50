package referent

// syncState is what is known about the stream that feeds a store.
type syncState struct {
	// unused: nobody asks for objects, and they may be read.
	unused bool
	// listed: the objects are complete. streaming: changes arrive.
	listed, streaming bool
	// synced: both held at one time. Reading needs both: who may list and not
	// watch would otherwise be served for the moment between the two.
	synced bool
	// refused: list or watch is forbidden, and has not worked since.
	refused bool
	// failing: list or watch has failed for long, and has not worked since.
	failing bool
}

func (t syncState) state() State {
	switch {
	case t.unused:
		return Unused
	case t.refused:
		return Forbidden
	case t.failing:
		return Failing
	case !t.synced:
		return Starting
	case t.streaming:
		return Synced
	}
	return Stale
}

// fault is why nothing can be read; the zero fault is none.
type fault struct {
	// cause tells faults apart, message is for people.
	cause, message string
}

// update changes the sync state.
func (s *store) update(change func(*syncState)) { s.fail(fault{}, change) }

// fail changes the trust because of a fault, and says which state that leads to.
// The first fault of a cause is kept where nothing can be read: what was read
// before stays readable, and has no fault.
func (s *store) fail(because fault, change func(*syncState)) State {
	s.mu.Lock()
	from, to := s.updateLocked(change)
	told := (to == Starting || to == Failing) && because.message != "" &&
		(from != to || s.fault.message == "" || s.fault.cause != because.cause)
	if told {
		s.fault = because
	}
	s.mu.Unlock()
	if told || answersDiffer(from, to) {
		s.moved(to)
	}
	return to
}

func (s *store) updateLocked(change func(*syncState)) (from, to State) {
	from = s.state()
	change(&s.syncState)
	if s.listed && s.streaming {
		s.synced, s.refused, s.failing, s.fault = true, false, false, fault{}
	}
	if to = s.state(); to != from {
		s.since = s.clock.Now()
	}
	return from, to
}

// lastError is what the fault that is kept says.
func (s *store) lastError() string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.fault.message
}

func answersDiffer(from, to State) bool {
	return from != to && !(from.readable() && to.readable())
}
