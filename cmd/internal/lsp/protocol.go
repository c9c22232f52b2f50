package lsp

import "encoding/json"

// What follows are as much of the protocol's types as is used, with its names.

type position struct {
	Line      int `json:"line"`
	Character int `json:"character"`
}

type textRange struct {
	Start position `json:"start"`
	End   position `json:"end"`
}

type textEdit struct {
	Range   textRange `json:"range"`
	NewText string    `json:"newText"`
}

type location struct {
	URI   string    `json:"uri"`
	Range textRange `json:"range"`
}

type diagnostic struct {
	Range    textRange `json:"range"`
	Severity int       `json:"severity"`
	Code     string    `json:"code"`
	Source   string    `json:"source"`
	Message  string    `json:"message"`
	Tags     []int     `json:"tags,omitempty"`
}

// The severities of diagnostics, and the tag of what may go.
const (
	severityError   = 1
	severityWarning = 2
	tagUnnecessary  = 1
)

type diagnosticsParams struct {
	URI         string       `json:"uri"`
	Version     *int         `json:"version,omitempty"`
	Diagnostics []diagnostic `json:"diagnostics"`
}

// documentParams are those of all that is about a document.
type documentParams struct {
	TextDocument struct {
		URI     string `json:"uri"`
		Version int    `json:"version"`
		Text    string `json:"text"`
	} `json:"textDocument"`
	Position       position  `json:"position"`
	Range          textRange `json:"range"`
	ContentChanges []struct {
		Text  string          `json:"text"`
		Range json.RawMessage `json:"range"`
	} `json:"contentChanges"`
}

type markup struct {
	Kind  string `json:"kind"`
	Value string `json:"value"`
}

type hover struct {
	Contents markup    `json:"contents"`
	Range    textRange `json:"range"`
}

type completionItem struct {
	Label         string   `json:"label"`
	Kind          int      `json:"kind"`
	Detail        string   `json:"detail,omitempty"`
	Documentation *markup  `json:"documentation,omitempty"`
	SortText      string   `json:"sortText"`
	FilterText    string   `json:"filterText"`
	TextEdit      textEdit `json:"textEdit"`
}

type codeAction struct {
	Title       string        `json:"title"`
	Kind        string        `json:"kind"`
	Diagnostics []diagnostic  `json:"diagnostics"`
	IsPreferred bool          `json:"isPreferred"`
	Edit        workspaceEdit `json:"edit"`
}

type workspaceEdit struct {
	Changes map[string][]textEdit `json:"changes"`
}

// capabilities are what the server can do. Of a text that changes it wants the
// whole: a kind-spec is short, and one change that is lost then does no harm.
func capabilities() any {
	const wholeText = 1
	return map[string]any{
		"positionEncoding":   "utf-16",
		"textDocumentSync":   map[string]any{"openClose": true, "change": wholeText, "save": map[string]any{"includeText": false}},
		"hoverProvider":      true,
		"definitionProvider": true,
		"completionProvider": map[string]any{"triggerCharacters": []string{".", "$", "[", "{", ":", " "}},
		"codeActionProvider": map[string]any{"codeActionKinds": []string{"quickfix"}},
	}
}
