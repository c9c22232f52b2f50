package assets

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
)

// tailLines is how much of a failed build's output an error carries.
const tailLines = 25

// buildOutput reads what `go build -v` prints: one line for each module that is
// downloaded, one for each package that is compiled, and messages.
type buildOutput struct {
	mu         sync.Mutex
	partial    []byte
	downloaded int
	compiled   int
	messages   []string // the last tailLines of them
}

// Write takes the next piece of output.
func (o *buildOutput) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.partial = append(o.partial, p...)
	for {
		line, rest, found := bytes.Cut(o.partial, []byte("\n"))
		if !found {
			return len(p), nil
		}
		o.partial = rest
		o.take(string(line))
	}
}

func (o *buildOutput) take(line string) {
	switch {
	case strings.HasPrefix(line, "go: downloading "):
		o.downloaded++
	case !strings.ContainsAny(line, " \t:"):
		o.compiled++ // nothing but an import path
	default:
		o.messages = append(o.messages, line)
		if len(o.messages) > tailLines {
			o.messages = o.messages[1:]
		}
	}
}

// counts says how far the build is.
func (o *buildOutput) counts() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return fmt.Sprintf("%d modules downloaded, %d packages compiled", o.downloaded, o.compiled)
}

// tail is the end of the compiler's messages.
func (o *buildOutput) tail() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	lines := o.messages
	if len(o.partial) > 0 {
		lines = append(lines[:len(lines):len(lines)], string(o.partial))
	}
	return strings.Join(lines, "\n")
}
