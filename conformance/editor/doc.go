// Package editor tries maasctl lsp with vscode-jsonrpc and vscode-languageserver-protocol,
// by which VS Code speaks to language servers; its test is the JavaScript file beside
// this. TestEditorClient of cmd/maasctl builds the command and runs it. What it needs is
// locked in package-lock.json and stays out of the product.
package editor
