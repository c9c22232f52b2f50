package kind

import (
	"encoding/json"
	"net/http"

	"github.com/maas-kinds/maas/api/v1alpha1"
	"github.com/maas-kinds/maas/engine/kind/jsonpath"
)

const (
	// MaxReply is how much is read of a reply to a probe, in bytes.
	MaxReply = 64 << 10
	// maxReplyWork bounds reading one, in steps of jsonpath: a hundredth of a second.
	maxReplyWork = 100_000
)

// Reply says where a reply to a probe tells of the model.
type Reply struct {
	written              v1alpha1.ProbeReply
	contextLength, names *jsonpath.Path
}

// Reported is what a reply told. The zero value is nothing.
type Reported struct {
	// ContextLength in tokens; 0 for unknown.
	ContextLength int64
	// Names that the backend serves; nil for unknown. They must not be changed.
	Names []string
}

// IsZero says that nothing was told.
func (r Reported) IsZero() bool { return r.ContextLength == 0 && r.Names == nil }

// Variant is equal for replies that are read in the same way; nil is "".
func (r *Reply) Variant() string {
	if r == nil {
		return ""
	}
	return r.written.ContextLength + "\n" + r.written.Names
}

// Read takes out of a body what may be told to the caller to whom it was sent:
// a number and names, bounded as those of a backend's object are. A body that is
// no JSON tells nothing.
func (r *Reply) Read(body []byte) Reported {
	var root any
	if json.Unmarshal(body, &root) != nil {
		return Reported{}
	}
	var told Reported
	left := jsonpath.NewBudget(maxReplyWork)
	if r.contextLength != nil {
		for _, node := range r.contextLength.Nodes(root, left) {
			if n, ok := wholeNumber(node.Value); ok && n > 0 && n <= maxCount {
				told.ContextLength = n
				break
			}
		}
	}
	if r.names != nil {
		names := factList{may: anyText}
		for _, node := range r.names.Nodes(root, left) {
			if name, ok := node.Value.(string); ok {
				names.addOne(name)
			}
			if len(names.entries) == maxListEntries {
				break
			}
		}
		told.Names = names.entries
	}
	return told
}

// reply compiles what is read of the replies to a probe.
func (c compiler) reply(p Probe) *Reply {
	written := c.spec.Probe.Reply
	if written == nil {
		return nil
	}
	if p.Method != http.MethodGet && p.Method != http.MethodPost {
		c.doc.FaultAt("/spec/probe/reply", "a reply to %s has no body to read: remove it, or ask with GET", p.Method)
	}
	if written.ContextLength == "" && written.Names == "" {
		c.doc.FaultAt("/spec/probe/reply", "write contextLength, names or both")
	}
	r := &Reply{written: *written}
	if written.ContextLength != "" {
		r.contextLength = c.path("/spec/probe/reply/contextLength", written.ContextLength)
	}
	if written.Names != "" {
		r.names = c.path("/spec/probe/reply/names", written.Names)
	}
	return r
}
