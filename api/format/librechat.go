package format

import (
	"github.com/maas-kinds/maas/api/catalog"
)

// librechat is a configuration of LibreChat, librechat.yaml: a custom endpoint for
// each model, since each has its own base URL. An endpoint is known by its name, which
// may be no endpoint's of LibreChat's own: it has a prefix, and the id, which is no
// other model's.
//
// Source: librechat-data-provider 0.8.524, configSchema and endpointSchema
// (danny-avila/LibreChat, packages/data-provider/src/config.ts). models.default may not
// be empty; fetch is off, since LibreChat would ask the base URL for all its models.
func librechat() Form {
	return Form{
		Name: "librechat", ContentType: contentTypeJSON,
		takes: writesText,
		open:  `{"version":"` + librechatVersion + `","endpoints":{"custom":[`, between: ",", end: ends("]}}\n"),
		entry: func(m *catalog.Model) ([]byte, error) { return encoded(librechatOf(m)) },
	}
}

// librechatVersion is the version of the configuration whose fields are used, that of
// librechat-data-provider's Constants.CONFIG_VERSION.
const librechatVersion = "1.3.17"

type librechatEndpoint struct {
	Name    string          `json:"name"`
	APIKey  string          `json:"apiKey"`
	BaseURL string          `json:"baseURL"`
	Models  librechatModels `json:"models"`
	Label   string          `json:"modelDisplayLabel"`
}

type librechatModels struct {
	Default []librechatModel `json:"default"`
	Fetch   bool             `json:"fetch"`
}

type librechatModel struct {
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
}

func librechatOf(m *catalog.Model) librechatEndpoint {
	return librechatEndpoint{
		Name: "MaaS " + m.ID, APIKey: "${" + KeyVariable + "}", BaseURL: baseURL(m), Label: title(m),
		Models: librechatModels{Default: []librechatModel{{Name: servedName(m), Description: m.Description}}},
	}
}
