package lsp

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/maas-kinds/maas/engine/kind/syntax"
)

const (
	// maxHeader bounds what is before a message, in bytes.
	maxHeader = 4 << 10
	// maxBody bounds a message, in bytes: a text of some megabytes, written in JSON.
	maxBody = 16 << 20
)

// The codes of errors, of JSON-RPC and of the protocol.
const (
	codeParse          = -32700
	codeInvalidRequest = -32600
	codeUnknownMethod  = -32601
	codeInvalidParams  = -32602
	codeInternal       = -32603
	codeNotInitialized = -32002
	codeCancelled      = -32800
)

// failure is an error as it is answered.
type failure struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

func (f failure) Error() string { return f.Message }

// message is one that came: a request, a notification where it has no id, or an
// answer where it has no method.
type message struct {
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	// wrong says why it is none.
	wrong *failure
}

// readMessage reads one message. What is wrong with its content is in it; the error
// says that nothing more can be read, and is io.EOF where nothing more is there.
func readMessage(from *bufio.Reader) (message, error) {
	size, err := readHeader(from)
	if err != nil {
		return message{}, err
	}
	if size > maxBody {
		if _, err := io.CopyN(io.Discard, from, int64(size)); err != nil {
			return message{}, fmt.Errorf("passing over a message of %d bytes: %w", size, noEOF(err))
		}
		return message{wrong: &failure{codeInvalidRequest, fmt.Sprintf("the message has %d bytes, and may have %d", size, maxBody)}}, nil
	}
	body := make([]byte, size)
	if n, err := io.ReadFull(from, body); err != nil {
		return message{}, fmt.Errorf("reading a message of %d bytes, of which %d came: %w", size, n, noEOF(err))
	}
	return decoded(body), nil
}

// decoded is the message that a body is, or says why it is none.
func decoded(body []byte) message {
	var m message
	switch err := json.Unmarshal(body, &m); {
	case !utf8.Valid(body):
		return message{wrong: &failure{codeParse, "the message is no UTF-8: a character in it is cut in half, or Content-Length is wrong"}}
	case err != nil:
		return message{wrong: &failure{codeParse, "the message is no JSON object, or Content-Length is wrong: it begins with " + syntax.Quote(string(body))}}
	case m.Method == "" && len(m.ID) == 0:
		return message{wrong: &failure{codeInvalidRequest, "the message has neither a method nor an id"}}
	}
	return m
}

// readHeader gives the length of the message that follows.
func readHeader(from *bufio.Reader) (int, error) {
	size, read := -1, 0
	for {
		line, err := from.ReadSlice('\n')
		read += len(line)
		switch {
		case errors.Is(err, io.EOF) && read == 0:
			return 0, io.EOF
		case errors.Is(err, bufio.ErrBufferFull), read > maxHeader:
			return 0, fmt.Errorf("reading the header of a message: it has more than %d bytes", maxHeader)
		case err != nil:
			return 0, fmt.Errorf("reading the header of a message: %w", noEOF(err))
		}
		text := strings.TrimRight(string(line), "\r\n")
		if text == "" {
			break
		}
		name, value, ok := strings.Cut(text, ":")
		if !ok {
			return 0, fmt.Errorf("reading the header of a message: %s is no field of one, which is NAME: VALUE; was the Content-Length before it right?", syntax.Quote(text))
		}
		if !strings.EqualFold(name, "Content-Length") {
			continue
		}
		if size, err = strconv.Atoi(strings.TrimSpace(value)); err != nil || size < 0 {
			return 0, fmt.Errorf("reading the header of a message: Content-Length: %s is no number of bytes", syntax.Quote(value))
		}
	}
	if size < 0 {
		return 0, errors.New("reading the header of a message: it has no Content-Length")
	}
	return size, nil
}

// noEOF says that an end came where there is none.
func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// writeMessage writes one message. What somebody may have written to steer a
// terminal is escaped as JSON has it.
func writeMessage(to io.Writer, content any) error {
	body, err := json.Marshal(content)
	if err != nil {
		return fmt.Errorf("encoding a message: %w", err)
	}
	text := syntax.Visible(string(body))
	if _, err := fmt.Fprintf(to, "Content-Length: %d\r\n\r\n%s", len(text), text); err != nil {
		return fmt.Errorf("writing a message: %w", err)
	}
	return nil
}
