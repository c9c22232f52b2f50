package lsp_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/maas-kinds/maas/cmd/internal/editor"
	"github.com/maas-kinds/maas/cmd/internal/lsp"
)

const kindSpec = `apiVersion: maas.opendatahub.io/v1alpha1
kind: ModelKind
metadata: {name: Widget}
spec:
  description: a widget
  referent: {group: example.com, kind: Widget, versions: [v1]}
  health: [{is: Ready, when: [{condition: Ready, status: "True"}]}]
  endpoint: [{path: $.status.url}]
`

// serve has a server read what is written, and gives what it answers and why it
// ended.
func serve(t *testing.T, input io.Reader) ([]map[string]any, error) {
	t.Helper()
	e, err := editor.New()
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	err = lsp.Serve(t.Context(), lsp.Options{In: input, Out: &out, Editor: e, Version: "1", Saved: func() {},
		Look: func(uri, _ string) lsp.Beside {
			beside := lsp.Beside{File: uri, IsKind: strings.HasSuffix(uri, "kind.yaml")}
			if strings.Contains(uri, "pinned") {
				beside.Pin, beside.PinFile = []byte("kind: KindPin\n"), "/pinned/referent.yaml"
			}
			return beside
		}})
	return messages(t, out.String()), err
}

func messages(t *testing.T, text string) []map[string]any {
	t.Helper()
	var all []map[string]any
	from := bufio.NewReader(strings.NewReader(text))
	for {
		header, err := from.ReadString('\n')
		if errors.Is(err, io.EOF) {
			return all
		}
		size, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(header, "Content-Length: "), "\r\n"))
		if err != nil {
			t.Fatal(err)
		}
		body := make([]byte, size+2)
		if _, err := io.ReadFull(from, body); err != nil {
			t.Fatal(err)
		}
		var m map[string]any
		if err := json.Unmarshal(body, &m); err != nil {
			t.Fatalf("%q: %v", body, err)
		}
		all = append(all, m)
	}
}

func frame(body string) string { return fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body) }

func request(id int, method, params string) string {
	return frame(fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":%q,"params":%s}`, id, method, params))
}

func notification(method, params string) string {
	return frame(fmt.Sprintf(`{"jsonrpc":"2.0","method":%q,"params":%s}`, method, params))
}

func opened(uri, text string) string {
	return notification("textDocument/didOpen", fmt.Sprintf(`{"textDocument":{"uri":%q,"version":1,"languageId":"yaml","text":%s}}`, uri, quoted(text)))
}

func edited(uri, text string, version int) string {
	return notification("textDocument/didChange", fmt.Sprintf(`{"textDocument":{"uri":%q,"version":%d},"contentChanges":[{"text":%s}]}`, uri, version, quoted(text)))
}

func quoted(text string) string {
	encoded, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(encoded)
}

var (
	begin = request(1, "initialize", `{"processId":null,"capabilities":{}}`) + notification("initialized", `{}`)
	end   = request(99, "shutdown", "null") + frame(`{"jsonrpc":"2.0","method":"exit"}`)
)

const uri = "file:///k/kind.yaml"

// said is what is told of each message, in short.
func said(all []map[string]any) []string {
	var short []string
	for _, m := range all {
		params, _ := m["params"].(map[string]any)
		failed, _ := m["error"].(map[string]any)
		switch {
		case failed != nil:
			short = append(short, fmt.Sprintf("%v: %v %v", m["id"], failed["code"], failed["message"]))
		case m["method"] == "textDocument/publishDiagnostics":
			var found []string
			diagnostics, _ := params["diagnostics"].([]any)
			for _, d := range diagnostics {
				d, _ := d.(map[string]any)
				r, _ := d["range"].(map[string]any)
				start, _ := r["start"].(map[string]any)
				stop, _ := r["end"].(map[string]any)
				message, _ := d["message"].(string)
				message, _, _ = strings.Cut(message, ",")
				found = append(found, fmt.Sprintf("%v:%v-%v:%v %s", start["line"], start["character"], stop["line"], stop["character"], message))
			}
			short = append(short, fmt.Sprintf("%v@%v: %s", params["uri"], params["version"], strings.Join(found, "; ")))
		case m["method"] != nil:
			short = append(short, fmt.Sprintf("%v: %v", m["method"], params["message"]))
		case m["id"] == float64(1) || m["id"] == float64(99):
			short = append(short, fmt.Sprintf("%v: done", m["id"]))
		default:
			result, _ := json.Marshal(m["result"])
			short = append(short, fmt.Sprintf("%v: %s", m["id"], result))
		}
	}
	return short
}

func TestServe(t *testing.T) {
	wrong := strings.Replace(kindSpec, "description: a widget", "description: [ä𝄞, 1]", 1)
	misspelt := strings.Replace(kindSpec, `{condition: Ready, status: "True"}`, `{messageMatches: "𝄞𝄞", condition: Ready, statsu: "True"}`, 1)
	for name, test := range map[string]struct {
		input string
		want  []string
		// ends is how the error begins; empty for none.
		ends string
	}{
		"a life": {begin + end, []string{"1: done", "99: done"}, ""},
		"faults, told at once, and gone when the document is closed": {
			begin + opened(uri, wrong) + request(2, "textDocument/hover", hoverAt(1000, 0)) + notification("textDocument/didClose", `{"textDocument":{"uri":"`+uri+`"}}`) + end,
			nil, ""},
		"columns are those of UTF-16":                     {begin + opened(uri, misspelt) + end, []string{"1: done", uri + "@1: 6:73-6:79 unknown field", "99: done"}, ""},
		"of a file that is no kind-spec nothing is said":  {begin + opened("file:///k/other.yaml", "a: [") + end, []string{"1: done", "99: done"}, ""},
		"a kind-spec of another name is one":              {begin + opened("file:///k/w.yaml", misspelt) + end, []string{"1: done", "file:///k/w.yaml@1: 6:73-6:79 unknown field", "99: done"}, ""},
		"a request before initialize":                     {request(2, "textDocument/hover", "{}") + begin + end, []string{"2: -32002 textDocument/hover before initialize", "1: done", "99: done"}, ""},
		"initialize twice":                                {begin + request(2, "initialize", "{}") + end, []string{"1: done", "2: -32600 initialize is not expected now", "99: done"}, ""},
		"a request after shutdown":                        {begin + request(99, "shutdown", "null") + request(2, "textDocument/hover", "{}") + notification("exit", "null"), []string{"1: done", "99: done", "2: -32600 textDocument/hover is not expected now"}, ""},
		"an unknown method":                               {begin + request(2, "textDocument/rename", "{}") + notification("$/setTrace", "{}") + notification("what", "{}") + end, []string{"1: done", "2: -32601 textDocument/rename is not served", "99: done"}, ""},
		"parameters that are none":                        {begin + request(2, "textDocument/hover", `{"position": 7}`) + end, []string{"1: done", "2: -32602 reading the parameters: ", "99: done"}, ""},
		"a document that is not open":                     {begin + request(2, "textDocument/hover", `{"textDocument":{"uri":"u"}}`) + edited("u", "", 2) + end, []string{"1: done", `2: -32602 "u" is not open`, `window/logMessage: textDocument/didChange: "u" is not open`, "99: done"}, ""},
		"a part of a text, where the whole was asked for": {begin + opened("u", "") + notification("textDocument/didChange", `{"textDocument":{"uri":"u"},"contentChanges":[{"range":{},"text":""}]}`) + end, []string{"1: done", "window/logMessage: textDocument/didChange: a change of a part", "99: done"}, ""},
		"half a character, as a byte":                     {begin + frame("{\"method\":\"\xc3\"}") + end, []string{"1: done", "<nil>: -32700 the message is no UTF-8", "99: done"}, ""},
		"half a character, as half of a pair":             {begin + opened(uri, kindSpec) + strings.Replace(edited(uri, strings.Replace(kindSpec, "widget", "widgetDD", 1), 2), "DD", `\u`, 1) + end, nil, ""},
		"no JSON":                                         {begin + frame("{") + frame("[]") + end, []string{"1: done", "<nil>: -32700 the message is no JSON", "<nil>: -32700 the message is no JSON", "99: done"}, ""},
		"neither a method nor an id":                      {begin + frame("{}") + end, []string{"1: done", "<nil>: -32600 the message has neither", "99: done"}, ""},
		"a message that is too long":                      {begin + frame(strings.Repeat(" ", 17<<20)) + end, []string{"1: done", "<nil>: -32600 the message has 17825792 bytes", "99: done"}, ""},
		"a header of another kind":                        {strings.Replace(begin, "\r\n\r\n", "\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\n", 1) + end, []string{"1: done", "99: done"}, ""},
		"exit without shutdown":                           {begin + notification("exit", "null"), []string{"1: done"}, "the editor has left"},
		"an end without exit":                             {begin, []string{"1: done"}, "the editor has left"},
		"a message that ends early":                       {begin + "Content-Length: 100\r\n\r\n{", []string{"1: done"}, "reading a message of 100 bytes, of which 1 came: unexpected EOF"},
		"a header that ends early":                        {begin + "Content-Len", []string{"1: done"}, "reading the header of a message: unexpected EOF"},
		"a Content-Length that is too short":              {begin + "Content-Length: 1\r\n\r\n{}" + end, []string{"1: done", "<nil>: -32700 the message is no JSON"}, `reading the header of a message:`},
		"a Content-Length that is none":                   {"Content-Length: -5\r\n\r\n", nil, `reading the header of a message: Content-Length: " -5" is no number`},
		"no Content-Length":                               {"A: b\r\n\r\n", nil, "reading the header of a message: it has no Content-Length"},
		"a header without an end":                         {strings.Repeat("a", 1<<20), nil, "reading the header of a message: it has more than 4096 bytes"},
		"faults of the pin are told of the pin":           {begin + opened("file:///pinned/kind.yaml", kindSpec) + end, []string{"1: done", "file:///pinned/kind.yaml@1: ", "file:///pinned/referent.yaml@<nil>: 0:0-0:13 required field is missing", "99: done"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			all, err := serve(t, strings.NewReader(test.input))
			switch {
			case test.ends == "" && err != nil:
				t.Errorf("ended with %v", err)
			case test.ends != "" && (err == nil || !strings.HasPrefix(err.Error(), test.ends)):
				t.Errorf("ended with %v, want %s", err, test.ends)
			}
			got := said(all)
			if test.want == nil && len(got) > 0 {
				t.Log(got)
				return
			}
			for i, want := range test.want {
				if i < len(got) && strings.HasPrefix(got[i], want) {
					got[i] = want
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func hoverAt(line, character int) string {
	at := fmt.Sprintf(`{"line":%d,"character":%d}`, line, character)
	return fmt.Sprintf(`{"textDocument":{"uri":%q},"position":%s,"range":{"start":%s,"end":%s}}`, uri, at, at, at)
}

// An editor that writes faster than is read gets the faults of the last text, and
// not of each.
func TestManyEdits(t *testing.T) {
	var input strings.Builder
	input.WriteString(begin + opened(uri, kindSpec))
	const edits = 1000
	for i := range edits {
		input.WriteString(edited(uri, kindSpec+"# "+strings.Repeat("x", i)+"\n", i+2))
	}
	input.WriteString(edited(uri, strings.Replace(kindSpec, "descr", "decr", 1), edits+2) + end)
	all, err := serve(t, strings.NewReader(input.String()))
	if err != nil {
		t.Fatal(err)
	}
	got := said(all)
	if len(got) > edits/2 {
		t.Errorf("%d messages for %d edits", len(got), edits)
	}
	if want := fmt.Sprintf("%s@%d: 4:2-4:12 unknown field", uri, edits+2); !strings.HasPrefix(got[len(got)-2], want) {
		t.Errorf("last %s, want %s", got[len(got)-2], want)
	}
}

// What ends the process ends the server, also while the editor is silent.
func TestServeEndsWithItsContext(t *testing.T) {
	in, out := io.Pipe()
	defer out.Close() //nolint:errcheck // it is a pipe in memory
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := lsp.Serve(ctx, lsp.Options{In: in, Out: io.Discard}); err != nil {
		t.Error(err)
	}
}
