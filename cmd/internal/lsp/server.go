package lsp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/maas-kinds/maas/cmd/internal/editor"
	"github.com/maas-kinds/maas/engine/kind"
)

// Beside is what is beside a document. Who starts the server reads it.
type Beside struct {
	// File is the path of the document, or else its URI.
	File string
	// IsKind says that the document's name is that of a kind-spec.
	IsKind bool
	// Folder is the name of the kind's folder; empty where it has none.
	Folder string
	// Pin is the content of the pin, and PinFile its path; nil where there is none.
	Pin     []byte
	PinFile string
	// Others are the kinds that it may hand objects on to.
	Others []*kind.Kind
	// Decide gives what the cases beside it decide with a kind; nil where there are
	// none.
	Decide func(context.Context, *kind.Kind) ([]editor.Case, error)
}

// Options is what Serve needs, all of it.
type Options struct {
	In      io.Reader
	Out     io.Writer
	Editor  *editor.Editor
	Version string
	// Look says what is beside a document now.
	Look func(uri, text string) Beside
	// Saved is called when files may have been written, whatever Look remembers.
	Saved func()
}

// maxLag is how many messages are read at most before faults are told, while more
// messages wait.
const maxLag = 100

// errNotShutDown ends a server whose editor left without a word.
var errNotShutDown = errors.New("the editor has left without shutdown and exit")

// Serve answers until the editor says exit. The error says why it ended otherwise.
func Serve(ctx context.Context, o Options) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	q := newQueue()
	go q.read(ctx, o.In)
	s := &server{Options: o, queue: q, open: map[string]*document{}}
	for lag := 0; ; lag++ {
		if len(q.messages) == 0 || lag == maxLag {
			lag = 0
			if err := s.tell(); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return nil // Somebody ends the process.
		case m, ok := <-q.messages:
			switch {
			case !ok && errors.Is(q.end, io.EOF):
				return errNotShutDown
			case !ok:
				return q.end
			case m.Method == "exit" && s.state == stopped:
				return nil
			case m.Method == "exit":
				return errNotShutDown
			}
			if err := s.handle(ctx, m); err != nil {
				return err
			}
		}
	}
}

// state is where the server is in its life.
type state int

const (
	fresh state = iota
	running
	stopped
)

type server struct {
	Options
	queue *queue
	state state
	open  map[string]*document
}

// handle answers one message. The error says that nobody can be told any more.
func (s *server) handle(ctx context.Context, m message) error {
	isRequest := len(m.ID) > 0
	switch {
	case m.wrong != nil:
		return s.answer(nil, nil, *m.wrong)
	case m.Method == "": // An answer, and nothing was asked.
		return nil
	case isRequest && s.queue.take(m.ID):
		return s.answer(m.ID, nil, failure{codeCancelled, "the request was cancelled"})
	}
	result, err := s.call(ctx, m, isRequest)
	switch {
	case isRequest:
		return s.answer(m.ID, result, err)
	case err != nil:
		const isError = 1
		return s.notify("window/logMessage", map[string]any{"type": isError, "message": m.Method + ": " + err.Error()})
	}
	return nil
}

// call finds what a method does, and does it.
func (s *server) call(ctx context.Context, m message, isRequest bool) (any, error) {
	called, known := methods()[m.Method]
	switch {
	case s.state == fresh && m.Method != "initialize":
		if !isRequest {
			return nil, nil // The protocol has it dropped.
		}
		return nil, failure{codeNotInitialized, m.Method + " before initialize"}
	case s.state == stopped, s.state == running && m.Method == "initialize":
		return nil, failure{codeInvalidRequest, m.Method + " is not expected now"}
	case !known && !isRequest:
		return nil, nil
	case !known:
		return nil, failure{codeUnknownMethod, fmt.Sprintf("%s is not served", m.Method)}
	}
	var params documentParams
	if len(m.Params) > 0 {
		if err := json.Unmarshal(m.Params, &params); err != nil {
			return nil, failure{codeInvalidParams, "reading the parameters: " + err.Error()}
		}
	}
	return called(s, ctx, params)
}

// method is what a method of the protocol does.
type method func(*server, context.Context, documentParams) (any, error)

func methods() map[string]method {
	return map[string]method{
		"initialize":                      (*server).initialize,
		"shutdown":                        (*server).shutdown,
		"textDocument/didOpen":            (*server).didOpen,
		"textDocument/didChange":          (*server).didChange,
		"textDocument/didSave":            (*server).didSave,
		"textDocument/didClose":           (*server).didClose,
		"workspace/didChangeWatchedFiles": (*server).filesChanged,
		"textDocument/codeAction":         (*server).codeAction,
		"textDocument/completion":         (*server).completion,
		"textDocument/definition":         (*server).definition,
		"textDocument/hover":              (*server).hover,
	}
}

func (s *server) initialize(context.Context, documentParams) (any, error) {
	s.state = running
	return map[string]any{
		"capabilities": capabilities(),
		"serverInfo":   map[string]any{"name": "maasctl", "version": s.Version},
	}, nil
}

// shutdown tells first what is still to be told.
func (s *server) shutdown(context.Context, documentParams) (any, error) {
	s.state = stopped
	return nil, s.tell()
}

// answer writes what a request gets. One without an id could not be read.
func (s *server) answer(id json.RawMessage, result any, err error) error {
	if id == nil {
		id = json.RawMessage("null")
	}
	reply := map[string]any{"jsonrpc": "2.0", "id": id}
	var failed failure
	switch {
	case errors.As(err, &failed):
		reply["error"] = failed
	case err != nil:
		reply["error"] = failure{codeInternal, err.Error()}
	default:
		reply["result"] = result
	}
	return writeMessage(s.Out, reply)
}

func (s *server) notify(method string, params any) error {
	return writeMessage(s.Out, map[string]any{"jsonrpc": "2.0", "method": method, "params": params})
}
