package access

import (
	"fmt"
	"io"

	"github.com/maypok86/otter/v2"

	"github.com/maas-kinds/maas/engine/kind"
)

// maxReported bounds what is kept of what replies told, in bytes.
const maxReported = 32 << 20

// reports are what replies to probes have told of models: each to the caller to
// whom it was sent, and to nobody else.
type reports struct {
	cache *otter.Cache[decisionKey, kind.Reported]
}

func newReports() (*reports, error) {
	cache, err := otter.New(&otter.Options[decisionKey, kind.Reported]{
		MaximumWeight:    maxReported,
		Weigher:          func(_ decisionKey, told kind.Reported) uint32 { return weightOf(told) },
		ExpiryCalculator: otter.ExpiryWriting[decisionKey, kind.Reported](admittedFor),
	})
	if err != nil {
		return nil, fmt.Errorf("making the memory of what replies tell: %w", err)
	}
	return &reports{cache: cache}, nil
}

func weightOf(told kind.Reported) uint32 {
	weight := uint32(256)
	for _, name := range told.Names {
		weight += uint32(len(name)) + 16 //nolint:gosec // engine/kind bounds them
	}
	return weight
}

// rest is how the body of a reply is read: for what it tells of the model where
// its caller was let in and the kind says where that is, and else to have its
// connection free.
func (c *Checker) rest(target *Target, key decisionKey, result outcome) func(io.ReadCloser) {
	reply := target.probe.Reply
	if reply == nil || result != outcomeAllowed || key.question.decoy || c.memory.reports == nil {
		return discard
	}
	return func(body io.ReadCloser) {
		content, err := io.ReadAll(io.LimitReader(body, kind.MaxReply))
		_ = body.Close()
		if err != nil {
			return // what came of it is no JSON
		}
		c.memory.reports.cache.Set(key.shared(), reply.Read(content))
	}
}

// Reported is what the model's endpoint has told the caller when it last let the
// caller in, within ten minutes; the zero value where that is not known.
func (c *Checker) Reported(caller *Caller, target *Target) kind.Reported {
	if c.memory.reports == nil || target.probe.Reply == nil {
		return kind.Reported{}
	}
	told, _ := c.memory.reports.cache.GetIfPresent(caller.decisionKey(target).shared())
	return told
}
