// The client library of VS Code against the built maasctl lsp; TestEditorClient of
// cmd/maasctl sets MAASCTL and runs this.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import * as lsp from 'vscode-languageserver-protocol/node'
import { TextDocument } from 'vscode-languageserver-textdocument'

const { MAASCTL, KINDS } = process.env
const skip = MAASCTL ? false : 'MAASCTL is not set: go test -run TestEditorClient ./cmd/maasctl sets it'

const root = mkdtempSync(join(tmpdir(), 'maas-editor-'))
const waiting = new Map()
let server, client, version = 0

// A kind with a pin and cases, as somebody has it in a folder of kinds.
function folder(name) {
  mkdirSync(join(root, name))
  for (const file of ['kind.yaml', 'referent.yaml', 'cases.yaml']) writeFileSync(join(root, name, file), readFileSync(join(KINDS, name, file)))
  return { uri: pathToFileURL(join(root, name, 'kind.yaml')).href, text: readFileSync(join(root, name, 'kind.yaml'), 'utf8') }
}

// say has the server read a text, and gives what it says of it.
async function say(uri, text) {
  version++
  const told = new Promise((resolve) => waiting.set(`${uri} ${version}`, resolve))
  if (say.open?.has(uri)) {
    client.sendNotification(lsp.DidChangeTextDocumentNotification.type, { textDocument: { uri, version }, contentChanges: [{ text }] })
  } else {
    (say.open ??= new Set()).add(uri)
    client.sendNotification(lsp.DidOpenTextDocumentNotification.type, { textDocument: { uri, version, languageId: 'yaml', text } })
  }
  return await told
}

const changed = (text, from, to) => {
  assert.ok(text.includes(from), `${from} is not in the text`)
  return text.replace(from, () => to)
}

// behind is the place behind a part of a text.
function behind(text, part) {
  assert.ok(text.includes(part), `${part} is not in the text`)
  return TextDocument.create('', 'yaml', 0, text).positionAt(text.indexOf(part) + part.length)
}

const under = (text, range) => TextDocument.create('', 'yaml', 0, text).getText(range)

before(async () => {
  if (skip) return
  server = spawn(MAASCTL, ['lsp'], { stdio: ['pipe', 'pipe', 'inherit'] })
  client = lsp.createProtocolConnection(new lsp.StreamMessageReader(server.stdout), new lsp.StreamMessageWriter(server.stdin))
  client.onNotification(lsp.PublishDiagnosticsNotification.type, ({ uri, version, diagnostics }) => waiting.get(`${uri} ${version}`)?.(diagnostics))
  client.listen()
  const { capabilities, serverInfo } = await client.sendRequest(lsp.InitializeRequest.type, { processId: process.pid, rootUri: pathToFileURL(root).href, capabilities: {} })
  assert.equal(serverInfo.name, 'maasctl')
  assert.equal(capabilities.positionEncoding, lsp.PositionEncodingKind.UTF16)
  client.sendNotification(lsp.InitializedNotification.type, {})
})

after(async () => {
  if (skip) return
  await client.sendRequest(lsp.ShutdownRequest.type)
  const ended = new Promise((resolve) => server.once('exit', resolve))
  client.sendNotification(lsp.ExitNotification.type)
  assert.equal(await ended, 0)
})

// Ten kinds of mistakes that people make in an editor: what is written for what, what
// is underlined, and how what is said begins.
const mistakes = [
  ['a field, misspelt', 'description:', 'descripton:', 'descripton', 'unknown field, did you mean description?'],
  ['a word, misspelt', 'is: Progressing, when: [{path: $.spec.replicas', 'is: Progresing, when: [{path: $.spec.replicas', 'Progresing', '"Progresing" is not one of'],
  ['a boolean for a status', 'condition: PresetsCombined, status: "False"', 'condition: PresetsCombined, status: false', 'false', 'false is of type boolean'],
  ['a subject, misspelt', 'name: own, of: own', 'name: own, of: onw', 'onw', 'no subject is called "onw"'],
  ['a value in a template, misspelt', 'https{rest}', 'https{rset}', '"https{rset}"', 'no value is called "rset"'],
  ['one source for a list', 'url: [{path: $.status.url}]', 'url: {path: $.status.url}', '{path: $.status.url}', 'sources are a list'],
  ['a path that no CRD has', '- {path: $.status.url, when', '- {path: $.status.ulr, when', '$.status.ulr', 'LLMInferenceService'],
  ['a path without quotes', 'path: "$.status.addresses[*].url"', 'path: $.status.addresses[*].url', null, 'not valid YAML'],
  ['a tab', '  health:', '\thealth:', null, 'not valid YAML'],
  ['one level too deep', '  generation: $.status.observedGeneration\n', '', null, null, (text) => changed(text, '    - as: address\n', '    - as: address\n      generation: $.status.observedGeneration\n')],
  ['a value that nothing uses', '    rest:', '    idle: [{path: $.status.url}]\n    rest:', 'idle', 'nothing uses idle, remove it'],
  ['a condition in the wrong case', '{is: Ready, when: [{condition: Ready', '{is: Ready, when: [{condition: ready', 'ready', 'is compared letter by letter'],
]

test('mistakes are underlined, and mended by a quick fix', { skip }, async (t) => {
  const { uri, text } = folder('llmisvc')
  assert.deepEqual(await say(uri, text), [])
  for (const [name, from, to, part, message, more] of mistakes) {
    await t.test(name, async () => {
      let wrong = changed(text, from, to)
      if (more) wrong = more(wrong)
      const diagnostics = await say(uri, wrong)
      assert.notEqual(diagnostics.length, 0)
      const found = diagnostics.find((d) => !message || d.message.startsWith(message))
      assert.ok(found, JSON.stringify(diagnostics))
      if (part) assert.equal(under(wrong, found.range), part)
      const actions = await client.sendRequest(lsp.CodeActionRequest.type, { textDocument: { uri }, range: found.range, context: { diagnostics: [found] } })
      const [fix] = actions.filter((a) => a.diagnostics[0].message === found.message)
      assert.ok(fix, `no quick fix for: ${found.message}`)
      const mended = TextDocument.applyEdits(TextDocument.create(uri, 'yaml', 0, wrong), fix.edit.changes[uri])
      assert.ok(!(await say(uri, mended)).some((d) => d.message === found.message), `still there: ${found.message}\n${fix.title}`)
    })
  }
})

test('completion, definition and hover', { skip }, async () => {
  const { uri, text } = folder('HTTPRoute')
  assert.deepEqual(await say(uri, text), [])
  const labels = async (changedText, part) => {
    await say(uri, changedText)
    const items = await client.sendRequest(lsp.CompletionRequest.type, { textDocument: { uri }, position: behind(changedText, part) })
    return items.map((item) => item.label)
  }
  const typed = changed(text, 'name: taken, is: Ready', 'name: taken, is: ')
  assert.deepEqual(await labels(typed, 'name: taken, is: '), ['Ready', 'Servable', 'Failed', 'Progressing'])
  assert.ok((await labels(changed(text, 'of: gateway, path: $, exists', 'of: gateway, path: $.status., exists'), 'of: gateway, path: $.status.')).includes('$.status.addresses[*]'))
  assert.ok((await labels(changed(text, '  values:', '  pro\n  values:'), '\n  pro')).includes('probe'))
  assert.ok((await labels(changed(text, 'scheme: [{of: listener', 'scheme: [{of: l'), 'scheme: [{of: l')).includes('listener'))

  await say(uri, text)
  const at = behind(text, 'scheme: [{of: lis')
  const declared = await client.sendRequest(lsp.DefinitionRequest.type, { textDocument: { uri }, position: at })
  assert.equal(under(text, declared.range), 'listener')
  assert.equal(declared.range.start.line, text.slice(0, text.indexOf('as: listener')).split('\n').length - 1)

  const hover = await client.sendRequest(lsp.HoverRequest.type, { textDocument: { uri }, position: behind(text, '- {name: notProgrammed, i') })
  assert.match(hover.contents.value, /\*\*is\*\*/)
  assert.match(hover.contents.value, /The rule `notProgrammed` decides [1-9]\d* of \d+ cases/)
  const predicate = await client.sendRequest(lsp.HoverRequest.type, { textDocument: { uri }, position: behind(text, 'notProgrammed, is: Progressing, when: [{of: gateway, cond') })
  assert.match(predicate.contents.value, /What the cases show of `notProgrammed.when\[0\]`/)
})

test('an editor that writes faster than is read, and half characters', { skip }, async () => {
  const { uri, text } = folder('Service')
  await say(uri, text)
  for (let i = 0; i < 300; i++) {
    version++
    client.sendNotification(lsp.DidChangeTextDocumentNotification.type, { textDocument: { uri, version }, contentChanges: [{ text: text.slice(0, -i) + '\ud83d' }] })
  }
  assert.deepEqual(await say(uri, text), [])
  await assert.rejects(client.sendRequest('textDocument/rename', {}), { code: lsp.ErrorCodes.MethodNotFound })
})
