// The list in other programs' forms, read by those programs' own clients, schemas and
// parsers; TestRealClients of package api starts the API and runs this. Where a form
// names a model's base URL and the name to ask for, a chat is asked for with them:
// the backend answers at the right path and to the right name alone.
import assert from 'node:assert/strict'
import { mkdtempSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import test from 'node:test'
import OpenAI from 'openai'
import Anthropic from '@anthropic-ai/sdk'
import { Ollama } from 'ollama'
import { OpenRouter } from '@openrouter/sdk'
import { HTTPClient } from '@openrouter/sdk/lib/http.js'
import * as backstageModel from '@backstage/catalog-model'
import * as backstageNode from '@backstage/plugin-catalog-node'
import * as librechat from 'librechat-data-provider'
import yaml from 'js-yaml'
import ts from 'typescript'

const url = process.env.MAAS_FORMS_URL
const skip = url ? false : 'MAAS_FORMS_URL is not set: go test -run TestRealClients ./api sets it'

// Of these alice may use all; hostile ones have such names, texts and endpoints.
const long = 'long-'.repeat(40)
const chats = ['a/hostile', 'b/granite', 'granite', `${long}x`, `${long}y`]
const ready = ['a/hostile', 'b/granite', 'embed', 'granite', `${long}x`, `${long}y`]
const all = ['a/hostile', 'b/granite', 'down', 'embed', 'granite', `${long}x`, `${long}y`]

async function get(format) {
  const response = await fetch(`${url}/v1/models?format=${format}`, { headers: { Authorization: 'Bearer alice' } })
  assert.equal(response.status, 200)
  return response.text()
}

// chat asks for one at a base URL, by a name.
async function chat(baseURL, model) {
  const answer = await new OpenAI({ baseURL, apiKey: 'alice', maxRetries: 0 }).chat.completions.create({ model, messages: [{ role: 'user', content: 'hi' }] })
  assert.equal(answer.choices[0].message.content, 'hello')
}

test('openrouter: its SDK lists the models', { skip }, async () => {
  const httpClient = new HTTPClient({ fetcher: (request) => fetch(new Request(`${request.url}?format=openrouter`.replace('??', '?'), request)) })
  const client = new OpenRouter({ apiKey: 'alice', serverURL: `${url}/v1`, httpClient, retryConfig: { strategy: 'none' } })
  const { result } = await (await client.models.list())
  assert.deepEqual(result.data.map(({ id }) => id), all)
  const granite = result.data.find(({ id }) => id === 'granite')
  assert.equal(granite.contextLength, 32768)
  assert.deepEqual(granite.architecture.inputModalities, ['text', 'image'])
  assert.equal(granite.pricing.prompt, '0.00000015')
  assert.deepEqual(result.data.find(({ id }) => id === 'embed').architecture.outputModalities, ['embeddings'])
})

test('opencode: its type of a configuration', { skip }, async () => {
  const text = await get('opencode')
  const faults = (config) => {
    const folder = mkdtempSync(path.join(import.meta.dirname, 'opencode-'))
    const file = path.join(folder, 'config.ts')
    writeFileSync(file, `import type { Config } from '@opencode-ai/sdk/v2'\nexport const config: Config = ${config}\n`)
    const program = ts.createProgram([file], { strict: true, noEmit: true, skipLibCheck: true, types: [],
      target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler })
    return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
  }
  assert.deepEqual(faults(text), [])
  assert.notDeepEqual(faults(text.replaceAll('"limit"', '"limits"')), [], 'a field that is none is not noticed')

  const { maas } = JSON.parse(text).provider
  assert.equal(maas.options.apiKey, '{env:MAAS_API_KEY}')
  assert.equal(text.match(/\{(env|file):/g).length, 1, 'more than the key would be replaced')
  assert.deepEqual(Object.keys(maas.models).sort(), chats)
  for (const { id, provider } of Object.values(maas.models)) {
    await chat(provider.api, id)
  }
})

test('librechat: its schema, parser and variables', { skip }, async () => {
  const config = yaml.load(await get('librechat'))
  const { data, error } = librechat.configSchema.strict().safeParse(config)
  assert.equal(error, undefined)
  assert.deepEqual(data.endpoints.custom, config.endpoints.custom, 'the schema knows each field')
  assert.equal(config.version, librechat.Constants.CONFIG_VERSION)
  assert.deepEqual(config.endpoints.custom.map(({ name }) => name), chats.map((id) => `MaaS ${id}`))
  process.env.MAAS_API_KEY = 'alice'
  for (const { apiKey, baseURL, models } of config.endpoints.custom) {
    assert.equal(librechat.extractEnvVariable(apiKey), 'alice')
    assert.equal(librechat.extractEnvVariable(baseURL), baseURL)
    await chat(baseURL, models.default[0].name)
  }
})

// LiteLLM is a Python program; which fields of it are used is told in
// api/format/litellm.go. Here is what can be tried of them.
test('litellm: what it calls', { skip }, async () => {
  const { model_list: models } = yaml.load(await get('litellm'))
  assert.deepEqual(models.map(({ model_name: name }) => name), ready)
  for (const { litellm_params: { model, api_base: base, api_key: key }, model_info: { mode } } of models) {
    assert.equal(key, 'os.environ/MAAS_API_KEY')
    assert.match(model, /^openai\//)
    if (mode !== 'embedding') {
      await chat(base, model.slice('openai/'.length))
    }
  }
  const { model_info: info } = models.find(({ model_name: name }) => name === 'granite')
  assert.equal(info.input_cost_per_token, 1.5e-7)
})

test('backstage: its parser and its rules for entities', { skip }, async () => {
  const { EntityPolicies, SchemaValidEntityPolicy, DefaultNamespaceEntityPolicy, NoForeignRootFieldsEntityPolicy, FieldFormatEntityPolicy } = backstageModel
  const rules = EntityPolicies.allOf([new SchemaValidEntityPolicy(), new DefaultNamespaceEntityPolicy(), new NoForeignRootFieldsEntityPolicy(), new FieldFormatEntityPolicy()])
  const text = await get('backstage')
  const location = { type: 'url', target: 'https://example.com/models.yaml' }
  const refs = new Set()
  const ids = []
  for (const result of backstageNode.parseEntityYaml(text, location)) {
    assert.equal(result.type, 'entity', String(result.error))
    const { entity } = result
    await rules.enforce(entity)
    assert.ok(await backstageModel.apiEntityV1alpha1Validator.check(entity))
    refs.add(backstageModel.stringifyEntityRef(entity))
    ids.push(entity.metadata.annotations['maas.opendatahub.io/id'])
    const definition = yaml.load(entity.spec.definition)
    const operation = definition.paths['/chat/completions']
    if (operation && entity.metadata.annotations['maas.opendatahub.io/ready'] === 'true') {
      await chat(definition.servers[0].url, operation.post.requestBody.content['application/json'].schema.properties.model.const)
    }
  }
  assert.deepEqual(ids, all)
  assert.equal(refs.size, all.length, 'names are not unique')
  // Why it is not one JSON array.
  const [refused] = backstageNode.parseEntityYaml('[{"kind":"API"}]', location)
  assert.equal(refused.type, 'error')
})

test('ollama: its client lists the models', { skip }, async () => {
  const { models } = await new Ollama({ host: url, headers: { Authorization: 'Bearer alice' } }).list()
  assert.deepEqual(models.map(({ name }) => name), ready)
  const granite = models.find(({ model }) => model === 'granite')
  assert.equal(granite.details.parameter_size, '8.2B')
  assert.match(granite.digest, /^[0-9a-f]{64}$/)
  assert.ok(!Number.isNaN(Date.parse(granite.modified_at)))
  assert.equal(new Set(models.map(({ digest }) => digest)).size, models.length)
})

test('ollama: its client says why there is no list', { skip }, async () => {
  await assert.rejects(() => new Ollama({ host: url }).list(), (got) => {
    assert.equal(got.status_code, 401)
    assert.match(got.message, /Authorization/)
    return true
  })
})

const anthropic = (options = {}) => new Anthropic({ baseURL: url, authToken: 'alice', maxRetries: 0, ...options })

test('anthropic: its client reads page after page', { skip }, async () => {
  for (const limit of [1, 2, 5, undefined]) {
    const ids = []
    for await (const model of anthropic().models.list({ limit })) {
      ids.push(model.id)
      assert.equal(model.type, 'model')
      assert.ok(!Number.isNaN(Date.parse(model.created_at)))
    }
    assert.deepEqual(ids, chats)
  }
  const back = []
  for (let page = await anthropic().models.list({ limit: 2, before_id: 'zzz' }); ; page = await page.getNextPage()) {
    back.unshift(...page.data.map(({ id }) => id))
    if (!page.hasNextPage()) {
      break
    }
  }
  assert.deepEqual(back, chats)
})

test('anthropic: its client shows one model', { skip }, async () => {
  const model = await anthropic().models.retrieve('b/granite')
  assert.equal(model.display_name, 'b/granite')
  const granite = await anthropic({ authToken: null, apiKey: 'alice' }).models.retrieve('granite')
  assert.equal(granite.max_input_tokens, 32768)
  assert.match(granite._request_id, /^[0-9a-f]{32}$/)
})

for (const [name, { call, options, error, status, type }] of Object.entries({
  'no credentials': {
    call: (c) => c.models.list(), options: { authToken: null, apiKey: null, defaultHeaders: { Authorization: null, 'X-Api-Key': null } },
    error: Anthropic.AuthenticationError, status: 401, type: 'authentication_error',
  },
  'an unknown model': { call: (c) => c.models.retrieve('nope'), error: Anthropic.NotFoundError, status: 404, type: 'not_found_error' },
  'a model of others': { call: (c) => c.models.retrieve('secret'), error: Anthropic.NotFoundError, status: 404, type: 'not_found_error' },
  'a limit that is none': { call: (c) => c.models.list({ limit: 0 }), error: Anthropic.BadRequestError, status: 400, type: 'invalid_request_error' },
  'what is not here': { call: (c) => c.messages.create({ model: 'granite', max_tokens: 1, messages: [] }), error: Anthropic.NotFoundError, status: 404, type: 'not_found_error' },
})) {
  test(`anthropic: ${name}`, { skip }, async () => {
    await assert.rejects(() => call(anthropic(options)), (got) => {
      assert.ok(got instanceof error, got)
      assert.deepEqual({ status: got.status, type: got.type }, { status, type })
      assert.match(got.requestID, /^[0-9a-f]{32}$/)
      return true
    })
  })
}
