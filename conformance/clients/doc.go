// Package clients tries the listing API with clients that people use: openai-go
// here and the openai npm package beside it. It is a module of its own so that
// what they require stays out of the product. TestRealClients of package api
// starts the API and runs both.
package clients
