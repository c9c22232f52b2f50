package format

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/maas-kinds/maas/api/catalog"
)

// ollama is Ollama's list of models, GET /api/tags.
//
// Sources: ollama npm package 0.6.4, dist/browser.d.ts (ListResponse, ModelResponse,
// ModelDetails); ollama/ollama, docs/api.md, "List Local Models". Nothing is here in
// files, so size is 0, and digest is that of the id and of where the weights are from:
// clients tell models apart by it, and its command line shows the first twelve
// characters.
func ollama() Form {
	return Form{
		Name: "ollama", ContentType: contentTypeJSON,
		open: `{"models":[`, between: ",", end: ends("]}\n"),
		entry: func(m *catalog.Model) ([]byte, error) { return encoded(ollamaOf(m)) },
	}
}

type ollamaModel struct {
	Name       string        `json:"name"`
	Model      string        `json:"model"`
	ModifiedAt string        `json:"modified_at"`
	Size       int64         `json:"size"`
	Digest     string        `json:"digest"`
	Details    ollamaDetails `json:"details"`
}

type ollamaDetails struct {
	ParentModel       string `json:"parent_model"`
	Format            string `json:"format"`
	Family            string `json:"family"`
	Families          words  `json:"families"`
	ParameterSize     string `json:"parameter_size"`
	QuantizationLevel string `json:"quantization_level"`
}

func ollamaOf(m *catalog.Model) ollamaModel {
	digest := sha256.Sum256(fmt.Appendf(nil, "%q %q %q", m.ID, m.Source, m.Revision))
	return ollamaModel{
		Name: m.ID, Model: m.ID, ModifiedAt: createdAt(m), Digest: hex.EncodeToString(digest[:]),
		Details: ollamaDetails{ParentModel: m.Parent, ParameterSize: parameterSize(m.ParameterCount), QuantizationLevel: m.Quantization},
	}
}

// createdAt is in RFC 3339.
func createdAt(m *catalog.Model) string { return time.Unix(m.Created, 0).UTC().Format(time.RFC3339) }

// parameterSize is a count as Ollama writes it: 8.0B, 566.70M (format/format.go,
// HumanNumber). It is empty where the count is not known.
func parameterSize(count int64) string {
	switch {
	case count <= 0:
		return ""
	case count >= 1_000_000_000:
		return fmt.Sprintf("%.1fB", float64(count)/1e9)
	case count >= 1_000_000:
		return fmt.Sprintf("%.2fM", float64(count)/1e6)
	case count >= 1_000:
		return fmt.Sprintf("%.0fK", float64(count)/1e3)
	}
	return fmt.Sprint(count)
}
