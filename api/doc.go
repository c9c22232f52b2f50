// Package api is the HTTP surface: GET /v1/models lists the models that the
// caller can reach, in the shape OpenAI clients know. README.md beside this
// file is its contract.
package api
