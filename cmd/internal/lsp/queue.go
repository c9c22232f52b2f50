package lsp

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"sync"
)

// waiting is how many messages are read ahead. An editor that writes faster waits
// at its pipe.
const waiting = 32

// queue reads messages while others are answered, so that a request that is not
// wanted any more can be left out.
type queue struct {
	messages chan message
	// end says why there are no more; it is set before messages is closed.
	end error

	mu sync.Mutex
	// cancelled has the requests that wait for an answer, by id.
	cancelled map[string]bool
}

func newQueue() *queue {
	return &queue{messages: make(chan message, waiting), cancelled: map[string]bool{}}
}

// read goes on until nothing more can be read.
func (q *queue) read(ctx context.Context, in io.Reader) {
	defer close(q.messages)
	from := bufio.NewReaderSize(in, maxHeader)
	for {
		m, err := readMessage(from)
		if err != nil {
			q.end = err
			return
		}
		if m.Method == "$/cancelRequest" {
			q.cancel(m.Params)
			continue
		}
		if len(m.ID) > 0 {
			q.expect(m.ID)
		}
		select {
		case q.messages <- m:
		case <-ctx.Done():
			q.end = ctx.Err()
			return
		}
	}
}

func (q *queue) expect(id json.RawMessage) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.cancelled[string(id)] = false
}

// cancel notes that nobody waits for a request; one that is answered is forgotten.
func (q *queue) cancel(params json.RawMessage) {
	var of struct {
		ID json.RawMessage `json:"id"`
	}
	if json.Unmarshal(params, &of) != nil {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if _, waits := q.cancelled[string(of.ID)]; waits {
		q.cancelled[string(of.ID)] = true
	}
}

// take says whether a request is cancelled, and forgets it.
func (q *queue) take(id json.RawMessage) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	was := q.cancelled[string(id)]
	delete(q.cancelled, string(id))
	return was
}
