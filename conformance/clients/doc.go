// Package clients tries the listing API with clients that people use: openai-go
// here, the openai npm package beside it, and in generated one that openapi-typescript
// makes of the openapi.json that is served; and the list in other programs' forms with
// the clients, schemas and parsers of OpenRouter, opencode, LibreChat, Backstage, Ollama
// and Anthropic. It is a module of its own so that what they require stays out of the
// product. TestRealClients of package api starts the API and runs all but the generated
// one, which TestGeneratedClient makes and runs.
package clients
